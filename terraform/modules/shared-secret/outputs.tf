output "parameter" {
  value       = local.parameter
  description = "Name of the SecureString; it exists once this output is known."

  depends_on = [aws_ssm_association.rotate]
}
