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

# An entry lives for five heartbeats or more: at half of its life two or more have not come, and there are days left.
resource "aws_cloudwatch_metric_alarm" "half_life" {
  alarm_name          = "${var.name}-half-life"
  alarm_description   = "The entry in force has less than half of its life left: no heartbeat came for days. npx ztna heartbeat --env ${var.environment}"
  namespace           = local.namespace
  metric_name         = "LifePercent"
  statistic           = "Minimum"
  period              = 900
  evaluation_periods  = 1
  threshold           = 50
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# The account's stack makes the second scheduler's function, which looks four times a day.
resource "aws_cloudwatch_metric_alarm" "heartbeat" {
  for_each = var.second_scheduler ? { failed = "Errors", silent = "Invocations" } : {}

  alarm_name          = "${var.name}-heartbeat-${each.key}"
  alarm_description   = each.key == "failed" ? "The second scheduler could not renew an entry: /ztna/${var.environment}/heartbeat says why." : "The second scheduler has not been called for a day."
  namespace           = "AWS/Lambda"
  metric_name         = each.value
  dimensions          = { FunctionName = "${var.name}-heartbeat" }
  statistic           = "Sum"
  period              = each.key == "failed" ? 3600 : 86400
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = each.key == "failed" ? "GreaterThanOrEqualToThreshold" : "LessThanThreshold"
  treat_missing_data  = each.key == "failed" ? "notBreaching" : "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# The objective: of all times that an entry comes into force on a component, 99 of 100 within the seconds that are said.
# The rate is how many times faster than that the one in 100 is used up; at 14.4 a fiftieth of a month's is gone in an
# hour, at 6 a twentieth in six hours (Google, The Site Reliability Workbook, chapter 5, whose third, a tenth in three days,
# is left out: a month has few deliveries, and a window of days would ring long after somebody has looked). That chapter puts a
# short window beside each, which ends the alarm soon after requests go well again. Deliveries are events and no
# stream: five minutes after one there are none that could go well, and an empty window says nothing; so it stays until
# its window has passed. Of few instances one that is late is a large share: up to 6 ring the fast one, up to 16 the slow one.
locals {
  burn_rates = {
    fast = { rate = 14.4, seconds = 3600 }
    slow = { rate = 6, seconds = 21600 }
  }
}

resource "aws_cloudwatch_metric_alarm" "late" {
  for_each = local.burn_rates

  alarm_name          = "${var.name}-late-${each.key}"
  alarm_description   = "Entries come into force late (${var.late_seconds} s and more) ${each.value.rate} times as often as they may: npx ztna status --env ${var.environment}"
  evaluation_periods  = 1
  threshold           = each.value.rate
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "rate"
    label       = "How many times too fast"
    expression  = "IF(enforced > 0, 100 * FILL(late, 0) / enforced, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { enforced = "Enforced", late = "EnforcedLate" }

    content {
      id = metric_query.key

      metric {
        namespace   = local.namespace
        metric_name = metric_query.value
        stat        = "Sum"
        period      = each.value.seconds
      }
    }
  }
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
