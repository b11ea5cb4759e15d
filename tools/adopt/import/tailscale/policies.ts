import type { Who } from '../../../contract/shapes.ts';
import type { Finding } from '../../../finding/finding.ts';
import { Ids, type ImportDraft, described, portsText, principalOf } from '../draft.ts';
import { JsonFile } from '../json.ts';
import type { TailscaleRule } from './rules.ts';
import type { TailscaleService } from './services.ts';
import { type OldCompany, covered, isNamed, tagPrincipal } from './world.ts';

interface Material {
  world: OldCompany;
  services: readonly TailscaleService[];
  ids: Ids;
  findings: Finding[];
}

export function policiesOf(
  json: JsonFile,
  rule: TailscaleRule,
  index: number,
  material: Material,
): ImportDraft['policies'] {
  const { world, services, ids, findings } = material;
  if (rule.conditions.length > 0) {
    findings.push(
      json.finding(
        rule.path,
        `\`${rule.conditions.join('`, `')}\` cannot be asked for here: nothing of this rule is taken over`,
        'write a policy with `when`',
      ),
    );
    return [];
  }
  const who = whoOf(json, rule, material);
  return who.flatMap((one) =>
    rule.dst.flatMap(({ target, ports }) => {
      const about = services.filter(
        (service) =>
          rule.protocols.includes(service.protocol) && covered(target, world).includes(service.target),
      );
      if (about.length === 0) return [];
      const whole = about.every((service) => JSON.stringify(service.ports) === JSON.stringify(ports));
      const what = {
        services: about.map(({ id }) => id) as [string, ...string[]],
        ...(!whole && { ports: portsText(ports) as [number, ...number[]] }),
      };
      const id = ids.of(
        `policy ${index} ${JSON.stringify([one, target, ports])}`,
        `ts-${rule.path.join('-')}-${target}`,
      );
      return [
        {
          id,
          description: described(`${rule.src.join(', ')} to ${target}`),
          effect: 'allow' as const,
          who: one,
          what,
        },
      ];
    }),
  );
}

/** Whom a rule is about, in one or two parts: everybody who is a person cannot stand beside named machines. */
function whoOf(json: JsonFile, { path, src }: TailscaleRule, { world, ids, findings }: Material): Who[] {
  if (src.includes('*')) return [{ all: true }];
  const groups = src.filter((one) => world.groups.get(one)?.length).map((one) => ids.of(one));
  const principals: string[] = [];
  src.forEach((one, at) => {
    const person = one.includes('@') ? principalOf(one) : undefined;
    if (one.startsWith('tag:')) principals.push(tagPrincipal(one));
    else if (person !== undefined) principals.push(person);
    else if (!world.groups.has(one) && !isNamed(one))
      findings.push(
        json.finding(
          [...path, 'src', at],
          `${one} is no person, machine or group that can be named`,
          'name whom it means',
        ),
      );
  });
  const named: Who = {
    ...(groups.length > 0 && { groups: groups as [string, ...string[]] }),
    ...(principals.length > 0 && { principals: [...new Set(principals)] as [string, ...string[]] }),
  };
  const machines = world.tags.map(tagPrincipal) as [string, ...string[]];
  const people: Who[] = src.includes('autogroup:member')
    ? [{ all: true, ...(machines.length > 0 && { except: { principals: machines } }) }]
    : [];
  return Object.keys(named).length > 0 ? [...people, named] : people;
}
