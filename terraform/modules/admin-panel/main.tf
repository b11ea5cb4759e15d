locals {
  name = "${var.name}-admin-panel"

  panel = {
    name  = "admin-panel"
    image = var.image
    user  = "10005:10000"
    environment = {
      ZTNA_ENVIRONMENT  = var.environment
      ZTNA_ACCOUNT      = var.account
      ZTNA_REGION       = var.region
      ZTNA_EPOCH        = tostring(var.epoch)
      ZTNA_TRUSTED_KEYS = var.trusted_keys
      ZTNA_HTTP         = "0.0.0.0:8080"
      # Who signed in, the load balancer says in a header; the panel believes no other load balancer.
      ZTNA_LOAD_BALANCER = aws_lb.this.arn
    }
    ports  = [{ number = 8080, protocol = "tcp" }]
    health = { url = "http://127.0.0.1:8080/healthz", start_seconds = 20 }
  }
}

module "task" {
  source = "../fargate-task"

  name                  = local.name
  environment           = var.environment
  account               = var.account
  region                = var.region
  component             = "admin-panel"
  size                  = { cpu = 256, memory = 512, instances = 2 }
  containers            = [local.panel]
  role_arn              = aws_iam_role.read.arn
  image_repository_arns = [var.image_repository_arn]
  cluster_arn           = var.cluster_arn
  subnet_ids            = var.private_subnet_ids
  security_group_id     = var.security_group_id
  load_balancer         = { target_group_arn = aws_lb_target_group.this.arn, container = "admin-panel", port = 8080 }
  after                 = [aws_iam_role_policy.read.id, aws_lb_listener.https.id]
  log_group             = var.log_group
  permissions_boundary  = var.permissions_boundary
}
