# Publishing: create-only is what makes the log a log, so it is the role's limit and not only the program's.

# The key's policy names these roles, and they name the key.
module "signing_key" {
  source = "../signing-key"

  name    = var.name
  account = var.account
  signer_role_arns = concat(
    [aws_iam_role.github["publish"].arn, aws_iam_role.break_glass.arn],
    aws_iam_role.heartbeat[*].arn,
  )
}

resource "aws_iam_role_policy" "publish" {
  for_each = { publish = aws_iam_role.github["publish"].id, break-glass = aws_iam_role.break_glass.id }

  name   = "publish"
  role   = each.value
  policy = data.aws_iam_policy_document.publish.json
}

data "aws_iam_policy_document" "publish" {
  statement {
    sid     = "ReadLogPartsAndAcks"
    actions = ["ssm:GetParameters", "ssm:GetParametersByPath"]
    # Wildcard: epochs, sequences, digests and instances are in the names.
    resources = ["${local.log}/*"]
  }

  statement {
    sid     = "CreateEntriesPartsAndRecords"
    actions = ["ssm:PutParameter"]
    # Wildcards: epochs, sequences and digests are in the names.
    resources = ["${local.log}/*/log/*", "${local.log}/*/part/*", "${local.log}/*/record/*"]

    condition {
      test     = "StringEquals"
      variable = "ssm:Overwrite"
      values   = ["false"]
    }
  }

  statement {
    sid     = "MoveHead"
    actions = ["ssm:PutParameter"]
    # Wildcard: the epoch.
    resources = ["${local.log}/*/head"]
  }

  # Whatever another statement may come to say.
  statement {
    sid     = "NeverOverwriteOrDelete"
    effect  = "Deny"
    actions = ["ssm:PutParameter"]
    # Wildcards: epochs, sequences and digests are in the names.
    resources = ["${local.log}/*/log/*", "${local.log}/*/part/*", "${local.log}/*/record/*"]

    condition {
      test     = "StringEquals"
      variable = "ssm:Overwrite"
      values   = ["true"]
    }
  }

  statement {
    sid     = "NeverDelete"
    effect  = "Deny"
    actions = ["ssm:DeleteParameter", "ssm:DeleteParameters"]
    # Wildcards: everything but what instances say of themselves, which is no part of the log.
    not_resources = ["${local.log}/*/ack/*"]
  }

  statement {
    sid       = "Sign"
    actions   = ["kms:Sign"]
    resources = [module.signing_key.key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:SigningAlgorithm"
      values   = ["ECDSA_SHA_256"]
    }
  }

  statement {
    sid       = "SeePublicKey"
    actions   = ["kms:GetPublicKey"]
    resources = [module.signing_key.key_arn]
  }
}

# An instance that is gone for good must keep nobody who is on call from publishing: its ack may go, and no more.
resource "aws_iam_role_policy" "forget" {
  name   = "forget"
  role   = aws_iam_role.break_glass.id
  policy = data.aws_iam_policy_document.forget.json
}

data "aws_iam_policy_document" "forget" {
  statement {
    sid     = "DeleteAcks"
    actions = ["ssm:DeleteParameters"]
    # Wildcards: epochs and instances are in the names.
    resources = ["${local.log}/*/ack/*"]
  }
}

# Collection is apart: who can delete a name and create it again can overwrite it.
resource "aws_iam_role_policy" "collect" {
  name   = "collect"
  role   = aws_iam_role.github["collect"].id
  policy = data.aws_iam_policy_document.collect.json
}

data "aws_iam_policy_document" "collect" {
  statement {
    sid     = "ReadLogPartsAndAcks"
    actions = ["ssm:GetParameters", "ssm:GetParametersByPath"]
    # Wildcard: epochs, sequences, digests and instances are in the names.
    resources = ["${local.log}/*"]
  }

  statement {
    sid     = "DeleteEntriesPartsRecordsAndAcks"
    actions = ["ssm:DeleteParameters"]
    # Wildcards: epochs, sequences, digests and instances are in the names.
    resources = [
      "${local.log}/*/log/*",
      "${local.log}/*/part/*",
      "${local.log}/*/record/*",
      "${local.log}/*/ack/*",
    ]
  }
}
