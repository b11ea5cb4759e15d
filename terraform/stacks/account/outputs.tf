output "region" {
  value       = local.region
  description = "The region of the account's environments."
}

output "state_bucket" {
  value       = aws_s3_bucket.state.id
  description = "The bucket of Terraform's state."
}

output "repository_urls" {
  value       = module.registry.repository_urls
  description = "Image repository to where it is pushed."
}

output "images_role_arn" {
  value       = module.registry.images_role_arn
  description = "The role of the workflow that builds images."
}

output "role_arns" {
  value       = { for environment in keys(local.environments) : environment => module.identity[environment].role_arns }
  description = "Environment to its roles: plan, apply, publish, collect, break-glass."
}

output "signing_keys" {
  value       = { for environment in keys(local.environments) : environment => module.identity[environment].signing_key }
  description = "Environment to the key, as npx ztna publish names it."
}

output "heartbeats" {
  value       = { for environment in keys(local.heartbeats) : environment => module.heartbeat[environment].function }
  description = "Environment to the function of its second scheduler, where there is one."
}
