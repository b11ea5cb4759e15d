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

variable "epoch" {
  type        = number
  description = "The log's epoch."
}

variable "image" {
  type        = string
  description = "The image with its registry and digest."
}

variable "trusted_keys" {
  type        = string
  description = "The keys of which any one may sign an entry, in JSON."
}

variable "lifetime_hours" {
  type        = number
  description = "How long an entry lives."
}

variable "signing_key" {
  type        = string
  description = "The key that signs entries, as the tools name it."
}

variable "role_arn" {
  type        = string
  description = "What the function may do: a role that is made beside the key."
}

variable "log_retention_days" {
  type        = number
  description = "How long its log is kept."
}

variable "data_key_arn" {
  type        = string
  description = "The KMS key that encrypts the log and what the function is told."
}
