output "key_arn" {
  value       = aws_kms_key.this.arn
  description = "The key."
}

output "alias" {
  value       = aws_kms_alias.this.name
  description = "What the publisher calls it: kms:<alias>."
}
