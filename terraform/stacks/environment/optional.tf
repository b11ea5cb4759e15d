# What an environment has only where its YAML says so.

locals {
  guardrails = yamldecode(file("${path.module}/../../../policies/guardrails.yaml"))
  # A plan ends here where policies/guardrails.yaml does not name the repository, which the account's stack needs too.
  repository = local.admin_panel == null ? null : "${local.guardrails.organization}/${local.guardrails.repository.name}"
}

module "admin_panel" {
  source = "../../modules/admin-panel"
  count  = local.admin_panel != null ? 1 : 0

  name                            = local.name
  environment                     = var.environment
  account                         = local.account
  region                          = local.region
  epoch                           = local.environment.epoch
  domain                          = local.admin_panel.domain
  sign_in                         = local.admin_panel.signIn
  vpc_id                          = module.network.vpc_id
  public_subnet_ids               = [for subnet in module.network.public_subnets : subnet.id]
  private_subnet_ids              = values(module.network.private_subnet_ids)
  security_group_id               = module.network.security_group_ids["admin-panel"]
  load_balancer_security_group_id = module.network.load_balancer_security_group_id
  cluster_arn                     = aws_ecs_cluster.this.arn
  image                           = local.images["admin-panel"]
  image_repository_arn            = local.repository_arns["admin-panel"]
  repository                      = local.repository
  data_key_arn                    = local.data_key_arn
  log_group                       = module.observability.log_groups["admin-panel"]
  log_retention_days              = local.environment.logRetentionDays
  alarm_topic_arn                 = module.observability.alarm_topic_arn
  permissions_boundary            = local.permissions_boundary
}

module "test_backend" {
  source = "../../modules/test-backend"
  count  = local.test_backend ? 1 : 0

  name                 = local.name
  environment          = var.environment
  account              = local.account
  region               = local.region
  host                 = local.test_backend_host
  vpc_id               = module.network.vpc_id
  subnet_ids           = values(module.network.private_subnet_ids)
  security_group_id    = module.network.security_group_ids["test-backend"]
  cluster_arn          = aws_ecs_cluster.this.arn
  image                = local.images["test-backend"]
  image_repository_arn = local.repository_arns["test-backend"]
  log_group            = module.observability.log_groups["test-backend"]
  permissions_boundary = local.permissions_boundary
}
