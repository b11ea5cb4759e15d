variable "account" {
  type        = string
  description = "The AWS account: twelve digits."

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account))
    error_message = "An account is twelve digits, quoted, as in environment.yaml."
  }
}

variable "branch" {
  type        = string
  default     = "main"
  description = "The branch whose workflows take the roles."

  validation {
    condition     = !can(regex("[*?]", var.branch))
    error_message = "Name one branch, without wildcards."
  }
}

variable "several_environments" {
  type        = bool
  default     = false
  description = "Whether it is known, and meant, that the roles of the account's environments reach each other's networks and machines."

  validation {
    condition     = var.several_environments || length(local.environments) < 2
    error_message = "Several environments name this account, whose networks and machines their roles could not be kept apart on: give each its own account, or say several_environments = true."
  }
}

variable "break_glass_users" {
  type        = set(string)
  description = "Names of the IAM users of this account who may sign in an emergency, with MFA."
}
