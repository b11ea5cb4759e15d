variable "name" {
  type        = string
  description = "What every name here begins with: ztna-<env>."
}

variable "id" {
  type        = string
  description = "The connector's id, as its file is named."
}

variable "role_arn" {
  type        = string
  description = "The role of its policy agent."
}
