# What the second scheduler's function may do (modules/heartbeat): read the log, append an entry and move the head. It stores no part, overwrites and deletes nothing.

resource "aws_iam_role" "heartbeat" {
  count = var.second_scheduler ? 1 : 0

  name               = "${var.name}-heartbeat"
  path               = "/ztna/"
  description        = "Appends entries that want what the newest one wants; cannot store a part, overwrite or delete"
  assume_role_policy = data.aws_iam_policy_document.heartbeat_trust.json
}

data "aws_iam_policy_document" "heartbeat_trust" {
  statement {
    sid     = "ThisFunction"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account]
    }
  }
}

resource "aws_iam_role_policy" "heartbeat" {
  count = var.second_scheduler ? 1 : 0

  name   = "heartbeat"
  role   = aws_iam_role.heartbeat[0].id
  policy = data.aws_iam_policy_document.heartbeat.json
}

data "aws_iam_policy_document" "heartbeat" {
  statement {
    sid     = "ReadLogPartsAndAcks"
    actions = ["ssm:GetParameters", "ssm:GetParametersByPath"]
    # Wildcard: epochs, sequences, digests and instances are in the names.
    resources = ["${local.log}/*"]
  }

  statement {
    sid     = "CreateEntries"
    actions = ["ssm:PutParameter"]
    # Wildcards: epochs and sequences are in the names.
    resources = ["${local.log}/*/log/*"]

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
    sid     = "NeverOverwriteEntries"
    effect  = "Deny"
    actions = ["ssm:PutParameter"]
    # Wildcards: epochs and sequences are in the names.
    resources = ["${local.log}/*/log/*"]

    condition {
      test     = "StringEquals"
      variable = "ssm:Overwrite"
      values   = ["true"]
    }
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

  statement {
    sid       = "ReadWhatItIsTold"
    actions   = ["kms:Decrypt"]
    resources = [var.data_key_arn]
  }

  statement {
    sid     = "WriteOwnLog"
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    # Wildcard: streams of its own group.
    resources = ["arn:aws:logs:${var.region}:${var.account}:log-group:/ztna/${var.environment}/heartbeat:*"]
  }
}
