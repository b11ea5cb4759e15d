# Planning reads what the environment's stack describes, and the log for drift. It holds no secret but the
# panel's sign-in, which a plan of its load balancer contains.

resource "aws_iam_role_policy" "plan" {
  for_each = { plan = aws_iam_role.github["plan"].id, apply = aws_iam_role.github["apply"].id }

  name   = "plan"
  role   = each.value
  policy = data.aws_iam_policy_document.plan.json
}

data "aws_iam_policy_document" "plan" {
  # checkov:skip=CKV_AWS_356:reads of how things are set up, most of which know no resources
  statement {
    sid = "Describe"
    # Wildcard actions: only reads; the provider calls others of them with each release.
    actions = [
      "acm:DescribeCertificate", "acm:ListTagsForCertificate",
      "cloudwatch:DescribeAlarms", "cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource",
      "ec2:Describe*", "ec2:GetManagedPrefixListEntries",
      "ecs:Describe*", "ecs:ListTagsForResource",
      "elasticloadbalancing:Describe*",
      "events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule",
      "logs:DescribeLogGroups", "logs:DescribeMetricFilters", "logs:ListTagsForResource",
      "rolesanywhere:GetProfile", "rolesanywhere:GetTrustAnchor", "rolesanywhere:ListTagsForResource",
      "route53:GetChange", "route53:GetDNSSEC", "route53:GetHostedZone", "route53:ListResourceRecordSets", "route53:ListTagsForResource",
      "servicediscovery:GetNamespace", "servicediscovery:GetService", "servicediscovery:ListTagsForResource",
      "sns:GetSubscriptionAttributes", "sns:GetTopicAttributes", "sns:ListTagsForResource",
      "ssm:DescribeAssociation", "ssm:DescribeDocument", "ssm:DescribeDocumentPermission", "ssm:GetDocument",
      "ssm:ListTagsForResource",
      "kms:DescribeKey", "kms:GetKeyPolicy", "kms:ListAliases", "kms:ListResourceTags",
      "sts:GetCallerIdentity",
    ]
    # Wildcard: most of these actions know no resources, and none shows data.
    resources = ["*"]
  }

  statement {
    sid = "SeeRolesOfTheEnvironment"
    actions = [
      "iam:GetInstanceProfile", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies",
    ]
    # Wildcard: roles come with components.
    resources = [
      "arn:aws:iam::${var.account}:role/ztna/${var.environment}/*",
      "arn:aws:iam::${var.account}:instance-profile/ztna/${var.environment}/*",
    ]
  }

  statement {
    sid = "SeeBucketsOfTheEnvironment"
    # Wildcard actions: how the buckets are set up; what is in them takes s3:GetObject.
    actions = ["s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetAccelerateConfiguration", "s3:GetReplicationConfiguration", "s3:ListBucket"]
    # Wildcard: buckets of this environment only.
    resources = ["arn:aws:s3:::${var.name}-*"]
  }

  statement {
    sid     = "SeeAmazonsOwnParameters"
    actions = ["ssm:GetParameter"]
    # Wildcard: names of Amazon's images.
    resources = ["arn:aws:ssm:${var.region}::parameter/aws/service/ami-amazon-linux-latest/*"]
  }

  # Whether a deployment's secrets are stored, before it begins.
  statement {
    sid     = "SeeWhichParametersExist"
    actions = ["ssm:DescribeParameters"]
    # Wildcard: this action knows no resources, and shows names, not values.
    resources = ["*"]
  }

  # For drift and status; secrets have other names.
  statement {
    sid     = "ReadLogPartsAndAcks"
    actions = ["ssm:GetParameters", "ssm:GetParametersByPath"]
    # Wildcard: epochs, sequences, digests and instances are in the names.
    resources = ["${local.log}/*"]
  }

  statement {
    sid     = "ReadSignInOfThePanel"
    actions = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
    # Wildcard: Secrets Manager ends the name with six characters of its own.
    resources = ["arn:aws:secretsmanager:${var.region}:${var.account}:secret:ztna/${var.environment}/admin-panel/sign-in-*"]
  }

  statement {
    sid       = "ReadState"
    actions   = ["s3:GetObject"]
    resources = [local.state_object]
  }

  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = [var.state.bucket_arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["environment/${var.environment}.*"]
    }
  }

  statement {
    sid       = "DecryptState"
    actions   = ["kms:Decrypt"]
    resources = [var.state.key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com"]
    }
  }
}

locals {
  state_object = "${var.state.bucket_arn}/environment/${var.environment}.tfstate"
}
