resource "aws_lb" "this" {
  # checkov:skip=CKV_AWS_150:it holds no state; removing adminPanel from YAML removes it
  # checkov:skip=CKV2_AWS_28:nothing passes before sign-in, and behind it are people with an account
  name                       = local.name
  load_balancer_type         = "application"
  subnets                    = var.public_subnet_ids
  security_groups            = [var.load_balancer_security_group_id]
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "strictest"

  access_logs {
    enabled = true
    bucket  = aws_s3_bucket.access_logs.id
  }

  depends_on = [aws_s3_bucket_policy.access_logs]
}

resource "aws_lb_target_group" "this" {
  name                 = local.name
  target_type          = "ip"
  port                 = 8080
  protocol             = "HTTP"
  vpc_id               = var.vpc_id
  deregistration_delay = "30"

  health_check {
    path                = "/healthz"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

# HTTPS only: there is no listener on port 80.
resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate_validation.this.certificate_arn

  routing_http_response_strict_transport_security_header_value = "max-age=31536000"

  default_action {
    type  = "authenticate-oidc"
    order = 1

    authenticate_oidc {
      issuer                     = var.sign_in.issuer
      client_id                  = var.sign_in.clientId
      client_secret              = local.client.clientSecret
      authorization_endpoint     = local.client.authorizationEndpoint
      token_endpoint             = local.client.tokenEndpoint
      user_info_endpoint         = local.client.userInfoEndpoint
      scope                      = "openid email profile"
      session_timeout            = 28800
      on_unauthenticated_request = "authenticate"
    }
  }

  default_action {
    type             = "forward"
    order            = 2
    target_group_arn = aws_lb_target_group.this.arn
  }
}

# The client's secret, and the endpoints that belong to it, as the issuer gave them; never in git.
data "aws_secretsmanager_secret_version" "sign_in" {
  secret_id = "ztna/${var.environment}/admin-panel/sign-in"
}

locals {
  client = jsondecode(data.aws_secretsmanager_secret_version.sign_in.secret_string)
}

resource "aws_acm_certificate" "this" {
  domain_name       = var.domain
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

# Waits until the record that the certificate asks for is in DNS, where Terraform does not write.
resource "aws_acm_certificate_validation" "this" {
  certificate_arn = aws_acm_certificate.this.arn

  timeouts {
    create = "75m"
  }
}

resource "aws_cloudwatch_metric_alarm" "unhealthy" {
  alarm_name          = "${local.name}-unhealthy"
  alarm_description   = "No healthy task of the admin panel."
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HealthyHostCount"
  dimensions          = { LoadBalancer = aws_lb.this.arn_suffix, TargetGroup = aws_lb_target_group.this.arn_suffix }
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 5
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "certificate" {
  alarm_name          = "${local.name}-certificate"
  alarm_description   = "The panel's certificate ends within 30 days: its validation record is missing from DNS."
  namespace           = "AWS/CertificateManager"
  metric_name         = "DaysToExpiry"
  dimensions          = { CertificateArn = aws_acm_certificate.this.arn }
  statistic           = "Minimum"
  period              = 86400
  evaluation_periods  = 1
  threshold           = 30
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "missing"
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
