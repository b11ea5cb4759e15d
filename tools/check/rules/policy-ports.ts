import { portRange, portSetOf } from '../../access/values/ports.ts';
import { includes, intersect, type IntervalSet } from '../../access/values/intervals.ts';
import { once, selectorOf } from '../each.ts';
import { isLater, OR_LATER } from '../common/later.ts';
import { finding, type Rule } from '../rule.ts';

export const policyPorts: Rule = {
  id: 'policy-ports',
  says: 'Ensure that each port of a policy is a port of a service that the policy is about.',
  why: 'A port that none of the services has is about nothing: access that was meant is missing, or a deny does not hold.',
  whole: true,
  *check(repository) {
    for (const file of repository.policies.values()) {
      const { what } = file.value;
      if (!what.ports) continue;
      const services = selectorOf(repository).indexes(what);
      if (services.length === 0) continue;
      for (const [index, port] of what.ports.entries()) {
        const [first, last] = portRange(port);
        if (last < first || services.some((service) => has(spansOf(repository)[service]!, first, last)))
          continue;
        if (isLater(file, [String(port)])) continue;
        const isDeny = file.value.effect === 'deny';
        yield finding(policyPorts.id, file, ['what', 'ports', index], {
          severity: isDeny ? 'error' : 'warning',
          message: `no service of this policy has port ${port}`,
          ...(services.length === 1 && { expected: portsText(repository, services[0]!) }),
          remedy: `remove it, ${isDeny ? '' : 'or '}add the port to the service${isDeny ? `, ${OR_LATER}` : ''}`,
        });
      }
    }
  },
};

/** The ports of every service, in the selector's order. */
const spansOf = once(({ services }) => [...services.values()].map(({ value }) => portSetOf(value.ports)));

function has(ports: IntervalSet, first: number, last: number): boolean {
  return includes(ports, first) || (first !== last && intersect(ports, [first, last + 1]).length > 0);
}

function portsText(repository: Parameters<typeof spansOf>[0], service: number): string {
  const { ports } = selectorOf(repository).services[service]!;
  return `${ports.length > 1 ? 'one of ' : ''}${ports.join(', ')}`;
}
