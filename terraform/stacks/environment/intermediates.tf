module "shared_secret" {
  source = "../../modules/shared-secret"

  name                 = local.name
  environment          = var.environment
  account              = local.account
  region               = local.region
  data_key_arn         = local.data_key_arn
  permissions_boundary = local.permissions_boundary
}

module "intermediate_identity" {
  source   = "../../modules/component-identity"
  for_each = local.intermediates

  name                 = local.name
  environment          = var.environment
  account              = local.account
  region               = local.region
  epoch                = local.environment.epoch
  component            = "intermediate/${each.key}"
  trust_policy         = data.aws_iam_policy_document.instances.json
  permissions_boundary = local.permissions_boundary
}

data "aws_iam_policy_document" "instances" {
  statement {
    sid     = "Instances"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

module "intermediate" {
  source   = "../../modules/intermediate"
  for_each = local.intermediates

  name              = local.name
  environment       = var.environment
  account           = local.account
  region            = local.region
  id                = each.key
  address           = each.value.address
  port              = try(each.value.port, local.port_otherwise)
  instance_type     = each.value.instanceType
  vpc_id            = module.network.vpc_id
  subnet            = module.network.public_subnets[each.value.zone]
  ipv6              = local.ipv6
  security_group_id = module.network.security_group_ids["intermediate/${each.key}"]
  role_name         = module.intermediate_identity[each.key].role_name
  images            = { server = local.images_of["intermediate/${each.key}"]["intermediate-server"], policy_agent = local.images_of["intermediate/${each.key}"]["policy-agent"] }
  image_repository_arns = [
    local.repository_arns["intermediate-server"],
    local.repository_arns["policy-agent"],
  ]
  client_cas           = join("\n", [for ca in local.environment.clientCas : trimspace(ca.certificate)])
  shared_secret        = module.shared_secret.parameter
  agent_environment    = local.agent_environment
  minimum_sequence     = var.minimum_sequence
  log_group            = module.observability.log_groups["intermediate/${each.key}"]
  alarm_topic_arn      = module.observability.alarm_topic_arn
  health_alarm         = "${local.name}-health-intermediate-${each.key}"
  data_key_arn         = local.data_key_arn
  permissions_boundary = local.permissions_boundary
}
