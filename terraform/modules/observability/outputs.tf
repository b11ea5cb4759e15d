output "log_groups" {
  value       = { for component, group in aws_cloudwatch_log_group.component : component => { name = group.name, arn = group.arn } }
  description = "Component to its log group."
}

output "alarm_topic_arn" {
  value       = aws_sns_topic.alarms.arn
  description = "Where alarms are told."
}
