variable "repositories" {
  type        = set(string)
  description = "The repositories that the account's environments name in their images."
}

variable "data_key_arn" {
  type        = string
  description = "The KMS key that encrypts the images."
}

variable "github" {
  type = object({
    provider_arn = string
    issuer       = string
    organization = string
    repository   = object({ name = string, id = number, ownerId = number })
    branch       = string
  })
  description = "GitHub's OIDC provider, and the repository and branch whose workflow may push."
}
