# Which ports a connector's backends have: the port that the registration names, else the service's own.

locals {
  services = {
    for file in fileset("${path.module}/../../../policies/services", "*.yaml") :
    trimsuffix(basename(file), ".yaml") => yamldecode(file("${path.module}/../../../policies/services/${file}"))
  }

  registrations = {
    for id, connector in local.fargate : id => [
      for registration in connector.services : {
        protocol = local.services[registration.service].protocol
        host     = regex("^(.*?)(?::([0-9]+))?$", registration.backend)[0]
        ports = (
          regex("^(.*?)(?::([0-9]+))?$", registration.backend)[1] == null
          ? [for port in local.services[registration.service].ports : tostring(port)]
          : [regex("^(.*?)(?::([0-9]+))?$", registration.backend)[1]]
        )
      }
    ]
  }

  backend_ports = {
    for id, registrations in local.registrations : id => toset(flatten([
      for registration in registrations : [
        for port in registration.ports : {
          protocol = registration.protocol
          from     = tonumber(split("-", port)[0])
          to       = tonumber(reverse(split("-", port))[0])
        }
      ]
    ]))
  }

  test_backend_host = "test-backend.${var.environment}.ztna.internal"
  test_backend_clients = toset([
    for id, registrations in local.registrations : id
    if contains([for registration in registrations : registration.host], local.test_backend_host)
  ])
}

data "aws_iam_policy_document" "tasks" {
  statement {
    sid     = "TasksOfThisAccount"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

module "connector_identity" {
  source   = "../../modules/component-identity"
  for_each = local.connectors

  name        = local.name
  environment = var.environment
  account     = local.account
  region      = local.region
  epoch       = local.environment.epoch
  component   = "connector/${each.key}"
  trust_policy = (
    each.value.runs == "fargate"
    ? data.aws_iam_policy_document.tasks.json
    : data.aws_iam_policy_document.external[each.key].json
  )
  permissions_boundary = local.permissions_boundary
}

module "connector" {
  source   = "../../modules/connector"
  for_each = local.fargate

  name        = local.name
  environment = var.environment
  account     = local.account
  region      = local.region
  id          = each.key
  vpc_id      = module.network.vpc_id
  # In a network that is there already, its subnets are too.
  subnets = {
    for subnet in each.value.subnets :
    subnet.zone => { cidr = subnet.cidr, route_table_id = module.network.private_route_table_ids[subnet.zone] }
    if can(subnet.cidr)
  }
  existing = contains(keys(local.elsewhere), each.key) ? merge(local.existing[each.value.network], {
    subnet_ids    = [for subnet in each.value.subnets : subnet.id]
    backends      = local.backend_ports[each.key]
    intermediates = local.intermediate_ends
  }) : null
  size                  = each.value.size
  cluster_arn           = aws_ecs_cluster.this.arn
  security_group_id     = try(module.network.security_group_ids["connector/${each.key}"], null)
  role_arn              = module.connector_identity[each.key].role_arn
  images                = { connector = local.images_of["connector/${each.key}"]["app-connector"], policy_agent = local.images_of["connector/${each.key}"]["policy-agent"] }
  image_repository_arns = [local.repository_arns["app-connector"], local.repository_arns["policy-agent"]]
  server_cas            = join("\n", [for ca in try(local.environment.serverCas, []) : trimspace(ca.certificate)])
  agent_environment     = local.agent_environment
  minimum_sequence      = var.minimum_sequence
  log_group             = module.observability.log_groups["connector/${each.key}"]
  data_key_arn          = local.data_key_arn
  permissions_boundary  = local.permissions_boundary
}

# External connectors sign in to AWS with the certificate that they show to intermediates.

resource "aws_rolesanywhere_trust_anchor" "clients" {
  count = length(local.external) > 0 ? 1 : 0

  name    = "${local.name}-client-cas"
  enabled = true

  source {
    source_type = "CERTIFICATE_BUNDLE"

    source_data {
      x509_certificate_data = join("\n", [for ca in local.environment.clientCas : trimspace(ca.certificate)])
    }
  }
}

data "aws_iam_policy_document" "external" {
  for_each = local.external

  statement {
    sid     = "CertificateOfThisComponent"
    actions = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["rolesanywhere.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_rolesanywhere_trust_anchor.clients[0].arn]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/x509Subject/CN"
      values   = ["connector/${each.key}"]
    }
  }
}

module "external_connector" {
  source   = "../../modules/external-connector"
  for_each = local.external

  name     = local.name
  id       = each.key
  role_arn = module.connector_identity[each.key].role_arn
}
