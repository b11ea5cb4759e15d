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

variable "id" {
  type        = string
  description = "The connector's id, as its file is named."
}

variable "vpc_id" {
  type        = string
  description = "The environment's VPC, in which its subnets are made."
}

variable "subnets" {
  type        = map(object({ cidr = string, route_table_id = string }))
  description = "Zone to the connector's own subnet there, and the route table it uses."
}

variable "size" {
  type        = object({ cpu = number, memory = number, instances = number })
  description = "CPU units and MiB of one task, and how many run."
}

variable "existing" {
  type = object({
    vpc_id        = string
    cidrs         = set(string)
    subnet_ids    = list(string)
    backends      = set(object({ protocol = string, from = number, to = number }))
    intermediates = map(object({ address = string, port = number }))
  })
  default     = null
  description = "A VPC that is there already, in which it runs beside its backends; null in the environment's own."
}

variable "cluster_arn" {
  type        = string
  description = "The ECS cluster."
}

variable "security_group_id" {
  type        = string
  description = "Its security group; null in a VPC that is there already, where one is made."
}

variable "role_arn" {
  type        = string
  description = "The role of its policy agent."
}

variable "images" {
  type        = object({ connector = string, policy_agent = string })
  description = "The images, each with its registry and digest."
}

variable "image_repository_arns" {
  type        = list(string)
  description = "The ECR repositories of these images."
}

variable "server_cas" {
  type        = string
  description = "The certificates, in PEM, of the CAs by which it knows intermediates; those of its system when empty."
}

variable "agent_environment" {
  type        = map(string)
  description = "What the policy agent is told about environment, log and trusted keys; known while planning."
}

variable "minimum_sequence" {
  type        = number
  description = "The newest verified sequence now; taken as the floor when images, epoch or trusted keys change."
}

variable "log_group" {
  type        = object({ name = string, arn = string })
  description = "Where both containers log."
}

variable "data_key_arn" {
  type        = string
  description = "The KMS key that encrypts its secret."
}

variable "permissions_boundary" {
  type        = string
  description = "ARN of the policy that bounds every role of the environment."
}
