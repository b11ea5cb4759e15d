variable "github" {
  type = object({
    provider_arn = string
    issuer       = string
    organization = string
    repository   = object({ name = string, id = number, ownerId = number })
    branch       = string
  })
  description = "GitHub's OIDC provider, and the repository, as policies/guardrails.yaml says, and branch whose jobs take the role."

  validation {
    condition     = var.github.repository != null
    error_message = "Add repository: { name, id, ownerId } to policies/guardrails.yaml; gh api repos/<organization>/<name> has both numbers."
  }
}

variable "environment" {
  type        = string
  description = "The GitHub environment of the jobs."
}
