# Plans the accounts of the sample environments without an account: answers of AWS are made up.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  break_glass_users = ["on-call"]
}

run "dev" {
  command = plan

  variables {
    account = "444455556666"
  }

  assert {
    condition     = keys(module.identity) == ["dev"] && output.region == "eu-central-1"
    error_message = "dev's account has dev's roles and keys, and no other's"
  }
}

run "prod" {
  command = plan

  variables {
    account = "111122223333"
  }

  assert {
    condition     = keys(module.identity) == ["prod"] && output.region == "eu-west-1"
    error_message = "prod's account has prod's roles and keys, and no other's"
  }

  assert {
    condition     = length(local.repositories) == 5
    error_message = "there is one repository for each image"
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
