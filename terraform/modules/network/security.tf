# One security group per component, with the flows of the design and no other.

locals {
  intermediates = { for id, port in var.intermediates : "intermediate/${id}" => port }
  connectors    = { for id, backends in var.connectors : "connector/${id}" => backends }
  components = toset(concat(
    keys(local.intermediates),
    keys(local.connectors),
    var.admin_panel ? ["admin-panel"] : [],
    var.test_backend ? ["test-backend"] : [],
  ))

  # Where the test backend listens: an echo over TCP and over UDP, HTTP with WebSocket.
  test_ports = [{ protocol = "tcp", port = 7007 }, { protocol = "udp", port = 7007 }, { protocol = "tcp", port = 8080 }]

  connections = merge([
    for connector in keys(local.connectors) : {
      for intermediate, port in local.intermediates :
      "${connector} to ${intermediate}" => { from = connector, to = intermediate, port = port }
    }
  ]...)
  backends = merge([
    for connector, backends in local.connectors : {
      for backend in backends :
      "${connector} to ${backend.protocol}/${backend.from}-${backend.to}" => merge(backend, { connector = connector })
    }
  ]...)
  tests = merge([
    for client in var.test_backend ? var.test_backend_clients : [] : {
      for test in local.test_ports :
      "connector/${client} to ${test.protocol}/${test.port}" => merge(test, { connector = "connector/${client}" })
    }
  ]...)
}

resource "aws_security_group" "component" {
  for_each = local.components

  # checkov:skip=CKV2_AWS_5:the component's own module attaches it
  name        = "${var.name}-${replace(each.key, "/", "-")}"
  description = "What ${each.key} may send and receive"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-${each.key}" }
}

# Agents and connectors come from anywhere; who they are is decided by their certificates.
resource "aws_vpc_security_group_ingress_rule" "agents" {
  for_each = local.intermediates

  security_group_id = aws_security_group.component[each.key].id
  description       = "QUIC from agents and connectors"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "udp"
  from_port         = each.value
  to_port           = each.value
}

resource "aws_vpc_security_group_ingress_rule" "agents_ipv6" {
  for_each = var.ipv6 ? local.intermediates : {}

  security_group_id = aws_security_group.component[each.key].id
  description       = "QUIC from agents and connectors"
  cidr_ipv6         = "::/0"
  ip_protocol       = "udp"
  from_port         = each.value
  to_port           = each.value
}

resource "aws_vpc_security_group_egress_rule" "intermediate" {
  for_each = local.connections

  security_group_id            = aws_security_group.component[each.value.from].id
  description                  = "QUIC to ${each.value.to}"
  referenced_security_group_id = aws_security_group.component[each.value.to].id
  ip_protocol                  = "udp"
  from_port                    = each.value.port
  to_port                      = each.value.port
}

# Backends are named, and names move: they are held to the VPC and to the ports that services have.
resource "aws_vpc_security_group_egress_rule" "backend" {
  for_each = local.backends

  security_group_id = aws_security_group.component[each.value.connector].id
  description       = "Backends"
  cidr_ipv4         = var.cidr
  ip_protocol       = each.value.protocol
  from_port         = each.value.from
  to_port           = each.value.to
}

resource "aws_vpc_security_group_ingress_rule" "test" {
  for_each = local.tests

  security_group_id            = aws_security_group.component["test-backend"].id
  description                  = "Tests through ${each.value.connector}"
  referenced_security_group_id = aws_security_group.component[each.value.connector].id
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_security_group" "load_balancer" {
  count = var.admin_panel ? 1 : 0

  # checkov:skip=CKV2_AWS_5:the admin panel's module attaches it
  name        = "${var.name}-load-balancer"
  description = "What the load balancer of the admin panel may send and receive"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-load-balancer" }
}

resource "aws_vpc_security_group_ingress_rule" "browsers" {
  count = var.admin_panel ? 1 : 0

  security_group_id = aws_security_group.load_balancer[0].id
  description       = "Browsers; nothing passes before sign-in"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "issuer" {
  count = var.admin_panel ? 1 : 0

  security_group_id = aws_security_group.load_balancer[0].id
  description       = "The issuer of the sign-in, which has no fixed address"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "panel" {
  count = var.admin_panel ? 1 : 0

  security_group_id            = aws_security_group.load_balancer[0].id
  description                  = "The panel"
  referenced_security_group_id = aws_security_group.component["admin-panel"].id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
}

resource "aws_vpc_security_group_ingress_rule" "panel" {
  count = var.admin_panel ? 1 : 0

  security_group_id            = aws_security_group.component["admin-panel"].id
  description                  = "Its load balancer"
  referenced_security_group_id = aws_security_group.load_balancer[0].id
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
}

resource "aws_security_group" "endpoints" {
  name        = "${var.name}-endpoints"
  description = "AWS services inside the VPC"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-endpoints" }
}

# One rule, because a group has 60: who may send here is said where it is sent, below.
resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  security_group_id = aws_security_group.endpoints.id
  description       = "The VPC"
  cidr_ipv4         = var.cidr
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "aws" {
  for_each = local.components

  security_group_id            = aws_security_group.component[each.key].id
  description                  = local.nat ? "AWS services, by way of the internet" : "AWS services"
  cidr_ipv4                    = local.nat ? "0.0.0.0/0" : null
  referenced_security_group_id = local.nat ? null : aws_security_group.endpoints.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "s3" {
  for_each = local.components

  security_group_id = aws_security_group.component[each.key].id
  description       = "Image layers and packages"
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
