resource "aws_cloudwatch_metric_alarm" "not_converged" {
  alarm_name          = "${var.name}-not-converged"
  alarm_description   = "A component has been behind the newest entry for 15 minutes: npx ztna status --env ${var.environment}"
  namespace           = local.namespace
  metric_name         = "Behind"
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 3
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "stale" {
  alarm_name          = "${var.name}-stale"
  alarm_description   = "A component enforces an entry past its expiry: is the heartbeat running, is the store reachable?"
  namespace           = local.namespace
  metric_name         = "Stale"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "refused" {
  alarm_name          = "${var.name}-refused"
  alarm_description   = "A component has refused an entry and keeps what it had: npx ztna status --env ${var.environment}"
  namespace           = local.namespace
  metric_name         = "Refused"
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "health" {
  for_each = var.followers

  alarm_name          = "${var.name}-health-${replace(each.key, "/", "-")}"
  alarm_description   = "${each.key} has not said for five minutes that it is well."
  namespace           = local.namespace
  metric_name         = "Healthy"
  dimensions          = { component = each.key }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 5
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

resource "aws_cloudwatch_metric_alarm" "certificate" {
  alarm_name          = "${var.name}-certificate"
  alarm_description   = "A component's certificate ends within 14 days; its log says whose."
  namespace           = local.namespace
  metric_name         = "CertificateDays"
  statistic           = "Minimum"
  period              = 3600
  evaluation_periods  = 1
  threshold           = 14
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# The account's stack writes each use of the role to this log.
locals {
  break_glass_log = "/aws/events/${var.name}-break-glass"
}

resource "aws_cloudwatch_metric_alarm" "break_glass" {
  alarm_name          = "${var.name}-break-glass"
  alarm_description   = "Somebody took the break-glass role or signed with it: ${local.break_glass_log} says who."
  namespace           = "AWS/Logs"
  metric_name         = "IncomingLogEvents"
  dimensions          = { LogGroupName = local.break_glass_log }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
}
