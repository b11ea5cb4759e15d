# The way to other networks, where backends are, by peerings and transit gateways that are there already. The other side needs
# a way back to this network, which is not ours to make.

locals {
  gateways = toset([for via in values(var.routes) : via if startswith(via, "tgw-")])
  # From each zone's private subnets, in which connectors are.
  ways = merge([
    for zone in keys(var.zones) : { for to, via in var.routes : "${zone} to ${to}" => { zone = zone, to = to, via = via } }
  ]...)
}

resource "aws_ec2_transit_gateway_vpc_attachment" "this" {
  for_each = local.gateways

  transit_gateway_id = each.key
  vpc_id             = aws_vpc.this.id
  subnet_ids         = [for subnet in aws_subnet.private : subnet.id]
  tags               = { Name = var.name }
}

resource "aws_route" "elsewhere" {
  for_each = local.ways

  route_table_id            = aws_route_table.private[each.value.zone].id
  destination_cidr_block    = each.value.to
  vpc_peering_connection_id = startswith(each.value.via, "pcx-") ? each.value.via : null
  transit_gateway_id = (
    startswith(each.value.via, "tgw-") ? aws_ec2_transit_gateway_vpc_attachment.this[each.value.via].transit_gateway_id : null
  )
}

# What a connector reaches here, it reaches there: its backends' ports, and no other.
resource "aws_vpc_security_group_egress_rule" "elsewhere" {
  for_each = merge([
    for to in keys(var.routes) : { for key, backend in local.backends : "${key} in ${to}" => { connector = backend.connector, protocol = backend.protocol, from = backend.from, last = backend.to, to = to } }
  ]...)

  security_group_id = aws_security_group.component[each.value.connector].id
  description       = "Backends in another network"
  cidr_ipv4         = each.value.to
  ip_protocol       = each.value.protocol
  from_port         = each.value.from
  to_port           = each.value.last
}
