output "dns_records" {
  value = concat(
    [{ name = var.domain, type = "CNAME", value = aws_lb.this.dns_name }],
    [for record in aws_acm_certificate.this.domain_validation_options : {
      name  = record.resource_record_name
      type  = record.resource_record_type
      value = record.resource_record_value
    }],
  )
  description = "Records that lead to the panel, and the one by which its certificate is validated."
}
