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

variable "host" {
  type        = string
  description = "Its name inside the VPC: test-backend.<domain>."
}

variable "vpc_id" {
  type        = string
  description = "The VPC in which its name is known."
}

variable "subnet_ids" {
  type        = list(string)
  description = "The private subnets that it may run in."
}

variable "security_group_id" {
  type        = string
  description = "Its security group."
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

variable "log_group" {
  type        = object({ name = string, arn = string })
  description = "Where it logs."
}

variable "permissions_boundary" {
  type        = string
  description = "ARN of the policy that bounds every role of the environment."
}
