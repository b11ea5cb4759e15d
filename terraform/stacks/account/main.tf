# What exists once per AWS account, for the environments whose YAML names that account.

locals {
  folder = "${path.module}/../../../environments"
  all    = [for file in fileset(local.folder, "*/environment.yaml") : yamldecode(file("${local.folder}/${file}"))]
  # A plan ends here with "one" when nothing names the account, or when its environments are in several
  # regions: images and keys are a region's, so a second region is a second account.
  environments = { for environment in local.all : environment.id => environment if environment.account == var.account }
  region       = one(distinct([for environment in local.environments : environment.region]))
  repositories = toset(flatten([for environment in local.environments : [for image in environment.images : image.repository]]))
  guardrails   = yamldecode(file("${path.module}/../../../policies/guardrails.yaml"))
  log_days     = max([for environment in local.environments : environment.logRetentionDays]...)
}

provider "aws" {
  region              = local.region
  allowed_account_ids = [var.account]

  default_tags {
    tags = { system = "ztna", source = "terraform/stacks/account" }
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://${local.token_issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  # Who issues the tokens of jobs: github.com and an enterprise with data residency have a host for it, a server of one's own
  # a path. tools/contract/image-signature.ts says the same.
  server = trimprefix(try(local.guardrails.repository.server, "https://github.com"), "https://")
  token_issuer = (
    local.server == "github.com" ? "token.actions.githubusercontent.com" :
    endswith(local.server, ".ghe.com") ? "token.actions.${local.server}" : "${local.server}/_services/token"
  )
  github = {
    provider_arn = aws_iam_openid_connect_provider.github.arn
    issuer       = local.token_issuer
    organization = local.guardrails.organization
    repository   = try(local.guardrails.repository, null)
    branch       = var.branch
  }
}

module "registry" {
  source = "../../modules/registry"

  repositories = local.repositories
  data_key_arn = aws_kms_key.account.arn
  github       = local.github
}

module "identity" {
  source   = "../../modules/identity"
  for_each = local.environments

  name              = "ztna-${each.key}"
  environment       = each.key
  account           = var.account
  region            = local.region
  github            = local.github
  break_glass_users = var.break_glass_users
  second_scheduler  = contains(keys(local.heartbeats), each.key)
  data_key_arn      = aws_kms_key.environment[each.key].arn
  state             = { bucket_arn = aws_s3_bucket.state.arn, key_arn = aws_kms_key.account.arn }
}
