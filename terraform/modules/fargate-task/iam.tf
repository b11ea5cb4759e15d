# What ECS does to start a task: pull the images, write logs, hand over secrets. No container has this role.

resource "aws_iam_role" "start" {
  name                 = "${var.name}-start"
  path                 = "/ztna/${var.environment}/"
  description          = "Starts tasks of ${var.component}"
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "TasksOfThisAccount"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account]
    }
  }
}

resource "aws_iam_role_policy" "start" {
  name   = "start"
  role   = aws_iam_role.start.id
  policy = data.aws_iam_policy_document.start.json
}

data "aws_iam_policy_document" "start" {
  statement {
    sid       = "PullOwnImages"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = var.image_repository_arns
  }

  statement {
    sid     = "SignInToRegistry"
    actions = ["ecr:GetAuthorizationToken"]
    # Wildcard: this action knows no resources; what may be pulled is said above.
    resources = ["*"]
  }

  statement {
    sid     = "WriteOwnLogs"
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    # Wildcard: streams are named for tasks.
    resources = ["${var.log_group.arn}:*"]
  }

  dynamic "statement" {
    for_each = var.secret[*]

    content {
      sid       = "ReadOwnSecret"
      actions   = ["ssm:GetParameters"]
      resources = [statement.value.arn]
    }
  }

  dynamic "statement" {
    for_each = var.secret[*]

    content {
      sid       = "DecryptOwnSecret"
      actions   = ["kms:Decrypt"]
      resources = [statement.value.key_arn]

      condition {
        test     = "StringEquals"
        variable = "kms:EncryptionContext:PARAMETER_ARN"
        values   = [statement.value.arn]
      }
    }
  }
}
