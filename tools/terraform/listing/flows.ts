import type { Connector } from '../../contract/shapes.ts';
import {
  connectorId,
  each,
  fargate,
  inOwnNetwork,
  ownFargate,
  type EnvironmentFiles,
  intermediateId,
  keyed,
  type Line,
  PORT,
} from './model.ts';
import { backendPorts, portsKey, portsText, reachesTests } from './ports.ts';

const line = (subject: string, address: string, says: string): Line => ({
  subject,
  address: `module.network.${address}`,
  says,
});
const RULE = 'aws_vpc_security_group';

/** Security groups, and every flow that they allow. */
export function flowLines(given: EnvironmentFiles): Line[] {
  const { environment } = given;
  return [
    ...each(inOwnNetwork(given), componentLines),
    ...each(environment.intermediates, ({ id, port = PORT }) =>
      tunnelLines(id, port, environment.network.ipv6),
    ),
    ...each(ownFargate(given), (connector) => connectorLines(given, connector)),
    ...each(fargate(given), (connector) => elsewhereLines(given, connector)),
    ...(environment.adminPanel ? panelLines() : []),
  ];
}

const componentLines = (id: string): Line[] => [
  line(id, keyed('aws_security_group.component', id), 'a security group of its own'),
  line(id, keyed(`${RULE}_egress_rule.aws`, id), "it reaches AWS's services"),
  line(id, keyed(`${RULE}_egress_rule.s3`, id), 'it fetches image layers and packages from S3'),
];

function tunnelLines(id: string, port: number, ipv6 = false): Line[] {
  const component = intermediateId(id);
  return [
    line(component, keyed(`${RULE}_ingress_rule.agents`, component), `open to anywhere on udp/${port}`),
    ...(ipv6
      ? [
          line(
            component,
            keyed(`${RULE}_ingress_rule.agents_ipv6`, component),
            `open to anywhere on udp/${port} over IPv6`,
          ),
        ]
      : []),
  ];
}

function connectorLines(given: EnvironmentFiles, connector: Connector): Line[] {
  const { id, intermediates, testBackend } = given.environment;
  const component = connectorId(connector.id);
  const tests = testBackend && reachesTests(connector, id) ? ['tcp/7007', 'udp/7007', 'tcp/8080'] : [];
  return [
    ...each(intermediates, (one) => {
      const other = intermediateId(one.id);
      const key = keyed(`${RULE}_egress_rule.intermediate`, `${component} to ${other}`);
      return line(component, key, `it reaches ${other} on udp/${one.port ?? PORT}`);
    }),
    ...each(backendPorts(given, connector), (ports) => {
      const key = keyed(`${RULE}_egress_rule.backend`, `${component} to ${portsKey(ports)}`);
      return line(component, key, `it reaches backends in the network on ${portsText(ports)}`);
    }),
    ...each(given.environment.network.routes ?? [], ({ to }) =>
      each(backendPorts(given, connector), (ports) => {
        const key = keyed(`${RULE}_egress_rule.elsewhere`, `${component} to ${portsKey(ports)} in ${to}`);
        return line(component, key, `it reaches backends in ${to} on ${portsText(ports)}`);
      }),
    ),
    ...each(tests, (ports) =>
      line(
        component,
        keyed(`${RULE}_ingress_rule.test`, `${component} to ${ports}`),
        `the test backend accepts it on ${ports}`,
      ),
    ),
  ];
}

/** A connector in a network that is there already: a security group there, and every flow that it allows. */
function elsewhereLines(given: EnvironmentFiles, connector: Connector): Line[] {
  const { network, intermediates } = given.environment;
  const existing = network.existing?.find(({ id }) => id === connector.network);
  if (!existing) return [];
  const component = connectorId(connector.id);
  const own = (address: string, says: string): Line => ({
    subject: component,
    address: `${keyed('module.connector', connector.id)}.${address}`,
    says,
  });
  return [
    own('aws_security_group.existing[0]', `a security group of its own in ${existing.vpc}`),
    own(`${RULE}_egress_rule.aws[0]`, "it reaches AWS's services by that network's own way"),
    ...each(intermediates, ({ id, port = PORT }) =>
      own(
        keyed(`${RULE}_egress_rule.intermediate`, id),
        `it reaches intermediate/${id} at its public address, on udp/${port}`,
      ),
    ),
    ...each(existing.cidrs, (cidr) =>
      each(backendPorts(given, connector), (ports) =>
        own(
          keyed(`${RULE}_egress_rule.backend`, `${portsKey(ports)} in ${cidr}`),
          `it reaches backends in ${cidr} on ${portsText(ports)}`,
        ),
      ),
    ),
  ];
}

const panelLines = (): Line[] =>
  [
    ['aws_security_group.load_balancer[0]', 'a security group of its load balancer'],
    [`${RULE}_ingress_rule.browsers[0]`, 'open to anywhere on tcp/443, behind sign-in'],
    [`${RULE}_egress_rule.issuer[0]`, "the load balancer reaches the sign-in's issuer"],
    [`${RULE}_egress_rule.panel[0]`, 'the load balancer reaches the panel'],
    [`${RULE}_ingress_rule.panel[0]`, 'the panel accepts its load balancer only'],
  ].map(([address, says]) => line('admin-panel', address!, says!));
