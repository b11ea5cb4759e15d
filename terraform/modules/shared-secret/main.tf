# The secret never passes through Terraform: the document below makes it inside AWS, so no state, plan or
# log holds it.

locals {
  parameter     = "/ztna-secret/${var.environment}/intermediate/keys"
  parameter_arn = "arn:aws:ssm:${var.region}:${var.account}:parameter${local.parameter}"

  rotate = <<-PYTHON
    import json, secrets, time
    import boto3

    KINDS = ("retry", "reset", "connectionId")
    DAY = 86400

    def rotate(events, context):
        ssm = boto3.client("ssm")
        name, now = events["Parameter"], int(time.time())
        try:
            found = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
            current = json.loads(found["Value"])["current"]
        except ssm.exceptions.ParameterNotFound:
            current = None
        # A second run in a row would throw away keys that are still in use.
        if current and now - current["created"] < DAY:
            return {"Rotated": "no, the current keys are younger than a day"}
        fresh = {kind: secrets.token_hex(32) for kind in KINDS} | {"created": now}
        value = {"current": fresh, "previous": current or fresh}
        ssm.put_parameter(Name=name, Value=json.dumps(value), Type="SecureString",
                          KeyId=events["Key"], Overwrite=True)
        return {"Rotated": "yes"}
  PYTHON
}

resource "aws_ssm_document" "rotate" {
  name            = "${var.name}-rotate-shared-secret"
  document_type   = "Automation"
  document_format = "JSON"

  content = jsonencode({
    schemaVersion = "0.3"
    description   = "Makes new retry, reset and connection-id keys; the current ones become the previous ones."
    assumeRole    = aws_iam_role.rotate.arn
    mainSteps = [{
      name   = "rotate"
      action = "aws:executeScript"
      isEnd  = true
      inputs = {
        Runtime      = "python3.11"
        Handler      = "rotate"
        Script       = local.rotate
        InputPayload = { Parameter = local.parameter, Key = var.data_key_arn }
      }
      outputs = [{ Name = "Rotated", Selector = "$.Payload.Rotated", Type = "String" }]
    }]
  })
}

# Runs once when it is made, so that the first intermediate finds the secret, and every 30 days.
resource "aws_ssm_association" "rotate" {
  name                             = aws_ssm_document.rotate.name
  association_name                 = "${var.name}-rotate-shared-secret"
  schedule_expression              = "rate(30 days)"
  wait_for_success_timeout_seconds = 300

  depends_on = [aws_iam_role_policy.rotate]
}

resource "aws_iam_role" "rotate" {
  name                 = "${var.name}-rotate-shared-secret"
  path                 = "/ztna/${var.environment}/"
  description          = "Rotates the keys that intermediates share"
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "AutomationOfThisAccount"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ssm.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      # Wildcard: an execution has its name when it begins. Nothing else of Systems Manager takes this role.
      values = ["arn:aws:ssm:${var.region}:${var.account}:automation-execution/*"]
    }
  }
}

resource "aws_iam_role_policy" "rotate" {
  name   = "rotate"
  role   = aws_iam_role.rotate.id
  policy = data.aws_iam_policy_document.rotate.json
}

data "aws_iam_policy_document" "rotate" {
  statement {
    sid       = "ReadAndWriteOneSecret"
    actions   = ["ssm:GetParameter", "ssm:PutParameter"]
    resources = [local.parameter_arn]
  }

  statement {
    sid       = "EncryptOneSecret"
    actions   = ["kms:Encrypt", "kms:Decrypt"]
    resources = [var.data_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:PARAMETER_ARN"
      values   = [local.parameter_arn]
    }
  }
}
