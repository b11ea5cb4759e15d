# One Fargate service: what its task is, the role that starts it, and how many run.

locals {
  log = {
    logDriver = "awslogs"
    options   = { "awslogs-group" = var.log_group.name, "awslogs-region" = var.region, "awslogs-stream-prefix" = "ecs" }
  }

  # Nothing may be written but what is mounted; no container has a capability.
  containers = [
    for one in var.containers : {
      name                   = one.name
      image                  = one.image
      user                   = one.user
      essential              = true
      readonlyRootFilesystem = true
      linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }
      logConfiguration       = local.log
      environment            = [for key, value in one.environment : { name = key, value = value }]
      secrets                = [for key, arn in one.secrets : { name = key, valueFrom = arn }]
      dependsOn              = [for name in one.after : { containerName = name, condition = "START" }]
      portMappings           = [for port in one.ports : { containerPort = port.number, protocol = port.protocol }]
      mountPoints = [
        for path, mount in one.mounts : { sourceVolume = mount.volume, containerPath = path, readOnly = mount.read_only }
      ]
      healthCheck = one.health == null ? null : {
        command     = ["CMD", "healthcheck", one.health.url]
        interval    = 10
        timeout     = 5
        retries     = 3
        startPeriod = one.health.start_seconds
      }
      stopTimeout = one.stop_seconds
    }
  ]
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = tostring(var.size.cpu)
  memory                   = tostring(var.size.memory)
  task_role_arn            = var.role_arn
  execution_role_arn       = aws_iam_role.start.arn
  tags                     = { component = var.component }

  # A deployment that fails goes back to the revision before, which must not be deregistered by then.
  skip_destroy = true

  # What does not apply is left out, as AWS gives it back.
  container_definitions = jsonencode([
    for one in local.containers : { for key, value in one : key => value if value != null && try(length(value), 1) > 0 }
  ])

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "ARM64"
  }

  dynamic "volume" {
    for_each = var.volumes

    content {
      name = volume.value
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_ecs_service" "this" {
  name                   = var.name
  cluster                = var.cluster_arn
  task_definition        = aws_ecs_task_definition.this.arn
  launch_type            = "FARGATE"
  platform_version       = "LATEST"
  desired_count          = var.size.instances
  propagate_tags         = "SERVICE"
  enable_execute_command = false
  wait_for_steady_state  = true
  tags                   = { component = var.component }

  # The new tasks are healthy before the old ones stop.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  availability_zone_rebalancing      = "ENABLED"
  health_check_grace_period_seconds  = var.load_balancer == null ? null : 30

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [var.security_group_id]
    assign_public_ip = false
  }

  dynamic "load_balancer" {
    for_each = var.load_balancer[*]

    content {
      target_group_arn = load_balancer.value.target_group_arn
      container_name   = load_balancer.value.container
      container_port   = load_balancer.value.port
    }
  }

  dynamic "service_registries" {
    for_each = var.registry[*]

    content {
      registry_arn = service_registries.value.arn
    }
  }

  depends_on = [aws_iam_role_policy.start, var.after]
}
