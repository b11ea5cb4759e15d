locals {
  name = "${var.name}-test-backend"
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
resource "aws_ecs_task_definition" "this" {
  family                   = local.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "256"
  memory                   = "512"
  execution_role_arn       = aws_iam_role.start.arn
  tags                     = { component = "test-backend" }

  container_definitions = jsonencode([{
    name                   = "test-backend"
    image                  = var.image
    essential              = true
    readonlyRootFilesystem = true
    linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }
    environment            = [{ name = "ZTNA_ECHO", value = "7007" }, { name = "ZTNA_HTTP", value = "8080" }]
    portMappings = [
      { containerPort = 7007, protocol = "tcp" },
      { containerPort = 7007, protocol = "udp" },
      { containerPort = 8080, protocol = "tcp" },
    ]
    healthCheck = {
      command     = ["CMD", "healthcheck", "http://127.0.0.1:8080/healthz"]
      interval    = 10
      timeout     = 5
      retries     = 3
      startPeriod = 10
    }
    logConfiguration = {
      logDriver = "awslogs"
      options   = { "awslogs-group" = var.log_group.name, "awslogs-region" = var.region, "awslogs-stream-prefix" = "ecs" }
    }
  }])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "ARM64"
  }
}

resource "aws_ecs_service" "this" {
  name                   = local.name
  cluster                = var.cluster_arn
  task_definition        = aws_ecs_task_definition.this.arn
  launch_type            = "FARGATE"
  platform_version       = "LATEST"
  desired_count          = 1
  propagate_tags         = "SERVICE"
  enable_execute_command = false
  wait_for_steady_state  = true
  tags                   = { component = "test-backend" }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [var.security_group_id]
    assign_public_ip = false
  }

  service_registries {
    registry_arn = aws_service_discovery_service.this.arn
  }

  depends_on = [aws_iam_role_policy.start]
}
