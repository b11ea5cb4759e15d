# Plans the accounts of tools/testing/miniature without an account: answers of AWS are made up.
# `npm run terraform:check` puts that company beside these files.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  break_glass_users = ["on-call"]
}

run "lab" {
  command = plan

  variables {
    account = "444455556666"
  }

  assert {
    condition     = keys(module.identity) == ["lab"] && output.region == "eu-central-1"
    error_message = "lab's account has lab's roles and keys, and no other's"
  }

  assert {
    condition     = length(module.heartbeat) == 0 && length(aws_ecr_repository_policy.heartbeat) == 0
    error_message = "without an image for it there is no second scheduler"
  }

  assert {
    condition     = length(aws_ssm_service_setting.throughput) == 0
    error_message = "calls are not paid for where no environment makes more than the default allows"
  }
}

run "live" {
  command = plan

  variables {
    account = "111122223333"
  }

  assert {
    condition     = keys(module.identity) == ["live"] && output.region == "eu-west-1"
    error_message = "live's account has live's roles and keys, and no other's"
  }

  assert {
    condition     = length(local.repositories) == 6
    error_message = "there is one repository for each image"
  }

  assert {
    condition     = keys(module.heartbeat) == ["live"] && keys(aws_ecr_repository_policy.heartbeat) == ["ztna/heartbeat"]
    error_message = "live has a second scheduler, whose image Lambda may fetch"
  }
}

run "wildcard" {
  command = plan

  variables {
    account = "111122223333"
    branch  = "*"
  }

  expect_failures = [var.branch]
}
