variable "name" {
  type        = string
  description = "What every name here begins with: ztna-<env>."
}

variable "account" {
  type        = string
  description = "The AWS account."
}

variable "signer_role_arns" {
  type        = list(string)
  description = "The only roles that may sign: publish and break-glass."
}
