output "addresses" {
  value       = { name = var.address, ipv4 = aws_eip.this.public_ip, ipv6 = local.address_ipv6 }
  description = "The DNS name and what its records must say."
}

output "minimum_sequence" {
  value       = terraform_data.floor.output.sequence
  description = "The least sequence that it accepts when it starts without state."
}
