# Who replaces an intermediate: this document. Terraform starts the new instance, then runs the document and
# waits for it, and removes the old instance only afterwards. UDP has no health check, so the server's readiness
# over TCP decides.

locals {
  # Asks the server itself, on the instance, for ten minutes or so. Secrets are fetched first: clients of the old one come
  # with tokens of keys that may be newer than the last look.
  ask = "systemctl start ztna-secrets.service; for i in $(seq 100); do curl --silent --fail --max-time 2 http://127.0.0.1:9090/%s && exit 0; sleep 5; done; exit 1"

  # Who has the address now; a first instance need not be ready, because no bundle may be published yet.
  look = <<-PYTHON
    import boto3

    def look(events, context):
        ec2 = boto3.client("ec2")
        holder = ec2.describe_addresses(AllocationIds=[events["Allocation"]])["Addresses"][0].get("InstanceId", "")
        old = "" if holder in ("", events["Instance"]) else holder
        return {"Old": old or "none", "Ask": events["Ready"] if old else events["Alive"]}
  PYTHON

  move = <<-PYTHON
    import boto3

    def move(events, context):
        ec2, dns = boto3.client("ec2"), boto3.client("route53")
        new = events["Instance"]
        instance = ec2.describe_instances(InstanceIds=[new])["Reservations"][0]["Instances"][0]
        ec2.associate_address(AllocationId=events["Allocation"], InstanceId=new, AllowReassociation=True)
        if events["Ipv6"]:
            move_ipv6(ec2, events["Ipv6"], instance["NetworkInterfaces"][0]["NetworkInterfaceId"])
        record = {"Name": events["Name"], "Type": "A", "TTL": 5,
                  "ResourceRecords": [{"Value": instance["PrivateIpAddress"]}]}
        dns.change_resource_record_sets(HostedZoneId=events["Zone"], ChangeBatch={
            "Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]})

    def move_ipv6(ec2, address, interface):
        held = ec2.describe_network_interfaces(
            Filters=[{"Name": "ipv6-addresses.ipv6-address", "Values": [address]}])["NetworkInterfaces"]
        holders = [one["NetworkInterfaceId"] for one in held]
        for holder in holders:
            if holder != interface:
                ec2.unassign_ipv6_addresses(NetworkInterfaceId=holder, Ipv6Addresses=[address])
        if interface not in holders:
            ec2.assign_ipv6_addresses(NetworkInterfaceId=interface, Ipv6Addresses=[address])
  PYTHON

  tidy = <<-PYTHON
    import boto3

    def tidy(events, context):
        ec2, old = boto3.client("ec2"), events["Old"]
        if old == "none":
            return
        tags = ec2.describe_instances(InstanceIds=[old])["Reservations"][0]["Instances"][0].get("Tags", [])
        if {"Key": "source", "Value": events["Source"]} in tags:
            ec2.terminate_instances(InstanceIds=[old])
  PYTHON

  command = "arn:aws:ssm:${var.region}::document/AWS-RunShellScript"
}

resource "aws_ssm_document" "replace" {
  name            = "${local.name}-replace"
  document_type   = "Automation"
  document_format = "JSON"

  content = jsonencode({
    schemaVersion = "0.3"
    description   = "Moves ${var.address} to an instance: it is ready, the old one closes its connections, the address moves."
    assumeRole    = aws_iam_role.replace.arn
    parameters = {
      Instance = {
        type           = "String"
        description    = "The instance that takes over."
        allowedPattern = "^i-[0-9a-f]{8,17}$"
      }
    }
    mainSteps = [
      {
        name           = "online"
        action         = "aws:waitForAwsResourceProperty"
        timeoutSeconds = 600
        inputs = {
          Service          = "ssm"
          Api              = "DescribeInstanceInformation"
          Filters          = [{ Key = "InstanceIds", Values = ["{{ Instance }}"] }]
          PropertySelector = "$.InstanceInformationList[0].PingStatus"
          DesiredValues    = ["Online"]
        }
      },
      {
        name   = "look"
        action = "aws:executeScript"
        inputs = {
          Runtime = "python3.11"
          Handler = "look"
          Script  = local.look
          InputPayload = {
            Instance   = "{{ Instance }}"
            Allocation = aws_eip.this.allocation_id
            Ready      = format(local.ask, "readyz")
            Alive      = format(local.ask, "healthz")
          }
        }
        outputs = [
          { Name = "Old", Selector = "$.Payload.Old", Type = "String" },
          { Name = "Ask", Selector = "$.Payload.Ask", Type = "String" },
        ]
      },
      {
        name           = "ready"
        action         = "aws:runCommand"
        timeoutSeconds = 900
        onFailure      = "Abort"
        inputs = {
          DocumentName = "AWS-RunShellScript"
          InstanceIds  = ["{{ Instance }}"]
          Parameters   = { commands = ["{{ look.Ask }}"], executionTimeout = ["720"] }
        }
      },
      {
        name   = "first"
        action = "aws:branch"
        inputs = {
          Choices = [{ Variable = "{{ look.Old }}", StringEquals = "none", NextStep = "move" }]
          Default = "close"
        }
      },
      {
        name           = "close"
        action         = "aws:runCommand"
        timeoutSeconds = 120
        # An old instance that no longer answers has no connections left to close.
        onFailure  = "step:move"
        onCancel   = "step:reopen"
        isCritical = false
        nextStep   = "move"
        inputs = {
          DocumentName = "AWS-RunShellScript"
          InstanceIds  = ["{{ look.Old }}"]
          Parameters   = { commands = ["systemctl stop ztna-server"], executionTimeout = ["60"] }
        }
      },
      {
        # Where the address does not move, the one that was told to close opens again: better the old one than none.
        name      = "move"
        action    = "aws:executeScript"
        onFailure = "step:reopen"
        onCancel  = "step:reopen"
        nextStep  = "tidy"
        inputs = {
          Runtime = "python3.11"
          Handler = "move"
          Script  = local.move
          InputPayload = {
            Instance   = "{{ Instance }}"
            Allocation = aws_eip.this.allocation_id
            Ipv6       = local.address_ipv6
            Zone       = aws_route53_zone.address.zone_id
            Name       = var.address
          }
        }
      },
      {
        # A machine that was made to heal is not Terraform's to remove.
        name       = "tidy"
        action     = "aws:executeScript"
        onFailure  = "Continue"
        isCritical = false
        isEnd      = true
        inputs = {
          Runtime      = "python3.11"
          Handler      = "tidy"
          Script       = local.tidy
          InputPayload = { Old = "{{ look.Old }}", Source = local.heal }
        }
      },
      {
        name           = "reopen"
        action         = "aws:runCommand"
        timeoutSeconds = 120
        onFailure      = "Abort"
        nextStep       = "return"
        inputs = {
          DocumentName = "AWS-RunShellScript"
          InstanceIds  = ["{{ look.Old }}"]
          Parameters   = { commands = ["systemctl start ztna-server"], executionTimeout = ["60"] }
        }
      },
      {
        # Whatever of it has moved goes back.
        name   = "return"
        action = "aws:executeScript"
        isEnd  = true
        inputs = {
          Runtime = "python3.11"
          Handler = "move"
          Script  = local.move
          InputPayload = {
            Instance   = "{{ look.Old }}"
            Allocation = aws_eip.this.allocation_id
            Ipv6       = local.address_ipv6
            Zone       = aws_route53_zone.address.zone_id
            Name       = var.address
          }
        }
      },
    ]
  })
}

# Runs the document for each new instance and waits: where it fails, the apply fails and the old instance stays.
resource "aws_ssm_association" "replace" {
  name                             = aws_ssm_document.replace.name
  association_name                 = "${local.name}-replace"
  parameters                       = { Instance = aws_instance.this.id }
  wait_for_success_timeout_seconds = 1800

  lifecycle {
    replace_triggered_by = [aws_instance.this.id]
  }

  depends_on = [aws_iam_role_policy.replace]
}
