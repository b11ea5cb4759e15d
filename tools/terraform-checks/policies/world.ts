import { everyString } from '../hcl/literal.ts';
import { everyAttribute } from '../hcl/module.ts';
import type { Block, HclFault } from '../hcl/parse.ts';
import type { TerraformRule } from '../rules/rule.ts';

/** What may be reached from anywhere, and why. */
export const OPEN: Readonly<Record<string, string>> = {
  'aws_vpc_security_group_ingress_rule.agents': 'UDP 4433: agents and connectors come from anywhere',
  'aws_vpc_security_group_ingress_rule.agents_ipv6': 'UDP 4433, over IPv6',
  'aws_vpc_security_group_ingress_rule.browsers': "TCP 443: the admin panel's load balancer, behind sign-in",
};

const ANYWHERE = ['0.0.0.0/0', '::/0'];

/** Resources that let something in. */
const lets = ({ labels: [type], body }: Block): boolean => {
  if (type === 'aws_vpc_security_group_ingress_rule') return true;
  const direction = body.attributes.find(({ name }) => name === 'type')?.value.text;
  return (type === 'aws_security_group_rule' && direction !== '"egress"') || type === 'aws_network_acl_rule';
};

/** Ensure that nothing but the tunnel and the panel is open to anywhere. */
export const nothingIsOpen: TerraformRule = ({ resources }) =>
  resources.flatMap((block) => {
    const name = block.labels.join('.');
    const inside = lets(block) ? everyAttribute(block.body) : ingressOf(block);
    const anywhere = inside.flatMap(({ attribute }) =>
      everyString(attribute.value).filter(({ text }) => ANYWHERE.includes(text)),
    );
    return name in OPEN
      ? []
      : anywhere.map(({ line, text }): HclFault => ({
          file: block.file,
          line,
          says: `${name} is open to ${text}`,
        }));
  });

/** What a group lets in by blocks of its own. */
const ingressOf = ({ labels, body }: Block): ReturnType<typeof everyAttribute> =>
  /^aws_(default_)?security_group$/.test(labels[0]!)
    ? body.blocks
        .filter((one) => one.type === 'ingress' || one.labels[0] === 'ingress')
        .flatMap((one) => everyAttribute(one.body))
    : [];
