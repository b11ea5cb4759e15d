# How private subnets reach AWS: through NAT gateways, or through endpoints that lead to AWS alone.

resource "aws_eip" "nat" {
  for_each = local.nat ? var.zones : {}

  domain = "vpc"
  tags   = { Name = "${var.name}-nat-${each.key}" }
}

resource "aws_nat_gateway" "this" {
  for_each = local.nat ? var.zones : {}

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id
  tags          = { Name = "${var.name}-${each.key}" }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_route" "nat" {
  for_each = aws_nat_gateway.this

  route_table_id         = aws_route_table.private[each.key].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = each.value.id
}

# What followers, ECS, Session Manager and the log driver call.
resource "aws_vpc_endpoint" "interface" {
  for_each = toset(local.nat ? [] : ["ssm", "ssmmessages", "ecr.api", "ecr.dkr", "logs", "kms"])

  vpc_id              = aws_vpc.this.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  subnet_ids          = [for subnet in aws_subnet.private : subnet.id]
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
  policy              = data.aws_iam_policy_document.endpoint.json
  tags                = { Name = "${var.name}-${each.key}" }
}

data "aws_iam_policy_document" "endpoint" {
  # checkov:skip=CKV_AWS_49:an endpoint only narrows; what a caller may do is in its own policy
  # checkov:skip=CKV_AWS_1:an endpoint only narrows; what a caller may do is in its own policy
  statement {
    # Wildcards: the endpoint keeps other accounts' credentials out; the caller's own policy keeps it narrow.
    sid       = "OnlyThisAccount"
    actions   = ["*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [var.account]
    }
  }
}

# Image layers and Amazon Linux packages come from S3; this endpoint costs nothing.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  vpc_endpoint_type = "Gateway"
  service_name      = "com.amazonaws.${var.region}.s3"
  route_table_ids   = concat([aws_route_table.public.id], [for table in aws_route_table.private : table.id])
  policy            = data.aws_iam_policy_document.s3.json
  tags              = { Name = "${var.name}-s3" }
}

data "aws_iam_policy_document" "s3" {
  # checkov:skip=CKV_AWS_283:these buckets are AWS's own and public to read
  statement {
    sid     = "LayersAndPackages"
    actions = ["s3:GetObject"]
    # Wildcard: the keys in these three buckets are AWS's to name.
    resources = [
      "arn:aws:s3:::prod-${var.region}-starport-layer-bucket/*",
      "arn:aws:s3:::al2023-repos-${var.region}-de612dc2/*",
      "arn:aws:s3:::amazon-ssm-${var.region}/*",
    ]

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}
