# What the document of healing.tf may do, and EventBridge, which starts it.

resource "aws_iam_role" "heal" {
  name                 = local.heal
  path                 = "/ztna/${var.environment}/"
  description          = "Makes another machine for ${local.component} when it is dead"
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.heal_trust.json
}

data "aws_iam_policy_document" "heal_trust" {
  statement {
    sid     = "ClocksAndAlarmOfThisComponent"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      # By their names: the rules start the document, whose role this is.
      values = [for rule in [local.heal, local.again] : "arn:aws:events:${var.region}:${var.account}:rule/${rule}"]
    }
  }

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

resource "aws_iam_role_policy" "heal" {
  name   = "heal"
  role   = aws_iam_role.heal.id
  policy = data.aws_iam_policy_document.heal.json
}

locals {
  instances = "arn:aws:ec2:${var.region}:${var.account}:instance/*"
  definitions = [
    for document in ["${local.name}-replace", local.heal] :
    "arn:aws:ssm:${var.region}:${var.account}:automation-definition/${document}:*"
  ]
}

data "aws_iam_policy_document" "heal" {
  statement {
    sid = "Look"
    actions = [
      "cloudwatch:DescribeAlarms",
      "ec2:DescribeAddresses", "ec2:DescribeInstances", "ec2:DescribeInstanceStatus", "ssm:DescribeInstanceInformation",
      "ssm:GetAutomationExecution", "ssm:ListCommandInvocations", "ssm:ListCommands",
    ]
    # Wildcard: these actions know no resources; DescribeAlarms leaves out composite alarms where it may not see all.
    resources = ["*"]
  }

  statement {
    sid       = "RunShellScript"
    actions   = ["ssm:SendCommand"]
    resources = [local.command]
  }

  statement {
    sid     = "OnMachinesOfThisComponent"
    actions = ["ec2:TerminateInstances", "ssm:SendCommand"]
    # Wildcard: the instances come and go; the condition holds it to this component's.
    resources = [local.instances]

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
    sid     = "MakeAMachineOfTheTemplate"
    actions = ["ec2:RunInstances"]
    # Wildcard: a machine has its disk and its interface, which are made with it; the condition holds all of it to the template.
    resources = ["*"]

    condition {
      test     = "ArnEquals"
      variable = "ec2:LaunchTemplate"
      values   = [aws_launch_template.heal.arn]
    }

    # No other image, network, role or key than the template's. IAM has no condition on user data: who may hand this role to
    # a document of their own could give others, and those are who may write the template too.
    condition {
      test     = "Bool"
      variable = "ec2:IsLaunchTemplateResource"
      values   = ["true"]
    }
  }

  statement {
    sid     = "TagWhatIsMade"
    actions = ["ec2:CreateTags"]
    # Wildcards: it is made just now; the condition says by what.
    resources = [local.instances, "arn:aws:ec2:${var.region}:${var.account}:volume/*"]

    condition {
      test     = "StringEquals"
      variable = "ec2:CreateAction"
      values   = ["RunInstances"]
    }
  }

  statement {
    sid     = "RunTheReplacement"
    actions = ["ssm:StartAutomationExecution"]
    # Wildcard: whichever version is the document's default.
    resources = local.definitions
  }

  statement {
    sid     = "HandRolesToTheirServices"
    actions = ["iam:PassRole"]
    resources = [
      aws_iam_role.heal.arn, aws_iam_role.replace.arn,
      "arn:aws:iam::${var.account}:role/ztna/${var.environment}/${var.role_name}",
    ]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ec2.amazonaws.com", "ssm.amazonaws.com"]
    }
  }

  statement {
    sid       = "EncryptDisks"
    actions   = ["kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
    resources = [var.data_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["ec2.${var.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "LetDisksUseTheKey"
    actions   = ["kms:CreateGrant"]
    resources = [var.data_key_arn]

    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
  }
}
