# Roles of one environment that are not a component's: what workflows do, and what a person does when
# workflows cannot.

locals {
  parameters = "arn:aws:ssm:${var.region}:${var.account}:parameter"
  log        = "${local.parameters}/ztna/${var.environment}"

  # Each is taken by the jobs of one GitHub environment, which is where approval is asked for.
  roles = {
    plan    = "Plans infrastructure and looks for drift: reads, and changes nothing"
    apply   = "Applies infrastructure; cannot sign, publish or change its own rights"
    publish = "Appends signed entries to the log; cannot overwrite or delete any"
    collect = "Deletes what the log no longer names; cannot write or sign"
  }
}

resource "aws_iam_role" "github" {
  for_each = local.roles

  name                 = "${var.name}-${each.key}"
  path                 = "/ztna/"
  description          = each.value
  assume_role_policy   = module.trust[each.key].json
  max_session_duration = 7200
}

module "trust" {
  source   = "../github-trust"
  for_each = local.roles

  github      = var.github
  environment = "${var.environment}-${each.key}"
}
