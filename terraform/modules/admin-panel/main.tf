locals {
  name = "${var.name}-admin-panel"
}

resource "aws_ecs_task_definition" "this" {
  family                   = local.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "256"
  memory                   = "512"
  task_role_arn            = aws_iam_role.read.arn
  execution_role_arn       = aws_iam_role.start.arn
  tags                     = { component = "admin-panel" }

  container_definitions = jsonencode([{
    name                   = "admin-panel"
    image                  = var.image
    essential              = true
    readonlyRootFilesystem = true
    linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }
    environment = [
      { name = "ZTNA_ENVIRONMENT", value = var.environment },
      { name = "ZTNA_ACCOUNT", value = var.account },
      { name = "ZTNA_REGION", value = var.region },
      { name = "ZTNA_EPOCH", value = tostring(var.epoch) },
      { name = "ZTNA_TRUSTED_KEYS", value = var.trusted_keys },
      { name = "ZTNA_HTTP", value = "0.0.0.0:8080" },
      # Who signed in, the load balancer says in a header; the panel believes no other load balancer.
      { name = "ZTNA_LOAD_BALANCER", value = aws_lb.this.arn },
    ]
    portMappings = [{ containerPort = 8080, protocol = "tcp" }]
    healthCheck = {
      command     = ["CMD", "healthcheck", "http://127.0.0.1:8080/healthz"]
      interval    = 10
      timeout     = 5
      retries     = 3
      startPeriod = 20
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
  desired_count          = 2
  propagate_tags         = "SERVICE"
  enable_execute_command = false
  wait_for_steady_state  = true
  tags                   = { component = "admin-panel" }

  health_check_grace_period_seconds = 30

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.private_subnet_ids
    security_groups  = [var.security_group_id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this.arn
    container_name   = "admin-panel"
    container_port   = 8080
  }

  depends_on = [aws_iam_role_policy.start, aws_iam_role_policy.read, aws_lb_listener.https]
}
