locals {
  log = "arn:aws:ssm:${var.region}:${var.account}:parameter/ztna/${var.environment}/${var.epoch}"
  # All intermediates share one part; a connector has its own.
  scope = startswith(var.component, "intermediate/") ? "intermediate" : var.component
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-${replace(var.component, "/", "-")}"
  path                 = "/ztna/${var.environment}/"
  description          = "Follows the log for ${var.component}"
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = var.trust_policy
}

resource "aws_iam_role_policy" "follow" {
  name   = "follow"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.follow.json
}

data "aws_iam_policy_document" "follow" {
  statement {
    sid     = "ReadLogAndOwnParts"
    actions = ["ssm:GetParameters"]
    # Wildcards: sequences and digests are in the names.
    resources = [
      "${local.log}/head",
      "${local.log}/log/*",
      "${local.log}/part/index/*",
      "${local.log}/part/${local.scope}/*",
    ]
  }

  # Where head is missing or wrong, the log itself is listed; of acks only the component's own, which share its part of the
  # writes. Parts never are.
  statement {
    sid       = "ListLogAndOwnAcks"
    actions   = ["ssm:GetParametersByPath"]
    resources = ["${local.log}/log", "${local.log}/ack/${var.component}"]
  }

  # At a start an instance reads what it said itself.
  statement {
    sid     = "ReadOwnAcks"
    actions = ["ssm:GetParameters"]
    # Wildcard: an instance's name is its own.
    resources = ["${local.log}/ack/${var.component}/*"]
  }

  statement {
    sid     = "WriteOwnAcks"
    actions = ["ssm:PutParameter"]
    # Wildcard: an instance's name is its own.
    resources = ["${local.log}/ack/${var.component}/*"]
  }
}
