# What the connector asks IAM Roles Anywhere for: its own role, and sessions of an hour.
resource "aws_rolesanywhere_profile" "this" {
  name             = "${var.name}-connector-${var.id}"
  enabled          = true
  role_arns        = [var.role_arn]
  duration_seconds = 3600
  tags             = { component = "connector/${var.id}" }
}
