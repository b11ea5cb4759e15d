variable "name" {
  type        = string
  description = "What every name here begins with: ztna-<env>."
}

variable "environment" {
  type        = string
  description = "The environment's id."
}

variable "account" {
  type        = string
  description = "The AWS account."
}

variable "region" {
  type        = string
  description = "The AWS region."
}

variable "github" {
  type = object({
    provider_arn = string
    issuer       = string
    organization = string
    repository   = object({ name = string, id = number, ownerId = number })
    branch       = string
  })
  description = "GitHub's OIDC provider, and the repository and branch whose workflows take these roles."
}

variable "break_glass_users" {
  type        = set(string)
  description = "Names of the IAM users who may sign in an emergency, with MFA."

  validation {
    condition     = length(var.break_glass_users) > 0
    error_message = "Name at least one IAM user in break_glass_users: without one, nobody can revoke access while GitHub is away."
  }
}

variable "second_scheduler" {
  type        = bool
  description = "Whether there is a second scheduler, which signs too."
}

variable "data_key_arn" {
  type        = string
  description = "The key that encrypts the environment's data."
}

variable "state" {
  type        = object({ bucket_arn = string, key_arn = string })
  description = "The bucket of Terraform's state, and the KMS key that encrypts it."
}
