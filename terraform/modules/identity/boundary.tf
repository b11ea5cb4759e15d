# The most that any role made by the environment's stack can do, whatever its own policies say.

resource "aws_iam_policy" "boundary" {
  name        = "${var.name}-boundary"
  path        = "/ztna/"
  description = "The most that a component of ${var.environment} may do"
  policy      = data.aws_iam_policy_document.boundary.json
}

data "aws_iam_policy_document" "boundary" {
  # checkov:skip=CKV_AWS_111:a boundary gives nothing; it narrows what a component's own policy gives
  # checkov:skip=CKV_AWS_356:a boundary gives nothing; it narrows what a component's own policy gives
  statement {
    sid     = "ReadOwnEnvironment"
    actions = ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"]
    # Wildcards: which of it is the component's is in its own policy.
    resources = ["${local.log}/*", "${local.parameters}/ztna-secret/${var.environment}/*"]
  }

  statement {
    sid     = "WriteAcksAndSharedSecret"
    actions = ["ssm:PutParameter"]
    # Wildcards: epochs and components are in the names.
    resources = ["${local.log}/*/ack/*", "${local.parameters}/ztna-secret/${var.environment}/intermediate/keys"]
  }

  statement {
    sid       = "Secrets"
    actions   = ["kms:Decrypt", "kms:Encrypt"]
    resources = [var.data_key_arn]
  }

  statement {
    sid = "Logs"
    actions = [
      "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents",
    ]
    # Wildcard: which group is the component's is in its own policy.
    resources = ["arn:aws:logs:${var.region}:${var.account}:log-group:/ztna/${var.environment}/*"]
  }

  statement {
    sid     = "Images"
    actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer"]
    # Wildcard: which image is the component's is in its own policy.
    resources = ["*"]
  }

  statement {
    sid = "SessionManager"
    actions = [
      "ssm:UpdateInstanceInformation",
      "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel",
    ]
    # Wildcard: these actions know no resources.
    resources = ["*"]
  }

  statement {
    sid = "Replacement"
    actions = [
      "ec2:AssignIpv6Addresses", "ec2:AssociateAddress", "ec2:DescribeAddresses", "ec2:DescribeInstances",
      "ec2:DescribeNetworkInterfaces", "ec2:UnassignIpv6Addresses", "route53:ChangeResourceRecordSets",
      "ssm:DescribeInstanceInformation", "ssm:ListCommandInvocations", "ssm:ListCommands", "ssm:SendCommand",
    ]
    # Wildcard: which instance, address and name is in the replacement's own policy.
    resources = ["*"]
  }

  statement {
    sid = "Healing"
    actions = [
      "cloudwatch:DescribeAlarms", "ec2:CreateTags", "ec2:DescribeInstanceStatus", "ec2:RunInstances",
      "ec2:TerminateInstances", "ssm:GetAutomationExecution", "ssm:StartAutomationExecution",
    ]
    # Wildcard: which machine, of which template, is in the policy of the document that heals.
    resources = ["*"]
  }

  statement {
    sid     = "HandRolesToMachinesAndDocuments"
    actions = ["iam:PassRole"]
    # Wildcard: whose it is is in the policy of the document that heals.
    resources = [local.environment_roles]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ec2.amazonaws.com", "ssm.amazonaws.com"]
    }
  }

  statement {
    sid       = "Disks"
    actions   = ["kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
    resources = [var.data_key_arn]
  }
}
