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

variable "data_key_arn" {
  type        = string
  description = "The KMS key that encrypts the secret."
}

variable "permissions_boundary" {
  type        = string
  description = "ARN of the policy that bounds every role of the environment."
}
