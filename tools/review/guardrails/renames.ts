import { principalKey } from '../../access/values/membership.ts';
import type { Group, Service } from '../../contract/shapes.ts';
import type { RepositoryFile, Repository } from '../../load/repository.ts';
import { registrationsOf } from '../../check/each.ts';
import { objection, type Change, type Guardrail, type Objection } from '../change.ts';
import { spotOf } from '../locations.ts';

export const renames: Guardrail = {
  id: 'renames',
  says: 'Ensure that a new id for the same thing is said to be one, by `previously`.',
  why: 'A rename that looks like one thing deleted and another created hides from its owner, its tests and the difference.',
  *check(change) {
    const { base, head } = change;
    yield* unsaid('service', change, base.services, head.services, (side) => serviceTraits(side));
    yield* unsaid('group', change, base.groups, head.groups, () => groupTraits);
    yield* unfounded('service', change, base.services, head.services);
    yield* unfounded('group', change, base.groups, head.groups);
  },
};

type Files<T> = ReadonlyMap<string, RepositoryFile<T & { id: string; previously?: string }>>;
type Kind = 'service' | 'group';

/** What is gone while something with a trait of it is new. */
function* unsaid<T>(
  kind: Kind,
  change: Change,
  before: Files<T>,
  after: Files<T>,
  traits: (side: Repository) => (value: T & { id: string }) => string[],
): Iterable<Objection> {
  const [was, is] = [traits(change.base), traits(change.head)];
  const created = [...after.values()].filter(({ value }) => !before.has(value.id) && !value.previously);
  for (const { value: old } of before.values()) {
    if (after.has(old.id)) continue;
    const known = new Set(was(old));
    const file = created.find(({ value }) => is(value).some((trait) => known.has(trait)));
    if (!file) continue;
    yield objection(
      renames.id,
      `${kind}/${file.value.id}`,
      spotOf('after', file, ['id']),
      {
        message: `the ${kind} \`${file.value.id}\` is created while \`${old.id}\` is deleted, and is like it`,
        remedy: `write \`previously: ${old.id}\` below its id`,
      },
      change,
    );
  }
}

/** A new id whose `previously` names what is not gone, or what another claims too. */
function* unfounded(
  kind: Kind,
  change: Change,
  before: Files<object>,
  after: Files<object>,
): Iterable<Objection> {
  const done = new Set(change.renames.filter((one) => one.kind === kind).map(({ to }) => to));
  for (const file of after.values()) {
    const { id, previously } = file.value;
    if (previously === undefined || before.has(id) || done.has(id)) continue;
    yield objection(
      renames.id,
      `${kind}/${id}`,
      spotOf('after', file, ['previously']),
      {
        message: `the ${kind} \`${id}\` cannot be what \`${previously}\` was`,
        expected: `a ${kind} that this change takes away, and that nothing else claims`,
        remedy: 'remove `previously`, or correct it',
      },
      change,
    );
  }
}

/** A service is known by its address in the tunnel and by where it leads. */
function serviceTraits(side: Repository): (service: Service) => string[] {
  const backends = new Map<string, string[]>();
  for (const { environment, registration } of registrationsOf(side)) {
    const known = backends.get(registration.service) ?? [];
    backends.set(registration.service, [...known, `${environment.value.id} ${registration.backend}`]);
  }
  return ({ id, virtualIp }) => [virtualIp, ...(backends.get(id) ?? [])];
}

/** A group is known by whom it lists. */
function groupTraits({ members = [], groups = [] }: Group): string[] {
  const names = [...members.map(principalKey).sort(), ...[...groups].sort()];
  return names.length === 0 ? [] : [names.join()];
}
