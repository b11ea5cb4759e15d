output "minimum_sequence" {
  value       = terraform_data.floor.output.sequence
  description = "The least sequence that it accepts when it starts without state."
}
