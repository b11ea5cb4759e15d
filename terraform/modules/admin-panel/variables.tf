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
  description = "The log's epoch: the panel shows no other."
}

variable "domain" {
  type        = string
  description = "The panel's DNS name."
}

variable "sign_in" {
  type        = object({ issuer = string, clientId = string })
  description = "The OpenID Connect issuer and the client registered there."
}

variable "vpc_id" {
  type        = string
  description = "The VPC."
}

variable "public_subnet_ids" {
  type        = list(string)
  description = "Where its load balancer is: at least two zones."

  validation {
    condition     = length(var.public_subnet_ids) >= 2
    error_message = "A load balancer needs two zones: add a second one to network.zones in environment.yaml, or remove adminPanel."
  }
}

variable "private_subnet_ids" {
  type        = list(string)
  description = "Where its tasks run."
}

variable "security_group_id" {
  type        = string
  description = "Its security group."
}

variable "load_balancer_security_group_id" {
  type        = string
  description = "Its load balancer's security group."
}

variable "cluster_arn" {
  type        = string
  description = "The ECS cluster."
}

variable "image" {
  type        = string
  description = "The image with its registry and digest."
}

variable "image_repository_arn" {
  type        = string
  description = "The image's ECR repository."
}

variable "repository" {
  type        = string
  description = "The repository on GitHub that it reads, and where it opens pull requests: owner/name."
}

variable "data_key_arn" {
  type        = string
  description = "The KMS key that encrypts its secret."
}

variable "log_group" {
  type        = object({ name = string, arn = string })
  description = "Where it logs."
}

variable "log_retention_days" {
  type        = number
  description = "How long access logs are kept."
}

variable "alarm_topic_arn" {
  type        = string
  description = "Where its alarms are told."
}

variable "permissions_boundary" {
  type        = string
  description = "ARN of the policy that bounds every role of the environment."
}
