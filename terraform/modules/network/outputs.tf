output "vpc_id" {
  value       = aws_vpc.this.id
  description = "The VPC."
}

output "public_subnets" {
  value       = { for zone, subnet in aws_subnet.public : zone => { id = subnet.id, arn = subnet.arn, ipv6_cidr = subnet.ipv6_cidr_block } }
  description = "Zone to its public subnet: where intermediates and load balancers are. Known once they lead somewhere."

  depends_on = [aws_route.internet, aws_route_table_association.public, aws_vpc_endpoint.interface, aws_vpc_endpoint.s3]
}

output "private_subnet_ids" {
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id }
  description = "Zone to its private subnet: where the admin panel and the test backend are. Known once they lead somewhere."

  depends_on = [aws_route.nat, aws_route_table_association.private, aws_vpc_endpoint.interface, aws_vpc_endpoint.s3]
}

output "private_route_table_ids" {
  value       = { for zone, table in aws_route_table.private : zone => table.id }
  description = "Zone to the route table of its private subnets, the connectors' own included. Known once it leads somewhere."

  depends_on = [aws_route.elsewhere, aws_route.nat, aws_vpc_endpoint.interface, aws_vpc_endpoint.s3]
}

output "security_group_ids" {
  value       = { for component, group in aws_security_group.component : component => group.id }
  description = "Component to its security group. Known once its rules are there: nothing starts before it can reach AWS."

  depends_on = [
    aws_vpc_security_group_egress_rule.aws,
    aws_vpc_security_group_egress_rule.backend,
    aws_vpc_security_group_egress_rule.elsewhere,
    aws_vpc_security_group_egress_rule.intermediate,
    aws_vpc_security_group_egress_rule.s3,
    aws_vpc_security_group_ingress_rule.agents,
    aws_vpc_security_group_ingress_rule.endpoints,
    aws_vpc_security_group_ingress_rule.panel,
    aws_vpc_security_group_ingress_rule.test,
  ]
}

output "load_balancer_security_group_id" {
  value       = one(aws_security_group.load_balancer[*].id)
  description = "The security group of the admin panel's load balancer; null without a panel."
}
