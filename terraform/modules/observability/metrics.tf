# A policy agent writes one JSON object per line. Each minute one of them says how it is:
#   {"event":"status","component":"connector/apps","healthy":true,"stale":false,"behind":0,"lifePercent":93,"certificateDays":61}
# and what happens has a line of its own, such as {"event":"refused","sequence":12,"reason":"..."} and
#   {"event":"enforcing","sequence":13,"changed":true,"afterSeconds":11.2}

locals {
  namespace = "ztna/${var.environment}"

  # Name of the metric to which lines it counts, and what of them.
  metrics = {
    Refused         = { pattern = "{ $.event = \"refused\" }", value = "1" }
    Stale           = { pattern = "{ $.event = \"status\" && $.stale IS TRUE }", value = "1" }
    Behind          = { pattern = "{ $.event = \"status\" && $.behind >= 0 }", value = "$.behind" }
    LifePercent     = { pattern = "{ $.event = \"status\" && $.lifePercent >= 0 }", value = "$.lifePercent" }
    Enforced        = { pattern = "{ $.event = \"enforcing\" && $.afterSeconds >= 0 }", value = "1" }
    EnforcedLate    = { pattern = "{ $.event = \"enforcing\" && $.afterSeconds >= ${var.late_seconds} }", value = "1" }
    EnforcedAfter   = { pattern = "{ $.event = \"enforcing\" && $.afterSeconds >= 0 }", value = "$.afterSeconds" }
    CertificateDays = { pattern = "{ $.event = \"status\" && $.certificateDays = * }", value = "$.certificateDays" }
  }

  filters = merge([
    for follower in var.followers : {
      for metric, lines in local.metrics : "${follower} ${metric}" => merge(lines, { follower = follower, metric = metric })
    }
  ]...)
}

# Of all followers together: the alarm says that, the log says who.
resource "aws_cloudwatch_log_metric_filter" "environment" {
  for_each = local.filters

  name           = each.value.metric
  log_group_name = aws_cloudwatch_log_group.component[each.value.follower].name
  pattern        = each.value.pattern

  metric_transformation {
    name      = each.value.metric
    namespace = local.namespace
    value     = each.value.value
  }
}

# Of each follower by itself: one that says nothing must be missed.
resource "aws_cloudwatch_log_metric_filter" "healthy" {
  for_each = var.followers

  name           = "Healthy"
  log_group_name = aws_cloudwatch_log_group.component[each.key].name
  pattern        = "{ $.event = \"status\" && $.healthy IS TRUE }"

  metric_transformation {
    name       = "Healthy"
    namespace  = local.namespace
    value      = "1"
    dimensions = { component = "$.component" }
  }
}
