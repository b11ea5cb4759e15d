# What the steps of the document of healing.tf run.

locals {
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
