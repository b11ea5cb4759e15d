output "vpc_id" {
  value       = aws_vpc.this.id
  description = "The VPC."
}

output "public_subnets" {
  value       = { for zone, subnet in aws_subnet.public : zone => { id = subnet.id, arn = subnet.arn, ipv6_cidr = subnet.ipv6_cidr_block } }
  description = "Zone to its public subnet: where intermediates and load balancers are."
}

output "private_subnet_ids" {
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id }
  description = "Zone to its private subnet: where the admin panel and the test backend are."
}

output "private_route_table_ids" {
  value       = { for zone, table in aws_route_table.private : zone => table.id }
  description = "Zone to the route table that its private subnets use, the connectors' own included."
}

output "security_group_ids" {
  value       = { for component, group in aws_security_group.component : component => group.id }
  description = "Component to its security group."
}

output "load_balancer_security_group_id" {
  value       = one(aws_security_group.load_balancer[*].id)
  description = "The security group of the admin panel's load balancer; null without a panel."
}
