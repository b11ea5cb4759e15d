# Plans the environments of tools/testing/miniature without an account: answers of AWS are made up.
# `npm run terraform:check` puts that company beside these files.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  mock_data "aws_kms_alias" {
    defaults = { target_key_arn = "arn:aws:kms:eu-central-1:444455556666:key/00000000-0000-0000-0000-000000000000" }
  }

  mock_data "aws_secretsmanager_secret_version" {
    defaults = {
      secret_string = "{\"clientSecret\":\"s\",\"authorizationEndpoint\":\"https://login.example.com/a\",\"tokenEndpoint\":\"https://login.example.com/t\",\"userInfoEndpoint\":\"https://login.example.com/u\"}"
    }
  }

  mock_data "aws_ec2_instance_type" {
    defaults = { supported_architectures = ["arm64"] }
  }

  mock_data "aws_ssm_parameter" {
    defaults = { insecure_value = "ami-0123456789abcdef0" }
  }
}

run "lab" {
  command = plan

  variables {
    environment = "lab"
  }

  assert {
    condition     = length(module.intermediate) == 1 && length(module.connector) == 2
    error_message = "lab has one intermediate and two connectors on Fargate"
  }

  assert {
    condition     = length(module.admin_panel) == 0 && length(module.test_backend) == 0 && length(module.external_connector) == 0
    error_message = "lab's YAML asks for no panel, no test backend and no external connector"
  }

  assert {
    condition     = length([for backend in local.backend_ports["databases"] : backend if backend.protocol != "tcp"]) == 0
    error_message = "databases speak TCP only"
  }
}

run "live" {
  command = plan

  variables {
    environment      = "live"
    minimum_sequence = 7
  }

  assert {
    condition     = length(module.intermediate) == 2 && length(module.connector) == 3 && length(module.external_connector) == 1
    error_message = "live has two intermediates, three connectors on Fargate and one elsewhere"
  }

  assert {
    condition     = length(module.admin_panel) == 1 && length(module.test_backend) == 0
    error_message = "live has a panel and, unless YAML says so, no test backend"
  }

  assert {
    condition     = contains([for backend in local.backend_ports["apps"] : "${backend.protocol} ${backend.from}-${backend.to}"], "tcp 9000-9010")
    error_message = "a registration without a port has the service's own ports, ranges included"
  }
}

run "unknown" {
  command = plan

  variables {
    environment = "../lab"
  }

  expect_failures = [var.environment]
}
