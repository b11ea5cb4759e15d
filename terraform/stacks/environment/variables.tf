variable "environment" {
  type        = string
  description = "The environment: a folder of environments/."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,62}$", var.environment))
    error_message = "An environment is named like its folder: lower-case letters, digits and hyphens."
  }
}

variable "minimum_sequence" {
  type        = number
  default     = 0
  description = "The newest verified sequence when the deployment began: a new instance or task accepts no older entry."

  validation {
    condition     = var.minimum_sequence >= 0 && floor(var.minimum_sequence) == var.minimum_sequence
    error_message = "A sequence is a whole number from 0 on."
  }
}
