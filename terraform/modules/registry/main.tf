resource "aws_ecr_repository" "this" {
  for_each = var.repositories

  name                 = each.key
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = var.data_key_arn
  }
}

# A digest that an environment names must never be removed. A build pushes about twelve things that count: both
# architectures, the image of both, their attestations and signatures. So this is more than 400 builds.
# Signatures and attestations have no tag: no rule removes what has none, as they must be there for as long as the image.
resource "aws_ecr_lifecycle_policy" "this" {
  for_each = aws_ecr_repository.this

  repository = each.value.name
  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "All but the newest 5000"
        selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 5000 }
        action       = { type = "expire" }
      },
    ]
  })
}
