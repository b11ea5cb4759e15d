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
  description = "The AWS account, whose alarms are told."
}

variable "region" {
  type        = string
  description = "The AWS region, for the dashboard."
}

variable "components" {
  type        = set(string)
  description = "Everything that logs to CloudWatch."
}

variable "followers" {
  type        = set(string)
  description = "Those of them with a policy agent, which says every minute how it is."
}

variable "log_retention_days" {
  type        = number
  description = "How long logs are kept."
}

variable "second_scheduler" {
  type        = bool
  description = "Whether the account's stack makes a second scheduler for this environment."
}

variable "late_seconds" {
  type        = number
  description = "An entry that comes into force so many seconds after it was signed, or later, is late: 99 of 100 are not to be."
}

variable "data_key_arn" {
  type        = string
  description = "The KMS key that encrypts logs and alarms."
}
