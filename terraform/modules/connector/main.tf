locals {
  component  = "connector/${var.id}"
  name       = "${var.name}-connector-${var.id}"
  secret_arn = "arn:aws:ssm:${var.region}:${var.account}:parameter/ztna-secret/${var.environment}/${local.component}/tls"

  log = {
    logDriver = "awslogs"
    options   = { "awslogs-group" = var.log_group.name, "awslogs-region" = var.region, "awslogs-stream-prefix" = "ecs" }
  }

  # What both containers share: nothing may be written but the enforcement file.
  guarded = {
    essential              = true
    readonlyRootFilesystem = true
    linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }
    logConfiguration       = local.log
  }

  policy_agent = merge(local.guarded, {
    name  = "policy-agent"
    image = var.images.policy_agent
    environment = [for key, value in merge(var.agent_environment, {
      ZTNA_COMPONENT   = local.component
      ZTNA_OUT         = "/run/ztna/enforce"
      ZTNA_STATE       = "/var/lib/ztna"
      ZTNA_APPLIED_URL = "http://127.0.0.1:9091/applied"
    }) : { name = key, value = value }]
    mountPoints = [
      { sourceVolume = "enforce", containerPath = "/run/ztna/enforce", readOnly = false },
      { sourceVolume = "state", containerPath = "/var/lib/ztna", readOnly = false },
    ]
    stopTimeout = 15
  })

  app_connector = merge(local.guarded, {
    name      = "app-connector"
    image     = var.images.connector
    dependsOn = [{ containerName = "policy-agent", condition = "START" }]
    environment = [
      { name = "ZTNA_COMPONENT", value = local.component },
      { name = "ZTNA_HTTP", value = "127.0.0.1:9091" },
      { name = "ZTNA_ENFORCEMENT", value = "/run/ztna/enforce/enforcement.json" },
    ]
    # Certificate chain and key in PEM.
    secrets     = [{ name = "ZTNA_TLS_PEM", valueFrom = local.secret_arn }]
    mountPoints = [{ sourceVolume = "enforce", containerPath = "/run/ztna/enforce", readOnly = true }]
    healthCheck = {
      command     = ["CMD", "healthcheck", "http://127.0.0.1:9091/healthz"]
      interval    = 10
      timeout     = 5
      retries     = 3
      startPeriod = 30
    }
    stopTimeout = 30
  })
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

resource "aws_ecs_task_definition" "this" {
  family                   = local.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = tostring(var.size.cpu)
  memory                   = tostring(var.size.memory)
  task_role_arn            = var.role_arn
  execution_role_arn       = aws_iam_role.start.arn
  container_definitions    = jsonencode([local.policy_agent, local.app_connector])
  tags                     = { component = local.component }

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "ARM64"
  }

  volume {
    name = "enforce"
  }

  volume {
    name = "state"
  }
}

resource "aws_ecs_service" "this" {
  name             = local.name
  cluster          = var.cluster_arn
  task_definition  = aws_ecs_task_definition.this.arn
  launch_type      = "FARGATE"
  platform_version = "LATEST"
  desired_count    = var.size.instances
  propagate_tags   = "SERVICE"
  tags             = { component = local.component }

  # The new tasks are healthy before the old ones stop.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  availability_zone_rebalancing      = "ENABLED"
  enable_execute_command             = false
  wait_for_steady_state              = true

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = [for subnet in aws_subnet.this : subnet.id]
    security_groups  = [var.security_group_id]
    assign_public_ip = false
  }

  depends_on = [aws_iam_role_policy.start, aws_route_table_association.this]
}
