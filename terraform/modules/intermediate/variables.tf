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
  description = "The intermediate's id, as in YAML."
}

variable "address" {
  type        = string
  description = "The DNS name under which agents and connectors find it."
}

variable "port" {
  type        = number
  description = "The UDP port that it serves."
}

variable "instance_type" {
  type        = string
  description = "The EC2 instance type."
}

variable "vpc_id" {
  type        = string
  description = "The VPC, in which the address leads to the private address."
}

variable "subnet" {
  type        = object({ id = string, arn = string, ipv6_cidr = string })
  description = "The public subnet that it is in."
}

variable "ipv6" {
  type        = bool
  description = "Whether it has an IPv6 address too."
}

variable "security_group_id" {
  type        = string
  description = "Its security group."
}

variable "role_name" {
  type        = string
  description = "The role of its policy agent; what only an instance needs is attached here."
}

variable "images" {
  type        = object({ server = string, policy_agent = string })
  description = "The images, each with its registry and digest."
}

variable "image_repository_arns" {
  type        = list(string)
  description = "The ECR repositories of these images."
}

variable "client_cas" {
  type        = string
  description = "The client CAs' certificates in PEM, one after the other."
}

variable "shared_secret" {
  type        = string
  description = "Name of the SecureString with the keys that intermediates share."
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

variable "alarm_topic_arn" {
  type        = string
  description = "Where its alarms are told."
}

variable "health_alarm" {
  type        = string
  description = "Name of the alarm that rings when it is not well for five minutes: another machine is made then."
}

variable "data_key_arn" {
  type        = string
  description = "The KMS key that encrypts its disk and its secrets."
}

variable "permissions_boundary" {
  type        = string
  description = "ARN of the policy that bounds every role of the environment."
}
