output "function" {
  value       = aws_lambda_function.this.function_name
  description = "The function, whose errors and calls AWS counts under this name."
}
