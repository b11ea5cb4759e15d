import type { Finding } from '../../finding/finding.ts';
import { Ids, type ImportDraft } from './draft.ts';
import { JsonFile, objectOf } from './json.ts';
import { isAllowed } from './tailscale/answers.ts';
import { lostOf } from './tailscale/losses.ts';
import { policiesOf } from './tailscale/policies.ts';
import { LEFT, rulesOf, unknownKeys, SECTIONS } from './tailscale/rules.ts';
import { groupsOf, servicesOf } from './tailscale/services.ts';
import { worldOf } from './tailscale/world.ts';

/** Reads a policy file of Tailscale. @throws Fault where it is no HuJSON */
export function fromTailscale(file: string, text: string): ImportDraft {
  const json = new JsonFile(file, text);
  const root = objectOf(json.value);
  const findings: Finding[] = Object.keys(LEFT)
    .filter((key) => root[key] !== undefined)
    .map((key) => json.finding([key], `\`${key}\` is not taken over`, LEFT[key]!));
  findings.push(...unknownKeys(json, [], root, [...Object.keys(LEFT), ...SECTIONS]));
  const rules = rulesOf(json, root, findings);
  const world = worldOf(root, rules);
  const ids = new Ids();
  const groups = groupsOf(json, world, ids, findings);
  const services = servicesOf(json, world, rules, ids, findings);
  const policies = rules.flatMap((rule, index) =>
    policiesOf(json, rule, index, { world, services, ids, findings }),
  );
  return {
    ...{ principals: world.principals, strangers: [], groups, policies, findings, prefixes: [] },
    lost: rules.flatMap((rule) => lostOf(rule, world)),
    portRanges: rules.flatMap(({ dst }) => dst.flatMap(({ ports }) => ports)),
    services: services.map(({ target: _, ...service }) => service),
    allows: (request) => isAllowed(root, world, services, request),
  };
}
