resource "aws_iam_instance_profile" "this" {
  name = local.name
  path = "/ztna/${var.environment}/"
  role = var.role_name
}

resource "aws_iam_role_policy" "instance" {
  name   = "instance"
  role   = var.role_name
  policy = data.aws_iam_policy_document.instance.json
}

# Beside following the log, which the role has from component-identity. Amazon's managed policy for Session
# Manager is not used: it reads every parameter of the account.
data "aws_iam_policy_document" "instance" {
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
    sid       = "ReadOwnSecrets"
    actions   = ["ssm:GetParameter"]
    resources = local.secret_arns
  }

  statement {
    sid       = "DecryptOwnSecrets"
    actions   = ["kms:Decrypt"]
    resources = [var.data_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:PARAMETER_ARN"
      values   = local.secret_arns
    }
  }

  statement {
    sid       = "PullOwnImages"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = var.image_repository_arns
  }

  statement {
    sid     = "SignInToRegistry"
    actions = ["ecr:GetAuthorizationToken"]
    # Wildcard: this action knows no resources; what may be pulled is said above.
    resources = ["*"]
  }

  statement {
    sid     = "WriteOwnLogs"
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    # Wildcard: streams are named for instances.
    resources = ["${var.log_group.arn}:*"]
  }
}

locals {
  secret_arns = [for name in ["${local.secrets}/tls", var.shared_secret] : "arn:aws:ssm:${var.region}:${var.account}:parameter${name}"]
}

resource "aws_iam_role" "replace" {
  name                 = "${local.name}-replace"
  path                 = "/ztna/${var.environment}/"
  description          = "Moves the address of ${local.component} to a new instance"
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.replace_trust.json
}

data "aws_iam_policy_document" "replace_trust" {
  statement {
    sid     = "AutomationOfThisAccount"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ssm.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      # Wildcard: an execution has its name when it begins. Nothing else of Systems Manager takes this role.
      values = ["arn:aws:ssm:${var.region}:${var.account}:automation-execution/*"]
    }
  }
}

resource "aws_iam_role_policy" "replace" {
  name   = "replace"
  role   = aws_iam_role.replace.id
  policy = data.aws_iam_policy_document.replace.json
}

data "aws_iam_policy_document" "replace" {
  statement {
    sid = "Look"
    actions = [
      "ec2:DescribeAddresses", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces",
      "ssm:DescribeInstanceInformation", "ssm:ListCommands", "ssm:ListCommandInvocations",
    ]
    # Wildcard: these actions know no resources.
    resources = ["*"]
  }

  statement {
    sid       = "RunShellScript"
    actions   = ["ssm:SendCommand"]
    resources = [local.command]
  }

  statement {
    sid     = "OnInstancesOfThisComponent"
    actions = ["ec2:AssociateAddress", "ec2:TerminateInstances", "ssm:SendCommand"]
    # Wildcard: the instances come and go; the condition holds it to this component's.
    resources = ["arn:aws:ec2:${var.region}:${var.account}:instance/*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/component"
      values   = [local.component]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/environment"
      values   = [var.environment]
    }
  }

  statement {
    sid       = "MoveAddress"
    actions   = ["ec2:AssociateAddress"]
    resources = [aws_eip.this.arn]
  }

  statement {
    sid     = "MoveOnInterfacesOfThisSubnet"
    actions = ["ec2:AssociateAddress", "ec2:AssignIpv6Addresses", "ec2:UnassignIpv6Addresses"]
    # Wildcard: interfaces come with their instances; the condition holds it to this subnet.
    resources = ["arn:aws:ec2:${var.region}:${var.account}:network-interface/*"]

    condition {
      test     = "ArnEquals"
      variable = "ec2:Subnet"
      values   = [var.subnet.arn]
    }
  }

  statement {
    sid       = "MoveName"
    actions   = ["route53:ChangeResourceRecordSets"]
    resources = [aws_route53_zone.address.arn]
  }
}
