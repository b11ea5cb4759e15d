# How many calls a second Parameter Store allows: 40 reads and 3 writes, or with this setting, which is paid by the call, 1,000
# reads, 100 lists and 10 writes (AWS, "Increasing Parameter Store throughput"). It is of the account and region, so that it is
# on where any environment says that it makes more calls than the default allows.
locals {
  default_rates = { reads = 40, lists = 40, writes = 3 }
  higher_throughput = anytrue(flatten([
    for environment in local.environments : [
      for kind, most in local.default_rates : try(environment.bundle.storeRates[kind], 0) > most
    ]
  ]))
}

resource "aws_ssm_service_setting" "throughput" {
  count = local.higher_throughput ? 1 : 0

  setting_id    = "arn:aws:ssm:${local.region}:${var.account}:servicesetting/ssm/parameter-store/high-throughput-enabled"
  setting_value = "true"
}
