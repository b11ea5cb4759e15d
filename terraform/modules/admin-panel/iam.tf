locals {
  log_arn = "arn:aws:ssm:${var.region}:${var.account}:parameter/ztna/${var.environment}/${var.epoch}"
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

# What the panel itself may do: look.
resource "aws_iam_role" "read" {
  name                 = local.name
  path                 = "/ztna/${var.environment}/"
  description          = "Shows the log, the parts and the acks"
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "read" {
  name   = "read"
  role   = aws_iam_role.read.id
  policy = data.aws_iam_policy_document.read.json
}

data "aws_iam_policy_document" "read" {
  statement {
    sid     = "ReadLogPartsAndAcks"
    actions = ["ssm:GetParameters"]
    # Wildcards: sequences, digests and instances are in the names.
    resources = [
      "${local.log_arn}/head",
      "${local.log_arn}/log/*",
      "${local.log_arn}/part/*",
      "${local.log_arn}/ack/*",
    ]
  }

  statement {
    sid       = "ListLogAndAcks"
    actions   = ["ssm:GetParametersByPath"]
    resources = ["${local.log_arn}/log", "${local.log_arn}/ack"]
  }
}
