output "json" {
  value       = data.aws_iam_policy_document.this.json
  description = "The trust policy of a role that these jobs take."
}
