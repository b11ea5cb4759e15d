# Who replaces an intermediate that is dead, when nobody deploys: this document. What tells it is the alarm on its health,
# which rings when its policy agent has not said for five minutes that all is well. An alarm tells once that it rings: a clock
# starts the document too, every 15 minutes, for a try that failed or that left the machine to a deployment which failed.
#
# No Auto Scaling group of one: it ends the old machine when the new one runs, and not when the address has moved; an apply
# would not wait for its refresh, so that entries would be published before the images that they need; and two intermediates
# would be made anew at once. The document makes one machine and lets the replacement decide all else.

locals {
  heal  = "${local.name}-heal"
  again = "${local.name}-again"

  # A deployment waits for half an hour until its machine has taken over (replacement.tf); in an hour it has given up.
  looked = {
    Allocation  = aws_eip.this.allocation_id
    Component   = local.component
    Environment = var.environment
    Alarm       = var.health_alarm
    Source      = local.heal
    Seconds     = "3600"
  }
}

# The same machine as aws_instance.this, to be started by somebody else than Terraform.
resource "aws_launch_template" "heal" {
  # checkov:skip=CKV_AWS_88:agents connect to an intermediate from the internet; until it has the address it fetches its images by this one

  name                   = local.heal
  update_default_version = true
  image_id               = data.aws_ssm_parameter.ami.insecure_value
  instance_type          = var.instance_type
  ebs_optimized          = true
  user_data              = base64gzip(local.boot)

  iam_instance_profile {
    name = aws_iam_instance_profile.this.name
  }

  network_interfaces {
    subnet_id                   = var.subnet.id
    security_groups             = [var.security_group_id]
    associate_public_ip_address = true
    ipv6_address_count          = var.ipv6 ? 1 : null
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  maintenance_options {
    auto_recovery = "default"
  }

  block_device_mappings {
    device_name = "/dev/xvda"

    ebs {
      volume_type = "gp3"
      volume_size = 16
      encrypted   = true
      kms_key_id  = var.data_key_arn
    }
  }

  dynamic "tag_specifications" {
    for_each = ["instance", "volume"]

    content {
      resource_type = tag_specifications.value
      tags = {
        Name = local.name, component = local.component, environment = var.environment, system = "ztna", source = local.heal
      }
    }
  }

  lifecycle {
    # A new image of the operating system is taken when something else changes, as for the machine itself.
    ignore_changes = [image_id]
  }
}

resource "aws_ssm_document" "heal" {
  name            = local.heal
  document_type   = "Automation"
  document_format = "JSON"

  content = jsonencode({
    schemaVersion = "0.3"
    description   = "Makes another machine for ${var.address} where the one that holds it serves no more."
    assumeRole    = aws_iam_role.heal.arn
    mainSteps = [
      {
        name   = "held"
        action = "aws:executeScript"
        inputs = {
          Runtime      = "python3.11"
          Handler      = "held"
          Script       = local.held
          InputPayload = local.looked
        }
        outputs = [
          { Name = "Holder", Selector = "$.Payload.Holder", Type = "String" },
          { Name = "Todo", Selector = "$.Payload.Todo", Type = "String" },
        ]
      },
      {
        name   = "todo"
        action = "aws:branch"
        inputs = {
          Choices = [{ Variable = "{{ held.Todo }}", StringEquals = "ask", NextStep = "serves" }]
          Default = "enough"
        }
      },
      {
        name   = "enough"
        action = "aws:sleep"
        isEnd  = true
        inputs = { Duration = "PT1S" }
      },
      {
        # Where it is ready after all, its agent is what does not answer: that is not for another machine to heal.
        name           = "serves"
        action         = "aws:runCommand"
        timeoutSeconds = 300
        onFailure      = "step:make"
        isCritical     = false
        isEnd          = true
        inputs = {
          DocumentName = "AWS-RunShellScript"
          InstanceIds  = ["{{ held.Holder }}"]
          Parameters = {
            commands         = ["systemctl restart ztna-policy-agent; for i in $(seq 24); do curl --silent --fail --max-time 2 http://127.0.0.1:9090/readyz && exit 0; sleep 5; done; exit 1"]
            executionTimeout = ["180"]
          }
        }
      },
      {
        name   = "make"
        action = "aws:executeScript"
        inputs = {
          Runtime = "python3.11"
          Handler = "make"
          Script  = "${local.held}\n${local.make}"
          InputPayload = merge(local.looked, {
            Holder    = "{{ held.Holder }}"
            Template  = aws_launch_template.heal.id
            Execution = "{{ automation:EXECUTION_ID }}"
          })
        }
        outputs = [
          { Name = "Instance", Selector = "$.Payload.Instance", Type = "String" },
          { Name = "Todo", Selector = "$.Payload.Todo", Type = "String" },
        ]
      },
      {
        name   = "made"
        action = "aws:branch"
        inputs = {
          Choices = [{ Variable = "{{ make.Todo }}", StringEquals = "replace", NextStep = "replace" }]
          Default = "enough"
        }
      },
      {
        name           = "replace"
        action         = "aws:executeAutomation"
        timeoutSeconds = 2400
        onFailure      = "step:undo"
        nextStep       = "end"
        inputs = {
          DocumentName      = aws_ssm_document.replace.name
          RuntimeParameters = { Instance = ["{{ make.Instance }}"] }
        }
      },
      {
        name   = "end"
        action = "aws:executeScript"
        isEnd  = true
        inputs = {
          Runtime      = "python3.11"
          Handler      = "end"
          Script       = local.end
          InputPayload = { Instance = "{{ held.Holder }}" }
        }
      },
      {
        # The machine that could not take over goes, so that the next try begins as this one did.
        name   = "undo"
        action = "aws:executeScript"
        isEnd  = true
        inputs = {
          Runtime      = "python3.11"
          Handler      = "end"
          Script       = local.end
          InputPayload = { Instance = "{{ make.Instance }}" }
        }
      },
    ]
  })
}

resource "aws_cloudwatch_event_rule" "heal" {
  name        = local.heal
  description = "${local.component} has not said for five minutes that it is well"

  event_pattern = jsonencode({
    source      = ["aws.cloudwatch"]
    detail-type = ["CloudWatch Alarm State Change"]
    resources   = ["arn:aws:cloudwatch:${var.region}:${var.account}:alarm:${var.health_alarm}"]
    detail      = { state = { value = ["ALARM"] } }
  })
}

resource "aws_cloudwatch_event_target" "heal" {
  rule     = aws_cloudwatch_event_rule.heal.name
  arn      = "arn:aws:ssm:${var.region}:${var.account}:automation-definition/${aws_ssm_document.heal.name}:$DEFAULT"
  role_arn = aws_iam_role.heal.arn
}

resource "aws_cloudwatch_event_rule" "again" {
  name                = local.again
  description         = "Another try for ${local.component}, as long as its alarm rings"
  schedule_expression = "rate(15 minutes)"
}

resource "aws_cloudwatch_event_target" "again" {
  rule     = aws_cloudwatch_event_rule.again.name
  arn      = "arn:aws:ssm:${var.region}:${var.account}:automation-definition/${aws_ssm_document.heal.name}:$DEFAULT"
  role_arn = aws_iam_role.heal.arn
}
