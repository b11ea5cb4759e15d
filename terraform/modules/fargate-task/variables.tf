variable "name" {
  type        = string
  description = "What the service, its task and its role are called: ztna-<env>-<component>."
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

variable "component" {
  type        = string
  description = "What it is, for tags: connector/<id>, admin-panel or test-backend."
}

variable "size" {
  type        = object({ cpu = number, memory = number, instances = number })
  description = "CPU units and MiB of one task, and how many run."
}

variable "containers" {
  type = list(object({
    name  = string
    image = string
    # User and group, by number: those that the image was built for.
    user        = string
    environment = map(string)
    # Variable to the parameter's ARN; ECS fetches it when the task starts.
    secrets = optional(map(string), {})
    # Containers that are started before this one.
    after = optional(list(string), [])
    ports = optional(list(object({ number = number, protocol = string })), [])
    # Path to the volume that is mounted there.
    mounts = optional(map(object({ volume = string, read_only = bool })), {})
    # What must answer with 200, and how long it may take at first.
    health       = optional(object({ url = string, start_seconds = number }))
    stop_seconds = optional(number)
  }))
  description = "The containers of one task; every one of them is needed."
}

variable "volumes" {
  type        = set(string)
  default     = []
  description = "Folders of the task that containers share; they are empty when it starts."
}

variable "role_arn" {
  type        = string
  default     = null
  description = "The role that the containers have; none when omitted."
}

variable "secret" {
  type        = object({ arn = string, key_arn = string })
  default     = null
  description = "The parameter that is handed to the task, and the KMS key that encrypts it."
}

variable "image_repository_arns" {
  type        = list(string)
  description = "The ECR repositories of the images."
}

variable "cluster_arn" {
  type        = string
  description = "The ECS cluster."
}

variable "subnet_ids" {
  type        = list(string)
  description = "Where its tasks run."
}

variable "security_group_id" {
  type        = string
  description = "Its security group."
}

variable "load_balancer" {
  type        = object({ target_group_arn = string, container = string, port = number })
  default     = null
  description = "The target group in which its tasks are, by which container and port."
}

variable "registry" {
  type        = object({ arn = string })
  default     = null
  description = "The Cloud Map service under whose name its tasks are found."
}

variable "after" {
  type        = list(string)
  default     = []
  description = "Ids of what must be there before a task starts: routes, rights, a listener."
}

variable "log_group" {
  type        = object({ name = string, arn = string })
  description = "Where its containers log."
}

variable "permissions_boundary" {
  type        = string
  description = "ARN of the policy that bounds every role of the environment."
}
