locals {
  name           = "${var.name}-admin-panel"
  github_app_arn = "arn:aws:ssm:${var.region}:${var.account}:parameter/ztna-secret/${var.environment}/admin-panel/github"

  panel = {
    name  = "admin-panel"
    image = var.image
    user  = "10005:10000"
    environment = {
      ZTNA_ENVIRONMENT = var.environment
      ZTNA_HTTP        = "0.0.0.0:8080"
      ZTNA_DOMAIN      = var.domain
      # Who signed in, the load balancer says in a header; the panel believes no other load balancer.
      ZTNA_LOAD_BALANCER = aws_lb.this.arn
      ZTNA_ISSUER        = var.sign_in.issuer
      ZTNA_CLIENT_ID     = var.sign_in.clientId
      # Epoch, keys and everything else it reads there.
      ZTNA_REPOSITORY = var.repository
      ZTNA_FOLDER     = "/var/lib/ztna/repository"
    }
    # The client id of the GitHub App and its private key.
    secrets = { ZTNA_GITHUB_APP = local.github_app_arn }
    ports   = [{ number = 8080, protocol = "tcp" }]
    mounts  = { "/var/lib/ztna" = { volume = "repository", read_only = false } }
    # It reads the whole repository first.
    health = { url = "http://127.0.0.1:8080/healthz", start_seconds = 120 }
    # What it still answers while the load balancer takes it out, and what is under way.
    stop_seconds = 20
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
  volumes               = ["repository"]
  secret                = { arn = local.github_app_arn, key_arn = var.data_key_arn }
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
