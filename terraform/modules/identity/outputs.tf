output "role_arns" {
  value       = merge({ for name, role in aws_iam_role.github : name => role.arn }, { break-glass = aws_iam_role.break_glass.arn })
  description = "Plan, apply, publish, collect and break-glass to the role."
}

output "heartbeat_role_arn" {
  value       = one(aws_iam_role.heartbeat[*].arn)
  description = "The role of the second scheduler's function; null where there is none."
}

output "signing_key" {
  value       = "kms:${module.signing_key.alias}"
  description = "The key that signs entries, as npx ztna publish names it."
}
