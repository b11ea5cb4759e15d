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
  description = "The AWS region of the store."
}

variable "epoch" {
  type        = number
  description = "The log's epoch: a component reads no other."
}

variable "component" {
  type        = string
  description = "The component: intermediate/<id> or connector/<id>."
}

variable "trust_policy" {
  type        = string
  description = "Who takes the role, as a policy in JSON."
}

variable "permissions_boundary" {
  type        = string
  description = "ARN of the policy that bounds every role of the environment."
}
