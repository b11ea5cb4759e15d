variable "name" {
  type        = string
  description = "What every name here begins with: ztna-<env>."
}

variable "environment" {
  type        = string
  description = "The environment's id."
}

variable "region" {
  type        = string
  description = "The AWS region, for the names of its services."
}

variable "account" {
  type        = string
  description = "The AWS account: endpoints serve nobody else."
}

variable "cidr" {
  type        = string
  description = "The VPC's addresses."
}

variable "ipv6" {
  type        = bool
  description = "Whether the public subnets have IPv6 too."
}

variable "egress" {
  type        = string
  description = "How private subnets reach AWS: endpoints or nat."
}

variable "zones" {
  type        = map(object({ public = string, private = string, number = number }))
  description = "Availability zone to the CIDRs of its subnets, and the number of its IPv6 subnet."
}

variable "intermediates" {
  type        = map(number)
  description = "Id of each intermediate server to the UDP port that it serves."
}

variable "connectors" {
  type        = map(set(object({ protocol = string, from = number, to = number })))
  description = "Id of each Fargate connector to the ports of its backends."
}

variable "routes" {
  type        = map(string)
  default     = {}
  description = "CIDR of another network to the peering (pcx-...) or transit gateway (tgw-...) that leads there."
}

variable "admin_panel" {
  type        = bool
  description = "Whether there is an admin panel."
}

variable "test_backend" {
  type        = bool
  description = "Whether there is a test backend."
}

variable "test_backend_clients" {
  type        = set(string)
  description = "Ids of the connectors that register a service on the test backend; nobody else reaches it."
}

variable "log_retention_days" {
  type        = number
  description = "How long flow logs are kept."
}

variable "data_key_arn" {
  type        = string
  description = "The KMS key that encrypts logs."
}

variable "permissions_boundary" {
  type        = string
  description = "ARN of the policy that bounds every role of the environment."
}
