# Applying the environment's stack. The role makes roles, so it is bound three ways: only below the
# environment's path, only with the boundary of boundary.tf, and handed only to the services named.

resource "aws_iam_policy" "apply" {
  for_each = {
    network    = data.aws_iam_policy_document.apply_network.json
    components = data.aws_iam_policy_document.apply_components.json
    identity   = data.aws_iam_policy_document.apply_identity.json
  }

  name        = "${var.name}-apply-${each.key}"
  path        = "/ztna/"
  description = "Applies the ${each.key} of ${var.environment}"
  policy      = each.value
}

resource "aws_iam_role_policy_attachment" "apply" {
  for_each = aws_iam_policy.apply

  role       = aws_iam_role.github["apply"].name
  policy_arn = each.value.arn
}

data "aws_iam_policy_document" "apply_network" {
  # checkov:skip=CKV_AWS_111:a network's ids are Amazon's to give; the region is held, and the account is this system's own
  # checkov:skip=CKV_AWS_356:a network's ids are Amazon's to give; the region is held, and the account is this system's own
  statement {
    sid = "Network"
    actions = [
      "ec2:AllocateAddress", "ec2:AssociateAddress", "ec2:AssociateRouteTable", "ec2:AssociateSubnetCidrBlock",
      "ec2:AssociateVpcCidrBlock", "ec2:AttachInternetGateway", "ec2:AuthorizeSecurityGroupEgress",
      "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateFlowLogs", "ec2:CreateInternetGateway",
      "ec2:CreateNatGateway", "ec2:CreateRoute", "ec2:CreateRouteTable", "ec2:CreateSecurityGroup",
      "ec2:CreateSubnet", "ec2:CreateTags", "ec2:CreateTransitGatewayVpcAttachment", "ec2:CreateVpc", "ec2:CreateVpcEndpoint", "ec2:DeleteFlowLogs",
      "ec2:DeleteInternetGateway", "ec2:DeleteNatGateway", "ec2:DeleteRoute", "ec2:DeleteRouteTable",
      "ec2:DeleteSecurityGroup", "ec2:DeleteSubnet", "ec2:DeleteTags", "ec2:DeleteTransitGatewayVpcAttachment", "ec2:DeleteVpc",
      "ec2:DeleteVpcEndpoints", "ec2:DetachInternetGateway", "ec2:DisassociateAddress",
      "ec2:DisassociateRouteTable", "ec2:DisassociateSubnetCidrBlock", "ec2:DisassociateVpcCidrBlock",
      "ec2:ModifySecurityGroupRules", "ec2:ModifySubnetAttribute", "ec2:ModifyTransitGatewayVpcAttachment", "ec2:ModifyVpcAttribute",
      "ec2:ModifyVpcEndpoint", "ec2:ReleaseAddress", "ec2:ReplaceRoute", "ec2:ReplaceRouteTableAssociation",
      "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress",
      "ec2:UpdateSecurityGroupRuleDescriptionsEgress", "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
    ]
    # Wildcard: ids are Amazon's to give; the account is this system's own, the region is held.
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  statement {
    sid = "Instances"
    actions = [
      "ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion", "ec2:DeleteLaunchTemplate", "ec2:ModifyLaunchTemplate",
      "ec2:ModifyInstanceAttribute", "ec2:ModifyInstanceMaintenanceOptions", "ec2:ModifyInstanceMetadataOptions",
      "ec2:RunInstances", "ec2:StartInstances", "ec2:StopInstances", "ec2:TerminateInstances",
    ]
    # Wildcard: ids are Amazon's to give; the account is this system's own, the region is held.
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  statement {
    sid = "Names"
    actions = [
      "route53:AssociateVPCWithHostedZone", "route53:ChangeResourceRecordSets", "route53:ChangeTagsForResource",
      "route53:CreateHostedZone", "route53:DeleteHostedZone", "route53:ListHostedZonesByName",
      "route53:UpdateHostedZoneComment",
      "servicediscovery:CreatePrivateDnsNamespace", "servicediscovery:CreateService",
      "servicediscovery:DeleteNamespace", "servicediscovery:DeleteService", "servicediscovery:GetOperation",
      "servicediscovery:TagResource", "servicediscovery:UntagResource", "servicediscovery:UpdateService",
      "acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:RemoveTagsFromCertificate", "acm:RequestCertificate",
    ]
    # Wildcard: ids are Amazon's to give, and zones and certificates carry no environment in theirs.
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "apply_components" {
  statement {
    sid = "Containers"
    actions = [
      "ecs:CreateCluster", "ecs:CreateService", "ecs:DeleteCluster", "ecs:DeleteService", "ecs:TagResource",
      "ecs:UntagResource", "ecs:UpdateCluster", "ecs:UpdateClusterSettings", "ecs:UpdateService",
    ]
    # Wildcards: names of this environment only.
    resources = [
      "arn:aws:ecs:${var.region}:${var.account}:cluster/${var.name}",
      "arn:aws:ecs:${var.region}:${var.account}:service/${var.name}/*",
      "arn:aws:ecs:${var.region}:${var.account}:task-definition/${var.name}-*:*",
    ]
  }

  statement {
    sid     = "TaskDefinitions"
    actions = ["ecs:DeregisterTaskDefinition", "ecs:RegisterTaskDefinition"]
    # Wildcard: deregistering knows no resources.
    resources = ["*"]
  }

  statement {
    sid = "LoadBalancers"
    actions = [
      "elasticloadbalancing:AddTags", "elasticloadbalancing:CreateListener",
      "elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup",
      "elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteLoadBalancer",
      "elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:ModifyListener",
      "elasticloadbalancing:ModifyListenerAttributes", "elasticloadbalancing:ModifyLoadBalancerAttributes",
      "elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes",
      "elasticloadbalancing:RemoveTags", "elasticloadbalancing:SetSecurityGroups",
      "elasticloadbalancing:SetSubnets",
    ]
    # Wildcards: names of this environment only.
    resources = [
      "arn:aws:elasticloadbalancing:${var.region}:${var.account}:loadbalancer/app/${var.name}-*",
      "arn:aws:elasticloadbalancing:${var.region}:${var.account}:listener/app/${var.name}-*",
      "arn:aws:elasticloadbalancing:${var.region}:${var.account}:targetgroup/${var.name}-*",
    ]
  }

  statement {
    sid = "Observability"
    actions = [
      "cloudwatch:DeleteAlarms", "cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard",
      "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource",
      "logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteMetricFilter",
      "logs:PutMetricFilter", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
      "sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:TagResource", "sns:UntagResource",
    ]
    # Wildcards: names of this environment only.
    resources = [
      "arn:aws:cloudwatch:${var.region}:${var.account}:alarm:${var.name}-*",
      "arn:aws:cloudwatch::${var.account}:dashboard/${var.name}",
      "arn:aws:logs:${var.region}:${var.account}:log-group:/ztna/${var.environment}/*",
      "arn:aws:sns:${var.region}:${var.account}:${var.name}-*",
    ]
  }

  statement {
    sid = "Events"
    actions = [
      "events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:TagResource",
      "events:UntagResource",
    ]
    # Wildcard: a rule for each intermediate; that of the break-glass role has another name, and is not this role's to change.
    resources = [
      "arn:aws:events:${var.region}:${var.account}:rule/${var.name}-documents",
      "arn:aws:events:${var.region}:${var.account}:rule/${var.name}-intermediate-*",
    ]
  }

  # VPC flow logs are delivered only when their creator may arrange it.
  statement {
    sid     = "DeliverFlowLogs"
    actions = ["logs:CreateLogDelivery", "logs:DeleteLogDelivery"]
    # Wildcard: these actions know no resources.
    resources = ["*"]
  }

  statement {
    sid = "Documents"
    actions = [
      "ssm:AddTagsToResource", "ssm:CreateDocument", "ssm:DeleteDocument", "ssm:RemoveTagsFromResource",
      "ssm:StartAutomationExecution", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion",
    ]
    # Wildcards: names of this environment only.
    resources = [
      "arn:aws:ssm:${var.region}:${var.account}:document/${var.name}-*",
      "arn:aws:ssm:${var.region}:${var.account}:automation-definition/${var.name}-*:*",
    ]
  }

  statement {
    sid = "Associations"
    actions = [
      "ssm:AddTagsToResource", "ssm:CreateAssociation", "ssm:DeleteAssociation", "ssm:ListAssociations",
      "ssm:RemoveTagsFromResource", "ssm:UpdateAssociation",
    ]
    # Wildcards: an association's id is Amazon's to give; the documents are this environment's.
    resources = [
      "arn:aws:ssm:${var.region}:${var.account}:association/*",
      "arn:aws:ssm:${var.region}:${var.account}:document/${var.name}-*",
    ]
  }

  statement {
    sid = "AccessLogBucket"
    actions = [
      "s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:DeleteObject", "s3:DeleteObjectVersion",
      "s3:ListBucketVersions", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging",
      "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
    ]
    # Wildcard: buckets of this environment only.
    resources = ["arn:aws:s3:::${var.name}-*"]
  }
}

data "aws_iam_policy_document" "apply_identity" {
  statement {
    sid = "RolesOfTheEnvironment"
    actions = [
      "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription",
    ]
    # Wildcard: roles come with components.
    resources = [local.environment_roles]
  }

  statement {
    sid     = "RolesOnlyWithinTheBoundary"
    actions = ["iam:CreateRole", "iam:PutRolePermissionsBoundary"]
    # Wildcard: roles come with components.
    resources = [local.environment_roles]

    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = [aws_iam_policy.boundary.arn]
    }
  }

  statement {
    sid = "InstanceProfiles"
    actions = [
      "iam:AddRoleToInstanceProfile", "iam:CreateInstanceProfile", "iam:DeleteInstanceProfile",
      "iam:RemoveRoleFromInstanceProfile", "iam:TagInstanceProfile", "iam:UntagInstanceProfile",
    ]
    # Wildcard: profiles come with intermediates.
    resources = ["arn:aws:iam::${var.account}:instance-profile/ztna/${var.environment}/*", local.environment_roles]
  }

  statement {
    sid     = "HandRolesToTheirServices"
    actions = ["iam:PassRole"]
    # Wildcard: roles come with components.
    resources = [local.environment_roles]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values = [
        "ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "events.amazonaws.com", "ssm.amazonaws.com", "vpc-flow-logs.amazonaws.com",
        "rolesanywhere.amazonaws.com",
      ]
    }
  }

  statement {
    sid     = "RolesThatAmazonKeeps"
    actions = ["iam:CreateServiceLinkedRole"]
    # Wildcard: their names are Amazon's; the condition says for which services.
    resources = ["arn:aws:iam::${var.account}:role/aws-service-role/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      # Of EventBridge, so that an alarm may restart a machine.
      values = [
        "ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com", "events.amazonaws.com", "rolesanywhere.amazonaws.com",
        "ssm.amazonaws.com",
      ]
    }
  }

  statement {
    sid = "RolesAnywhere"
    actions = [
      "rolesanywhere:CreateProfile", "rolesanywhere:CreateTrustAnchor", "rolesanywhere:DeleteProfile",
      "rolesanywhere:DeleteTrustAnchor", "rolesanywhere:DisableProfile", "rolesanywhere:DisableTrustAnchor",
      "rolesanywhere:EnableProfile", "rolesanywhere:EnableTrustAnchor", "rolesanywhere:TagResource",
      "rolesanywhere:UntagResource", "rolesanywhere:UpdateProfile", "rolesanywhere:UpdateTrustAnchor",
    ]
    # Wildcard: ids are Amazon's to give; a profile can hold only roles that may be passed.
    resources = ["arn:aws:rolesanywhere:${var.region}:${var.account}:*"]
  }

  # Disks are encrypted by the data key, on behalf of the one that starts the instance.
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

  statement {
    sid       = "WriteState"
    actions   = ["s3:PutObject"]
    resources = [local.state_object]
  }

  statement {
    sid       = "LockState"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${local.state_object}.tflock"]
  }

  statement {
    sid       = "EncryptState"
    actions   = ["kms:GenerateDataKey"]
    resources = [var.state.key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com"]
    }
  }

  # Whatever another statement may come to say.
  statement {
    sid     = "NeverSign"
    effect  = "Deny"
    actions = ["kms:Sign"]
    # Wildcard: a denial of everything.
    resources = ["*"]
  }
}

locals {
  environment_roles = "arn:aws:iam::${var.account}:role/ztna/${var.environment}/*"
}
