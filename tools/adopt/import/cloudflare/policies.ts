import type { Who } from '../../../contract/shapes.ts';
import type { Finding } from '../../../finding/finding.ts';
import { type DraftGroup, Ids, type ImportDraft, described } from '../draft.ts';
import { JsonFile, objectOf } from '../json.ts';
import { ALLOWS, type AccessApp, type JsonObject } from './apps.ts';
import { partsOf } from './parts.ts';
import { type Somebody, isAbout } from './somebody.ts';
import type { OldCompany } from './world.ts';

/** A group of people for every group and every domain that rules name, to be used where a policy is about just them. */
export function groupsOf(
  { groups, principals }: OldCompany,
  apps: readonly AccessApp[],
  ids: Ids,
): DraftGroup[] {
  const named = [...groups.keys()].map((id) => ({
    rule: { group: { id } } as JsonObject,
    name: `group-${id}`,
  }));
  const rules = apps.flatMap(({ policies }) => policies.flatMap(({ include }) => include));
  const domains = [
    ...new Set(rules.flatMap((rule) => String(objectOf(rule['email_domain'])['domain'] ?? '') || [])),
  ];
  const wanted = [
    ...named,
    ...domains.map((domain) => ({ rule: { email_domain: { domain } } as JsonObject, name: domain })),
  ];
  return wanted.flatMap(({ rule, name }) => {
    if (isAbout(rule, undefined, groups) === true) return [];
    const members = principals.filter((one) => isAbout(rule, one, groups) === true);
    return members.length === 0
      ? []
      : [
          {
            id: ids.of(`group ${name}`, name),
            description: described(`${name} of Cloudflare Access`),
            members,
          },
        ];
  });
}

/** The groups that policies name. */
export const usedOf = (groups: readonly DraftGroup[], policies: ImportDraft['policies']): DraftGroup[] =>
  groups.filter(({ id }) => policies.some(({ who }) => who.groups?.includes(id)));

export interface Material {
  world: OldCompany;
  groups: readonly DraftGroup[];
  ids: Ids;
  findings: Finding[];
}

/**
 * Policies of an application. Here a deny wins over every allow, whatever the order, so that a block leaves out whom an
 * earlier policy of the old system lets in.
 */
export function policiesOf(
  json: JsonFile,
  { service, policies }: AccessApp,
  material: Material,
): ImportDraft['policies'] {
  const before = new Set<Somebody>();
  return policies.flatMap((policy, index) => {
    const effect = ALLOWS.includes(policy.decision) ? ('allow' as const) : ('deny' as const);
    if (policy.decision === 'bypass')
      material.findings.push(
        json.finding(
          policy.path,
          `${policy.name} lets in whoever has no certificate`,
          'here each needs one, or an environment that allows clients without',
        ),
      );
    const parts = partsOf(json, policy, effect, material);
    return parts.flatMap(({ people, from }, part) => {
      const about = effect === 'deny' ? people.filter((one) => !before.has(one)) : people;
      if (effect === 'allow' && from.length === 0) people.forEach((one) => before.add(one));
      const who = whoOf(about, material);
      if (!who) return [];
      const id = material.ids.of(`policy ${service.id} ${index} ${part}`, `cf-${service.id}-${policy.name}`);
      const when = from.length > 0 ? { when: { from: from as [string, ...string[]] } } : {};
      return [
        {
          id,
          description: described(`${policy.name} of Cloudflare Access`),
          effect,
          who,
          what: { services: [service.id] as [string] },
          ...when,
        },
      ];
    });
  });
}

/** People as a policy names them: a group where it has just them; undefined where there is nobody. */
function whoOf(people: readonly Somebody[], { world, groups }: Material): Who | undefined {
  const named = people.filter((one) => one !== undefined);
  if (named.length < people.length) {
    const rest = world.principals.filter((one) => !named.includes(one));
    return { all: true, ...(rest.length > 0 && { except: { principals: rest as [string, ...string[]] } }) };
  }
  const group = groups.find(
    ({ members }) => members.length === named.length && members.every((one) => named.includes(one)),
  );
  if (group) return { groups: [group.id] };
  return named.length > 0 ? { principals: named as [string, ...string[]] } : undefined;
}
