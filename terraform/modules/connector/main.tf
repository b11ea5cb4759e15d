locals {
  component  = "connector/${var.id}"
  name       = "${var.name}-connector-${var.id}"
  secret_arn = "arn:aws:ssm:${var.region}:${var.account}:parameter/ztna-secret/${var.environment}/${local.component}/tls"

  policy_agent = {
    name  = "policy-agent"
    image = var.images.policy_agent
    user  = "10002:10000"
    environment = merge(var.agent_environment, {
      ZTNA_COMPONENT        = local.component
      ZTNA_MINIMUM_SEQUENCE = tostring(terraform_data.floor.output.sequence)
      ZTNA_OUT              = "/run/ztna/enforce"
      ZTNA_STATE            = "/var/lib/ztna"
      ZTNA_APPLIED_URL      = "http://127.0.0.1:9091/applied"
      ZTNA_HTTP             = "127.0.0.1:9092"
    })
    mounts = {
      "/run/ztna/enforce" = { volume = "enforce", read_only = false }
      "/var/lib/ztna"     = { volume = "state", read_only = false }
    }
    # One that hangs is replaced; one that waits for the store answers.
    health       = { url = "http://127.0.0.1:9092/healthz", start_seconds = 30 }
    stop_seconds = 15
  }

  app_connector = {
    name  = "app-connector"
    image = var.images.connector
    user  = "10001:10000"
    after = ["policy-agent"]
    # Without server CAs it knows intermediates by its system's roots.
    environment = merge(var.server_cas == "" ? {} : { ZTNA_SERVER_CAS_PEM = var.server_cas }, {
      ZTNA_COMPONENT   = local.component
      ZTNA_HTTP        = "127.0.0.1:9091"
      ZTNA_ENFORCEMENT = "/run/ztna/enforce/enforcement.json"
      ZTNA_IMAGE       = split("@", var.images.connector)[1]
      ZTNA_LOG         = "info"
    })
    # Certificate chain and key in PEM.
    secrets      = { ZTNA_TLS_PEM = local.secret_arn }
    mounts       = { "/run/ztna/enforce" = { volume = "enforce", read_only = true } }
    health       = { url = "http://127.0.0.1:9091/healthz", start_seconds = 30 }
    stop_seconds = 30
  }
}

# The floor of a task that starts without state: the newest sequence when what the policy agent is, or believes,
# changed last. Taken anew at each deployment it would start every task again at each deployment.
resource "terraform_data" "floor" {
  input = { sequence = var.minimum_sequence }

  # Only what is known while planning.
  triggers_replace = { images = var.images, agent = var.agent_environment }

  lifecycle {
    ignore_changes = [input]
  }
}

# Its own subnets, beside its backends.
resource "aws_subnet" "this" {
  for_each = var.subnets

  vpc_id            = var.vpc_id
  availability_zone = each.key
  cidr_block        = each.value.cidr
  tags              = { Name = "${local.name}-${each.key}", component = local.component }
}

resource "aws_route_table_association" "this" {
  for_each = aws_subnet.this

  subnet_id      = each.value.id
  route_table_id = var.subnets[each.key].route_table_id
}

module "task" {
  source = "../fargate-task"

  name                  = local.name
  environment           = var.environment
  account               = var.account
  region                = var.region
  component             = local.component
  size                  = var.size
  containers            = [local.policy_agent, local.app_connector]
  volumes               = ["enforce", "state"]
  role_arn              = var.role_arn
  secret                = { arn = local.secret_arn, key_arn = var.data_key_arn }
  image_repository_arns = var.image_repository_arns
  cluster_arn           = var.cluster_arn
  subnet_ids            = var.existing == null ? [for subnet in aws_subnet.this : subnet.id] : var.existing.subnet_ids
  security_group_id     = var.existing == null ? var.security_group_id : aws_security_group.existing[0].id
  after = concat(
    [for association in aws_route_table_association.this : association.id],
    [for rule in aws_vpc_security_group_egress_rule.intermediate : rule.id],
    [for rule in aws_vpc_security_group_egress_rule.backend : rule.id],
    [for rule in aws_vpc_security_group_egress_rule.aws : rule.id],
  )
  log_group            = var.log_group
  permissions_boundary = var.permissions_boundary
}
