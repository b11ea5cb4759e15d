locals {
  name = "${var.name}-test-backend"

  backend = {
    name        = "test-backend"
    image       = var.image
    user        = "10003:10000"
    environment = { ZTNA_ECHO = "7007", ZTNA_HTTP = "8080" }
    ports = [
      { number = 7007, protocol = "tcp" },
      { number = 7007, protocol = "udp" },
      { number = 8080, protocol = "tcp" },
    ]
    health = { url = "http://127.0.0.1:8080/healthz", start_seconds = 10 }
  }
}

# The name that a connector's registration has as its backend.
resource "aws_service_discovery_private_dns_namespace" "this" {
  name        = trimprefix(var.host, "test-backend.")
  description = "The test backend of ${var.environment}"
  vpc         = var.vpc_id
}

resource "aws_service_discovery_service" "this" {
  name = "test-backend"

  dns_config {
    namespace_id   = aws_service_discovery_private_dns_namespace.this.id
    routing_policy = "MULTIVALUE"

    dns_records {
      type = "A"
      ttl  = 10
    }
  }
}

# It has no role of its own: it calls nothing.
module "task" {
  source = "../fargate-task"

  name                  = local.name
  environment           = var.environment
  account               = var.account
  region                = var.region
  component             = "test-backend"
  size                  = { cpu = 256, memory = 512, instances = 1 }
  containers            = [local.backend]
  image_repository_arns = [var.image_repository_arn]
  cluster_arn           = var.cluster_arn
  subnet_ids            = var.subnet_ids
  security_group_id     = var.security_group_id
  registry              = { arn = aws_service_discovery_service.this.arn }
  log_group             = var.log_group
  permissions_boundary  = var.permissions_boundary
}
