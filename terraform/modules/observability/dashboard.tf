locals {
  # One line of widgets per question, from "is all well" to "who says what".
  graphs = [
    { title = "Entries behind the newest (0: converged)", metrics = [[local.namespace, "Behind"]], stat = "Maximum" },
    { title = "Refused entries", metrics = [[local.namespace, "Refused"]], stat = "Sum" },
    { title = "Reports of stale entries", metrics = [[local.namespace, "Stale"]], stat = "Sum" },
    { title = "Life left of the entry in force, in percent", metrics = [[local.namespace, "LifePercent"]], stat = "Minimum" },
    { title = "Seconds until entries were in force, 99 of 100", metrics = [[local.namespace, "EnforcedAfter"]], stat = "p99" },
    { title = "Days until the first certificate ends", metrics = [[local.namespace, "CertificateDays"]], stat = "Minimum" },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = concat(
      [for index, graph in local.graphs : {
        type   = "metric"
        x      = 4 * index
        y      = 0
        width  = 4
        height = 6
        properties = {
          title   = graph.title
          region  = var.region
          metrics = graph.metrics
          stat    = graph.stat
          period  = 300
          view    = "timeSeries"
        }
      }],
      [
        {
          type   = "metric"
          x      = 0
          y      = 6
          width  = 12
          height = 6
          properties = {
            title   = "Reports of good health per minute"
            region  = var.region
            metrics = [for follower in var.followers : [local.namespace, "Healthy", "component", follower]]
            stat    = "Sum"
            period  = 60
            view    = "timeSeries"
          }
        },
        {
          type   = "alarm"
          x      = 12
          y      = 6
          width  = 12
          height = 6
          properties = {
            title = "Alarms"
            alarms = concat(
              [
                for alarm in [
                  aws_cloudwatch_metric_alarm.not_converged,
                  aws_cloudwatch_metric_alarm.stale,
                  aws_cloudwatch_metric_alarm.half_life,
                  aws_cloudwatch_metric_alarm.refused,
                  aws_cloudwatch_metric_alarm.certificate,
                  aws_cloudwatch_metric_alarm.break_glass,
                ] : alarm.arn
              ],
              [for alarm in aws_cloudwatch_metric_alarm.health : alarm.arn],
            )
          }
        },
        {
          type   = "log"
          x      = 0
          y      = 12
          width  = 24
          height = 6
          properties = {
            title  = "What policy agents refuse, and what troubles them"
            region = var.region
            view   = "table"
            query = join(" ", concat(
              [for follower in var.followers : "SOURCE '${aws_cloudwatch_log_group.component[follower].name}' |"],
              ["fields @timestamp, component, event, sequence, reason"],
              ["| filter event in ['refused', 'trouble', 'denying', 'away']"],
              ["| sort @timestamp desc | limit 50"],
            ))
          }
        },
      ],
    )
  })
}
