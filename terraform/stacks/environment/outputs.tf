output "intermediates" {
  value       = { for id in keys(local.intermediates) : id => module.intermediate[id].addresses }
  description = "Intermediate to its DNS name and the addresses that the name must lead to."
}

output "dns_records" {
  value       = try(module.admin_panel[0].dns_records, [])
  description = "Records that the admin panel needs in DNS."
}

output "external_connectors" {
  value = {
    for id in keys(local.external) : id => {
      trust_anchor_arn = aws_rolesanywhere_trust_anchor.clients[0].arn
      profile_arn      = module.external_connector[id].profile_arn
      role_arn         = module.connector_identity[id].role_arn
    }
  }
  description = "What an external connector's credential helper is given."
}

output "minimum_sequences" {
  value = merge(
    { for id in keys(local.intermediates) : "intermediate/${id}" => module.intermediate[id].minimum_sequence },
    { for id in keys(local.fargate) : "connector/${id}" => module.connector[id].minimum_sequence },
  )
  description = "Component to the least sequence that its new instances or tasks accept."
}
