# Keys that encrypt. They are made here, before any environment's stack, so that certificates and keys can be
# stored under them before the first deployment.

# The account's: Terraform's state, images, the trail.
resource "aws_kms_key" "account" {
  description             = "ztna: state, images and trail of the account"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.account_key.json

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "account" {
  name          = "alias/ztna-account"
  target_key_id = aws_kms_key.account.key_id
}

# An environment's: secrets, logs, disks, alarms.
resource "aws_kms_key" "environment" {
  for_each = local.environments

  description             = "ztna-${each.key}: secrets, logs, disks and alarms"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.environment_key[each.key].json

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "environment" {
  for_each = aws_kms_key.environment

  name          = "alias/ztna-${each.key}-data"
  target_key_id = each.value.key_id
}

# In a key's policy "*" is the key itself.
data "aws_iam_policy_document" "account_key" {
  # checkov:skip=CKV_AWS_111:"*" in a key's policy is that key
  # checkov:skip=CKV_AWS_356:"*" in a key's policy is that key
  # checkov:skip=CKV_AWS_109:the account administers its keys by its own policies
  statement {
    sid     = "AccountDecides"
    actions = ["kms:*"]
    # Wildcards: the key itself; who of the account may use it is in their own policies.
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.account}:root"]
    }
  }

  statement {
    sid     = "TrailEncrypts"
    actions = ["kms:GenerateDataKey*"]
    # Wildcards: the key itself; with and without plaintext.
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
  }

  statement {
    sid     = "TrailLooks"
    actions = ["kms:DescribeKey"]
    # Wildcard: the key itself.
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
  }
}

data "aws_iam_policy_document" "environment_key" {
  for_each = local.environments

  # checkov:skip=CKV_AWS_111:"*" in a key's policy is that key
  # checkov:skip=CKV_AWS_356:"*" in a key's policy is that key
  # checkov:skip=CKV_AWS_109:the account administers its keys by its own policies
  statement {
    sid     = "AccountDecides"
    actions = ["kms:*"]
    # Wildcards: the key itself; who of the account may use it is in their own policies.
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.account}:root"]
    }
  }

  statement {
    sid     = "LogsOfTheEnvironment"
    actions = ["kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    # Wildcards: the key itself; the families that CloudWatch Logs asks for.
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${local.region}.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values = [
        "arn:aws:logs:${local.region}:${var.account}:log-group:/ztna/${each.key}/*",
        "arn:aws:logs:${local.region}:${var.account}:log-group:/aws/events/ztna-${each.key}-break-glass",
      ]
    }
  }

  statement {
    sid     = "AlarmsAreTold"
    actions = ["kms:Decrypt", "kms:GenerateDataKey*"]
    # Wildcards: the key itself; with and without plaintext.
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "events.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account]
    }
  }
}
