# For when GitHub or its workflows cannot publish, or an instance that is gone is in the way: a person signs or forgets it,
# with MFA, and everybody on call hears of it.

resource "aws_iam_role" "break_glass" {
  name                 = "${var.name}-break-glass"
  path                 = "/ztna/"
  description          = "Signs and publishes by hand in an emergency; its use raises an alarm"
  assume_role_policy   = data.aws_iam_policy_document.break_glass.json
  max_session_duration = 3600
}

data "aws_iam_policy_document" "break_glass" {
  statement {
    sid     = "NamedPeopleWithFreshMfa"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.account}:root"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:PrincipalArn"
      values   = [for user in var.break_glass_users : "arn:aws:iam::${var.account}:user/${user}"]
    }

    condition {
      test     = "Bool"
      variable = "aws:MultiFactorAuthPresent"
      values   = ["true"]
    }

    condition {
      test     = "NumericLessThan"
      variable = "aws:MultiFactorAuthAge"
      values   = ["900"]
    }
  }
}

# Taking the role or signing with it: CloudTrail tells EventBridge, which writes to a log of its own. The
# environment's stack has the alarm on that log.
resource "aws_cloudwatch_event_rule" "break_glass" {
  name        = "${var.name}-break-glass"
  description = "The break-glass role is taken, or signs"
  # CloudTrail counts taking a role as a read; without this such events do not come.
  state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"

  event_pattern = jsonencode({
    detail-type = ["AWS API Call via CloudTrail"]
    "$or" = [
      { detail = { eventName = ["AssumeRole"], requestParameters = { roleArn = [aws_iam_role.break_glass.arn] } } },
      { detail = { userIdentity = { sessionContext = { sessionIssuer = { arn = [aws_iam_role.break_glass.arn] } } } } },
    ]
  })
}

resource "aws_cloudwatch_event_target" "break_glass" {
  rule = aws_cloudwatch_event_rule.break_glass.name
  arn  = aws_cloudwatch_log_group.break_glass.arn
}

resource "aws_cloudwatch_log_group" "break_glass" {
  # EventBridge writes to groups with this beginning.
  name              = "/aws/events/${var.name}-break-glass"
  retention_in_days = 3653
  kms_key_id        = var.data_key_arn
  # Who signed stays known when the environment is gone.
  skip_destroy = true
}

resource "aws_cloudwatch_log_resource_policy" "break_glass" {
  policy_name     = "${var.name}-break-glass"
  policy_document = data.aws_iam_policy_document.break_glass_log.json
}

data "aws_iam_policy_document" "break_glass_log" {
  statement {
    sid     = "EventBridgeMakesStreams"
    actions = ["logs:CreateLogStream"]
    # Wildcard: EventBridge names the streams.
    resources = ["${aws_cloudwatch_log_group.break_glass.arn}:*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com", "events.amazonaws.com"]
    }
  }

  statement {
    sid     = "ThisRuleWrites"
    actions = ["logs:PutLogEvents"]
    # Wildcard: EventBridge names the streams.
    resources = ["${aws_cloudwatch_log_group.break_glass.arn}:*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com", "events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.break_glass.arn]
    }
  }
}
