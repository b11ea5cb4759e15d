# Who replaces an intermediate that is dead, when nobody deploys: this document. What tells it is the alarm on its health,
# which rings when its policy agent has not said for five minutes that all is well. An alarm tells once that it rings: a clock
# starts the document too, every 15 minutes, for a try that failed or that left the machine to a deployment which failed.
#
# No Auto Scaling group of one: it ends the old machine when the new one runs, and not when the address has moved; an apply
# would not wait for its refresh, so that entries would be published before the images that they need; and two intermediates
# would be made anew at once. The document makes one machine and lets the replacement decide all else.

locals {
  heal = "${local.name}-heal"

  # A deployment waits for half an hour until its machine has taken over (replacement.tf); in an hour it has given up.
  looked = {
    Allocation  = aws_eip.this.allocation_id
    Component   = local.component
    Environment = var.environment
    Alarm       = var.health_alarm
    Source      = local.heal
    Seconds     = "3600"
  }

  # What there is to do. Nobody holds the address before the first deployment has ended: nothing is healed.
  held = <<-PYTHON
    import boto3
    from datetime import datetime, timezone

    def machines(events, *known):
        filters = [{"Name": "tag:component", "Values": [events["Component"]]},
                   {"Name": "tag:environment", "Values": [events["Environment"]]},
                   {"Name": "instance-state-name", "Values": ["pending", "running"]}]
        pages = boto3.client("ec2").get_paginator("describe_instances").paginate(Filters=filters)
        found = [one for page in pages for made in page["Reservations"] for one in made["Instances"]]
        return [one for one in found if one["InstanceId"] not in known]

    def young(machine, events):
        age = datetime.now(timezone.utc) - machine["LaunchTime"]
        return age.total_seconds() < int(events["Seconds"])

    def beside(events, *known):
        """Machines that are being put in the place of the holder, by a deployment or by this: not to be doubled."""
        return [one for one in machines(events, *known) if young(one, events)]

    def held(events, context):
        ec2 = boto3.client("ec2")
        holder = ec2.describe_addresses(AllocationIds=[events["Allocation"]])["Addresses"][0].get("InstanceId", "")
        if not holder:
            return {"Holder": "none", "Todo": "nothing"}
        # Where there is no such alarm, this fails and is told.
        alarm = boto3.client("cloudwatch").describe_alarms(AlarmNames=[events["Alarm"]])["MetricAlarms"][0]
        wanted = alarm["StateValue"] == "ALARM" and not beside(events, holder)
        return {"Holder": holder, "Todo": "ask" if wanted else "nothing"}
  PYTHON

  # Two runs that begin at once both ask the old machine. The one whose machine is the later one gives way.
  make = <<-PYTHON
    def left(events):
        """What an earlier try could not end. A machine that a deployment left is Terraform's to remove."""
        return [one["InstanceId"] for one in machines(events, events["Holder"])
                if {"Key": "source", "Value": events["Source"]} in one["Tags"] and not young(one, events)]

    def make(events, context):
        if held(events, context) != {"Holder": events["Holder"], "Todo": "ask"}:
            return {"Instance": "none", "Todo": "nothing"}
        ec2 = boto3.client("ec2")
        # Where that fails nothing is made: there are never more and more of them.
        if left(events):
            ec2.terminate_instances(InstanceIds=left(events))
        template = {"LaunchTemplateId": events["Template"], "Version": "$Default"}
        made = ec2.run_instances(LaunchTemplate=template, MinCount=1, MaxCount=1, ClientToken=events["Execution"])
        own = made["Instances"][0]
        instance = own["InstanceId"]
        try:
            # Less than the ten minutes that a script has: what is left would be taken for one that is being put in its place.
            ec2.get_waiter("instance_running").wait(InstanceIds=[instance], WaiterConfig={"Delay": 10, "MaxAttempts": 48})
            order = lambda one: (one["LaunchTime"], one["InstanceId"])
            first = all(order(own) < order(other) for other in beside(events, events["Holder"], instance))
        except Exception:
            ec2.terminate_instances(InstanceIds=[instance])
            raise
        if not first:
            ec2.terminate_instances(InstanceIds=[instance])
        return {"Instance": instance, "Todo": "replace" if first else "nothing"}
  PYTHON

  end = <<-PYTHON
    import boto3

    def end(events, context):
        boto3.client("ec2").terminate_instances(InstanceIds=[events["Instance"]])
  PYTHON
}

# The same machine as aws_instance.this, to be started by somebody else than Terraform.
resource "aws_launch_template" "heal" {
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
  name                = "${local.name}-again"
  description         = "Another try for ${local.component}, as long as its alarm rings"
  schedule_expression = "rate(15 minutes)"
}

resource "aws_cloudwatch_event_target" "again" {
  rule     = aws_cloudwatch_event_rule.again.name
  arn      = "arn:aws:ssm:${var.region}:${var.account}:automation-definition/${aws_ssm_document.heal.name}:$DEFAULT"
  role_arn = aws_iam_role.heal.arn
}
