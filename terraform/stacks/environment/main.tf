# One environment, exactly as environments/<environment>/ says. Nothing about an environment is written here.

locals {
  folder      = "${path.module}/../../../environments/${var.environment}"
  environment = yamldecode(file("${local.folder}/environment.yaml"))
  connectors = {
    for file in fileset(local.folder, "connectors/*.yaml") :
    trimsuffix(basename(file), ".yaml") => yamldecode(file("${local.folder}/${file}"))
  }
  fargate  = { for id, connector in local.connectors : id => connector if connector.runs == "fargate" }
  external = { for id, connector in local.connectors : id => connector if connector.runs == "external" }

  # Networks that are there already, and the connectors that run in one of them.
  existing  = { for one in try(local.network.existing, []) : one.id => { vpc_id = one.vpc, cidrs = toset(one.cidrs) } }
  elsewhere = { for id, connector in local.fargate : id => connector if try(connector.network, null) != null }
  intermediate_ends = {
    for id, intermediate in local.intermediates : id => {
      address = module.intermediate[id].addresses.ipv4, port = try(intermediate.port, local.port_otherwise)
    }
  }

  name           = "ztna-${var.environment}"
  account        = local.environment.account
  region         = local.environment.region
  network        = local.environment.network
  intermediates  = { for intermediate in local.environment.intermediates : intermediate.id => intermediate }
  admin_panel    = try(local.environment.adminPanel, null)
  test_backend   = try(local.environment.testBackend, false)
  ipv6           = try(local.network.ipv6, false)
  port_otherwise = 4433
}

provider "aws" {
  region              = local.region
  allowed_account_ids = [local.account]

  default_tags {
    tags = { system = "ztna", environment = var.environment, source = "terraform/stacks/environment" }
  }
}

# The account's stack made it, so that secrets could be stored under it before the first deployment.
data "aws_kms_alias" "data" {
  name = "alias/${local.name}-data"
}

locals {
  data_key_arn         = data.aws_kms_alias.data.target_key_arn
  permissions_boundary = "arn:aws:iam::${local.account}:policy/ztna/${local.name}-boundary"

  registry = "${local.account}.dkr.ecr.${local.region}.amazonaws.com"
  images = {
    for name, image in local.environment.images : name => "${local.registry}/${image.repository}@${image.digest}"
  }
  # A digest of its own goes before that of the ring which names a component, and this before everybody's.
  ring_of = merge([
    for ring in local.environment.rings : { for component in try(ring.components, []) : component => ring.id }
  ]...)
  images_of = {
    for component in concat(
      [for id, intermediate in local.intermediates : "intermediate/${id}"],
      [for id, connector in local.fargate : "connector/${id}"],
    ) :
    component => {
      for name, image in local.environment.images :
      name => "${local.registry}/${image.repository}@${try(image.digests[component], image.digests[local.ring_of[component]], image.digest)}"
    }
  }
  repository_arns = {
    for name, image in local.environment.images :
    name => "arn:aws:ecr:${local.region}:${local.account}:repository/${image.repository}"
  }
}

module "network" {
  source = "../../modules/network"

  name        = local.name
  environment = var.environment
  region      = local.region
  account     = local.account
  cidr        = local.network.cidr
  ipv6        = local.ipv6
  egress      = try(local.network.egress, "endpoints")
  # A zone's letter numbers its IPv6 subnet, so that the order of the list says nothing.
  zones = {
    for zone in local.network.zones : zone.id => {
      public = zone.public, private = zone.private, number = parseint(substr(zone.id, -1, 1), 36) - 10
    }
  }
  intermediates        = { for id, intermediate in local.intermediates : id => try(intermediate.port, local.port_otherwise) }
  connectors           = { for id, ports in local.backend_ports : id => ports if !contains(keys(local.elsewhere), id) }
  routes               = { for route in try(local.network.routes, []) : route.to => route.via }
  admin_panel          = local.admin_panel != null
  test_backend         = local.test_backend
  test_backend_clients = local.test_backend_clients
  log_retention_days   = local.environment.logRetentionDays
  data_key_arn         = local.data_key_arn
  permissions_boundary = local.permissions_boundary
}

module "observability" {
  source = "../../modules/observability"

  name               = local.name
  environment        = var.environment
  account            = local.account
  region             = local.region
  followers          = local.followers
  components         = setunion(local.followers, local.admin_panel != null ? ["admin-panel"] : [], local.test_backend ? ["test-backend"] : [])
  log_retention_days = local.environment.logRetentionDays
  data_key_arn       = local.data_key_arn
  second_scheduler   = try(local.environment.images.heartbeat, null) != null
  # A component asks every so often, and takes what it finds within seconds: a third question without an answer is late.
  late_seconds = max(60, 3 * local.environment.bundle.pollSeconds)
}

locals {
  followers = toset(concat(
    [for id in keys(local.intermediates) : "intermediate/${id}"],
    [for id in keys(local.fargate) : "connector/${id}"],
  ))
}

resource "aws_ecs_cluster" "this" {
  name = local.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

locals {
  # What every policy agent is told; its floor, and where it reads and writes, its own module adds.
  agent_environment = {
    ZTNA_ENVIRONMENT  = var.environment
    ZTNA_ACCOUNT      = local.account
    ZTNA_REGION       = local.region
    ZTNA_EPOCH        = tostring(local.environment.epoch)
    ZTNA_TRUSTED_KEYS = jsonencode(local.environment.bundle.trustedKeys)
  }
}
