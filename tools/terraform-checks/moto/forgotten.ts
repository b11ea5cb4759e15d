/** Arguments that moto's server takes and forgets: kept here, and given back with the rest. */
import { type AwsAnswer, type AwsCall, asked, json } from './call.ts';
import type { Shim } from './shims.ts';

/** What is said of each rule of a security group. */
export function ruleDescriptions(): Shim {
  const said = new Map<string, string>();
  const answered = (call: AwsCall, answer: AwsAnswer): AwsAnswer => {
    const text = answer.body.toString();
    if (call.operation === 'DescribeSecurityGroupRules') {
      const body = text.replace(
        /<securityGroupRuleId>([^<]+)<\/securityGroupRuleId>/g,
        (whole, id: string) => `${whole}<description>${said.get(id) ?? ''}</description>`,
      );
      return { ...answer, body: Buffer.from(body) };
    }
    const [description] = [...new URLSearchParams(call.body)].flatMap(([name, value]) =>
      name.endsWith('.Description') ? [value] : [],
    );
    // One rule at a time: that is how the provider makes them.
    const id = /<securityGroupRuleId>([^<]+)</.exec(text)?.[1];
    if (id !== undefined && description !== undefined) said.set(id, description);
    return answer;
  };
  return {
    name: 'descriptions of rules of security groups',
    hides: 'that EC2 keeps them',
    when: ({ service, operation }) =>
      service === 'ec2' && /^(AuthorizeSecurityGroup(In|E)gress|DescribeSecurityGroupRules)$/.test(operation),
    change: answered,
  };
}

interface Service {
  serviceName: string;
  desiredCount: number;
  deployments?: { status: string }[];
}

/** Arguments of an ECS service that are forgotten. */
const ARGUMENTS = ['availabilityZoneRebalancing', 'healthCheckGracePeriodSeconds'];

/** Services of ECS: what they were made with, and tasks that run as soon as they are asked for. */
export function ecsServices(): Shim {
  const given = new Map<string, Record<string, unknown>>();
  const remember = (call: AwsCall): void => {
    const all = asked(call);
    const name = String(all['serviceName'] ?? all['service'])
      .split('/')
      .at(-1)!;
    const own = ARGUMENTS.flatMap((one) => (all[one] === undefined ? [] : [[one, all[one]]]));
    given.set(name, { ...given.get(name), ...Object.fromEntries(own) });
  };
  const running = (one: Service): object => ({
    ...one,
    ...given.get(one.serviceName),
    runningCount: one.desiredCount,
    pendingCount: 0,
    deployments: (one.deployments ?? [])
      .filter(({ status }) => status === 'PRIMARY')
      .map((primary) => ({ ...primary, runningCount: one.desiredCount, rolloutState: 'COMPLETED' })),
  });
  return {
    name: 'services of ECS',
    hides:
      'whether a task starts, becomes healthy and stays, and what ECS keeps of a service: it is steady at once',
    when: ({ service, operation }) =>
      service === 'ecs' && /^(Create|Update|Describe)Services?$/.test(operation),
    change: (call, answer) => {
      if (call.operation !== 'DescribeServices') remember(call);
      if (call.operation !== 'DescribeServices' || answer.status !== 200) return answer;
      const value = JSON.parse(answer.body.toString()) as { services: Service[] };
      return { ...answer, body: json({ ...value, services: value.services.map(running) }).body };
    },
  };
}
