# Signs entries of one environment's log. A P-256 key takes a digest, so that no entry is too long for it.
resource "aws_kms_key" "this" {
  description              = "${var.name}: signs entries of the log"
  key_usage                = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  deletion_window_in_days  = 30
  policy                   = data.aws_iam_policy_document.key.json

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}-signing"
  target_key_id = aws_kms_key.this.key_id
}

# In a key's policy "*" is the key itself.
data "aws_iam_policy_document" "key" {
  # checkov:skip=CKV_AWS_111:"*" in a key's policy is that key
  # checkov:skip=CKV_AWS_356:"*" in a key's policy is that key
  # checkov:skip=CKV_AWS_109:the account administers the key, and cannot sign
  # Without kms:Sign: policies of the account cannot hand it out.
  statement {
    sid = "AccountAdministers"
    actions = [
      "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey",
      "kms:EnableKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:GetPublicKey", "kms:ListAliases",
      "kms:ListGrants", "kms:ListKeyPolicies", "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:RevokeGrant",
      "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias",
      "kms:UpdateKeyDescription",
    ]
    # Wildcard: the key itself.
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.account}:root"]
    }
  }

  statement {
    sid     = "SignersSign"
    actions = ["kms:Sign"]
    # Wildcard: the key itself.
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = var.signer_role_arns
    }

    condition {
      test     = "StringEquals"
      variable = "kms:SigningAlgorithm"
      values   = ["ECDSA_SHA_256"]
    }
  }

  # Whatever another statement may come to say.
  statement {
    sid     = "NobodyElseSigns"
    effect  = "Deny"
    actions = ["kms:Sign", "kms:CreateGrant"]
    # Wildcard: the key itself.
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "ArnNotEquals"
      variable = "aws:PrincipalArn"
      values   = var.signer_role_arns
    }
  }
}
