# A second scheduler for each environment that names an image for it.

locals {
  heartbeats = {
    for id, environment in local.environments : id => environment if try(environment.images.heartbeat, null) != null
  }
  heartbeat_repositories = toset([for environment in local.heartbeats : environment.images.heartbeat.repository])
}

module "heartbeat" {
  source   = "../../modules/heartbeat"
  for_each = local.heartbeats

  name               = "ztna-${each.key}"
  environment        = each.key
  account            = var.account
  region             = local.region
  epoch              = each.value.epoch
  image              = "${var.account}.dkr.ecr.${local.region}.amazonaws.com/${each.value.images.heartbeat.repository}@${each.value.images.heartbeat.digest}"
  trusted_keys       = jsonencode(each.value.bundle.trustedKeys)
  lifetime_hours     = each.value.bundle.entryLifetimeHours
  signing_key        = module.identity[each.key].signing_key
  role_arn           = module.identity[each.key].heartbeat_role_arn
  log_retention_days = each.value.logRetentionDays
  data_key_arn       = aws_kms_key.environment[each.key].arn

  depends_on = [aws_ecr_repository_policy.heartbeat]
}

# Lambda fetches the image by itself.
resource "aws_ecr_repository_policy" "heartbeat" {
  for_each = local.heartbeat_repositories

  repository = each.key
  policy     = data.aws_iam_policy_document.heartbeat_image.json

  depends_on = [module.registry]
}

data "aws_iam_policy_document" "heartbeat_image" {
  statement {
    sid     = "FunctionsOfThisAccount"
    actions = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      # Wildcard: the environments of this account.
      values = ["arn:aws:lambda:${local.region}:${var.account}:function:ztna-*-heartbeat"]
    }
  }
}
