resource "aws_cloudwatch_log_group" "component" {
  for_each = var.components

  name              = "/ztna/${var.environment}/${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.data_key_arn
  # What was logged outlives what logged it; README.md of observability says how it is taken up again.
  skip_destroy = true
  tags         = { component = each.key }
}

# Those on call subscribe to it; who that is changes more often than infrastructure.
resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.data_key_arn
}
