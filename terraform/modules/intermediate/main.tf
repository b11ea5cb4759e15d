locals {
  component = "intermediate/${var.id}"
  name      = "${var.name}-intermediate-${var.id}"
  secrets   = "/ztna-secret/${var.environment}/intermediate"
  # Made from the id, so that it outlives instances; of 2^64 addresses, EC2 picks this one by chance never.
  address_ipv6 = var.ipv6 ? cidrhost(var.subnet.ipv6_cidr, parseint(substr(sha256(var.id), 0, 12), 16)) : ""
}

data "aws_ec2_instance_type" "this" {
  instance_type = var.instance_type
}

data "aws_ssm_parameter" "ami" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${contains(data.aws_ec2_instance_type.this.supported_architectures, "arm64") ? "arm64" : "x86_64"}"
}

# What an instance is made of. The provider cannot tell from a script that is not known while planning whether the
# instance must be another, so this tells it; and the floor of a start without state is the newest sequence then.
resource "terraform_data" "floor" {
  input = { sequence = var.minimum_sequence }

  # Only what is known while planning. The type is here so that it changes by a new instance and not by a stop.
  triggers_replace = {
    images        = var.images
    instance_type = var.instance_type
    client_cas    = var.client_cas
    agent         = var.agent_environment
  }

  lifecycle {
    ignore_changes = [input]
  }
}

resource "aws_instance" "this" {
  # checkov:skip=CKV_AWS_88:it is the public end of the tunnel; its security group opens one UDP port
  # checkov:skip=CKV_AWS_126:one-minute metrics cost more than they tell; health comes from the policy agent
  ami                  = data.aws_ssm_parameter.ami.insecure_value
  instance_type        = var.instance_type
  subnet_id            = var.subnet.id
  iam_instance_profile = aws_iam_instance_profile.this.name
  ebs_optimized        = true

  vpc_security_group_ids = [var.security_group_id]
  # Until the Elastic IP moves to it; also what the provider reads afterwards, so that a plan stays empty.
  associate_public_ip_address = true
  ipv6_address_count          = var.ipv6 ? 1 : null

  user_data_base64            = base64gzip(local.boot)
  user_data_replace_on_change = true

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
    # Containers are on the host's network: one hop is enough, and nothing farther away may ask.
    http_put_response_hop_limit = 1
  }

  maintenance_options {
    auto_recovery = "default"
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = 16
    encrypted   = true
    kms_key_id  = var.data_key_arn
  }

  tags        = { Name = local.name, component = local.component }
  volume_tags = { Name = local.name, component = local.component }

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.floor]
    # A new image of the operating system is taken at the next replacement and is no reason for one.
    # IPv6 addresses are moved by the replacement, not by Terraform.
    ignore_changes = [ami, ipv6_address_count, ipv6_addresses]
  }

  depends_on = [aws_iam_role_policy.instance]
}

# No association here: the replacement moves it, when the new instance is ready.
resource "aws_eip" "this" {
  # checkov:skip=CKV2_AWS_19:the replacement document associates it
  domain = "vpc"
  tags   = { Name = local.name, component = local.component }
}

# Inside the VPC the address leads to the private one, so that connectors need no way to the internet.
resource "aws_route53_zone" "address" {
  name    = var.address
  comment = "Inside the VPC: ${local.component}"
  # The replacement writes the record in it.
  force_destroy = true

  vpc {
    vpc_id = var.vpc_id
  }
}

resource "aws_cloudwatch_metric_alarm" "stuck" {
  alarm_name          = "${local.name}-stuck"
  alarm_description   = "The instance's operating system does not answer: it is restarted."
  namespace           = "AWS/EC2"
  metric_name         = "StatusCheckFailed_Instance"
  dimensions          = { InstanceId = aws_instance.this.id }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "missing"
  alarm_actions       = ["arn:aws:automate:${var.region}:ec2:reboot", var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
