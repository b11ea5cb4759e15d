resource "aws_iam_role" "images" {
  name               = "ztna-images"
  path               = "/ztna/"
  description        = "Pushes images that the workflow has built"
  assume_role_policy = module.trust.json
}

module "trust" {
  source = "../github-trust"

  github      = var.github
  environment = "images"
}

resource "aws_iam_role_policy" "images" {
  name   = "push"
  role   = aws_iam_role.images.id
  policy = data.aws_iam_policy_document.push.json
}

data "aws_iam_policy_document" "push" {
  statement {
    sid = "PushAndReadBack"
    actions = [
      "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
      "ecr:DescribeImageScanFindings", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]
    resources = [for repository in aws_ecr_repository.this : repository.arn]
  }

  statement {
    sid     = "SignInToRegistry"
    actions = ["ecr:GetAuthorizationToken"]
    # Wildcard: this action knows no resources; what may be pushed is said above.
    resources = ["*"]
  }
}
