# A connector in a VPC that is there already, beside its backends. It reaches intermediates at their public addresses and AWS by
# that VPC's own way out, and is reached by nobody. Subnets, routes and endpoints there are not ours.

locals {
  backends = var.existing == null ? {} : merge([
    for cidr in var.existing.cidrs : {
      for backend in var.existing.backends :
      "${backend.protocol}/${backend.from}-${backend.to} in ${cidr}" => merge(backend, { cidr = cidr })
    }
  ]...)
}

resource "aws_security_group" "existing" {
  count = var.existing == null ? 0 : 1

  # checkov:skip=CKV2_AWS_5:the task's module attaches it
  name        = local.name
  description = "What ${local.component} may send"
  vpc_id      = var.existing.vpc_id
  tags        = { Name = local.name, component = local.component }
}

resource "aws_vpc_security_group_egress_rule" "intermediate" {
  for_each = var.existing == null ? {} : var.existing.intermediates

  security_group_id = aws_security_group.existing[0].id
  description       = "QUIC to intermediate/${each.key}"
  cidr_ipv4         = "${each.value.address}/32"
  ip_protocol       = "udp"
  from_port         = each.value.port
  to_port           = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "backend" {
  for_each = local.backends

  security_group_id = aws_security_group.existing[0].id
  description       = "Backends"
  cidr_ipv4         = each.value.cidr
  ip_protocol       = each.value.protocol
  from_port         = each.value.from
  to_port           = each.value.to
}

resource "aws_vpc_security_group_egress_rule" "aws" {
  count = var.existing == null ? 0 : 1

  security_group_id = aws_security_group.existing[0].id
  description       = "AWS services, by the network's own way"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
