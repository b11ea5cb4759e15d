# A document that fails is told: keys that were not rotated, an address that did not move, a machine that was not healed.

resource "aws_cloudwatch_event_rule" "documents" {
  name        = "${var.name}-documents"
  description = "A document of ${var.environment} has failed"

  event_pattern = jsonencode({
    source      = ["aws.ssm"]
    detail-type = ["EC2 Automation Execution Status-change Notification"]
    detail = {
      Definition = [{ prefix = "${var.name}-" }]
      Status     = ["Cancelled", "Failed", "TimedOut"]
    }
  })
}

resource "aws_cloudwatch_event_target" "documents" {
  rule = aws_cloudwatch_event_rule.documents.name
  arn  = aws_sns_topic.alarms.arn
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.alarms.json
}

data "aws_iam_policy_document" "alarms" {
  statement {
    sid       = "AlarmsOfThisAccount"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account]
    }
  }

  statement {
    sid       = "DocumentsThatFail"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.documents.arn]
    }
  }
}
