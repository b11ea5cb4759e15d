import type { Finding } from '../../../finding/finding.ts';
import { type DraftGroup, type DraftService, Ids, described, principalOf, unionOf } from '../draft.ts';
import { JsonFile, objectOf, textsOf } from '../json.ts';
import { notWhole } from './losses.ts';
import { BOTH, type TailscaleRule } from './rules.ts';
import { type OldCompany, covered, isMachine } from './world.ts';

export function groupsOf(
  json: JsonFile,
  { groups }: OldCompany,
  ids: Ids,
  findings: Finding[],
): DraftGroup[] {
  return [...groups].map(([name, members]) => {
    const given = textsOf(objectOf(objectOf(json.value)['groups'])[name]);
    given.forEach((one, at) => {
      if (!one.startsWith('group:') && principalOf(one) === undefined)
        findings.push(
          json.finding(['groups', name, at], `${one} is no person that can be named`, 'name each of them'),
        );
    });
    return {
      id: ids.of(name, name.replace(/^group:/, '')),
      description: described(`${name} of Tailscale`),
      members: [...new Set(members)],
    };
  });
}

export type TailscaleService = DraftService & { target: string };

/** A service for each machine and protocol that any rule opens, with all ports that are opened of it. */
export function servicesOf(
  json: JsonFile,
  world: OldCompany,
  rules: readonly TailscaleRule[],
  ids: Ids,
  findings: Finding[],
): TailscaleService[] {
  for (const { path, dst } of rules)
    for (const { target } of dst)
      if (!isMachine(target, world))
        findings.push(json.finding([...path, 'dst'], notWhole(target, world), REGISTER));
  return [...world.machines].flatMap(([target, { name, address }]) =>
    BOTH.flatMap((protocol) => {
      const opened = rules.filter(({ protocols }) => protocols.includes(protocol)).flatMap(({ dst }) => dst);
      const ports = unionOf(
        opened.filter((one) => covered(one.target, world).includes(target)).flatMap((one) => one.ports),
      );
      if (ports.length === 0) return [];
      const id = ids.of(`${protocol} ${target}`, protocol === 'tcp' ? name : `${name}-udp`);
      const description = described(`${target} of Tailscale`);
      return [
        { id, description, protocol, ports, target, ...(address !== undefined && { backend: address }) },
      ];
    }),
  );
}

const REGISTER = 'register what is behind it as services';
