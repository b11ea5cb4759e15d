import type { Zone } from '../../contract/shapes.ts';
import { each, fixed, type EnvironmentFiles, keyed, type Line } from './model.ts';

const SUBJECT = 'network';
const line = (address: string, says: string): Line => ({
  subject: SUBJECT,
  address: `module.network.${address}`,
  says,
});

/** The VPC, its subnets and the ways out of them. */
export function networkLines(given: EnvironmentFiles): Line[] {
  const { environment } = given;
  const { cidr, ipv6 = false, zones, egress = 'endpoints', routes = [] } = environment.network;
  return [
    ...fixed(SUBJECT, 'module.network', {
      'aws_vpc.this': `a network of ${cidr}${ipv6 ? ', with IPv6' : ''}`,
      'aws_default_security_group.this': 'what names no security group gets one that allows nothing',
      'aws_internet_gateway.this': 'the way between public subnets and the internet',
      'aws_route_table.public': 'routes of the public subnets',
      'aws_route.internet': 'public subnets reach the internet',
      'aws_vpc_endpoint.s3': 'S3 without the internet, for image layers and packages',
      'aws_flow_log.this': 'a record of every flow',
      'aws_cloudwatch_log_group.flow': `flow logs are kept for ${environment.logRetentionDays} days`,
      'aws_iam_role.flow': 'a role that writes flow logs',
      'aws_iam_role_policy.flow': 'what it may write',
      'aws_security_group.endpoints': "who reaches AWS's services inside the network",
      'aws_vpc_security_group_ingress_rule.endpoints': 'everything in the network does, on tcp/443',
    }),
    ...(ipv6 ? [line('aws_route.internet_ipv6[0]', 'public subnets reach the internet over IPv6')] : []),
    ...each(zones, zoneLines),
    ...each(routes, ({ to, via }) =>
      each(zones, ({ id }) =>
        line(
          keyed('aws_route.elsewhere', `${id} to ${to}`),
          `private subnets in ${id} reach ${to} by ${via}`,
        ),
      ),
    ),
    ...each([...new Set(routes.map(({ via }) => via))], (via) =>
      via.startsWith('tgw-')
        ? [
            line(
              keyed('aws_ec2_transit_gateway_vpc_attachment.this', via),
              `the network is attached to ${via}`,
            ),
          ]
        : [],
    ),
    ...(egress === 'nat' ? each(zones, natLines) : endpointLines()),
  ];
}

const zoneLines = (zone: Zone): Line[] => [
  line(keyed('aws_subnet.public', zone.id), `a public subnet ${zone.public} in ${zone.id}`),
  line(keyed('aws_subnet.private', zone.id), `a private subnet ${zone.private} in ${zone.id}`),
  line(keyed('aws_route_table.private', zone.id), `routes of the private subnets in ${zone.id}`),
  line(
    keyed('aws_route_table_association.public', zone.id),
    `the public subnet in ${zone.id} uses the public routes`,
  ),
  line(
    keyed('aws_route_table_association.private', zone.id),
    `the private subnet in ${zone.id} uses its zone's routes`,
  ),
];

const natLines = ({ id }: Zone): Line[] => [
  line(keyed('aws_eip.nat', id), `an address for the NAT gateway in ${id}`),
  line(keyed('aws_nat_gateway.this', id), `a NAT gateway in ${id}`),
  line(keyed('aws_route.nat', id), `private subnets in ${id} reach the internet through it`),
];

const ENDPOINTS = ['ssm', 'ssmmessages', 'ecr.api', 'ecr.dkr', 'logs', 'kms'];
const endpointLines = (): Line[] =>
  ENDPOINTS.map((name) => line(keyed('aws_vpc_endpoint.interface', name), `${name} without the internet`));
