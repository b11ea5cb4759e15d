output "role_arn" {
  value       = aws_iam_role.this.arn
  description = "The role of the component's policy agent."
}

output "role_name" {
  value       = aws_iam_role.this.name
  description = "The role's name, to attach what only this kind of component needs."
}
