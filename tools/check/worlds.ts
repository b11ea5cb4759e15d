import { Calendar } from '../access/solver/calendar.ts';
import type { Instant } from '../access/values/time-zone.ts';
import { compile } from '../access/compile.ts';
import {
  covers,
  indexPolicies,
  portsOf,
  type Access,
  type IndexedPolicy,
  type IndexedService,
} from '../access/model.ts';
import { reachMemory, type Reach } from '../access/never.ts';
import { rulingOf } from '../access/solver/branches.ts';
import { firstAllowed } from '../access/solver/reach.ts';
import type { Repository } from '../load/repository.ts';

/** One environment, ready to be asked from an instant on. */
export interface EnvironmentToAsk {
  access: Access;
  reach: Reach;
}

/** Worlds by environment. */
export type EnvironmentsToAsk = ReadonlyMap<string, EnvironmentToAsk>;

const known = new WeakMap<Repository, { at: Instant; worlds: EnvironmentsToAsk }>();

/** Every environment of a repository, compiled once for all rules. */
export function worldsOf(repository: Repository, at: Instant): EnvironmentsToAsk {
  const found = known.get(repository);
  if (found?.at === at) return found.worlds;
  const calendar = new Calendar(at);
  const worlds = new Map(
    [...repository.environments.keys()].map((id) => {
      return [id, { access: indexPolicies(compile(repository, id)), reach: reachMemory(calendar) }] as const;
    }),
  );
  known.set(repository, { at, worlds });
  return worlds;
}

/** Whether a policy can ever match anything of a service, whatever the denies say. */
export function matches(
  policy: IndexedPolicy,
  service: IndexedService,
  { reach }: EnvironmentToAsk,
): boolean {
  return portsOf(policy, service).length > 0 && reach.calendar.comes(policy.condition);
}

/**
 * Whether a policy allows any request at all to a service, however late, decided exactly: one class suffices,
 * and classes that no deny is about, or that a deny without conditions is about, need no deciding.
 */
export function allows(policy: IndexedPolicy, service: IndexedService, world: EnvironmentToAsk): boolean {
  if (!matches(policy, service, world)) return false;
  if (anyOutside(policy.classes, denied(service).some)) return true;
  if (!anyOutside(policy.classes, denied(service).always)) return false;
  return policy.about.some((index) => {
    const about = service.denies.filter((deny) => covers(deny, index));
    if (about.some(isBlanket)) return false;
    const side = { service, policies: [policy, ...about] };
    const ruling = rulingOf({ before: side, after: { service: undefined, policies: [] } });
    return world.reach.of(ruling, firstAllowed) !== null;
  });
}

/** Whether a deny holds for all requests of its principals. */
function isBlanket({ ports, model }: IndexedPolicy): boolean {
  return ports === undefined && Object.keys(model.when).length === 0;
}

/** Classes that some deny of a service is about, and those that a deny without conditions is about, as bits. */
interface DenyBits {
  some: Uint32Array;
  always: Uint32Array;
}

const deniedOf = new WeakMap<IndexedService, DenyBits>();

function denied(service: IndexedService): DenyBits {
  let found = deniedOf.get(service);
  if (!found) {
    found = {
      some: unionOfClasses(service.denies),
      always: unionOfClasses(service.denies.filter(isBlanket)),
    };
    deniedOf.set(service, found);
  }
  return found;
}

function unionOfClasses(policies: readonly IndexedPolicy[]): Uint32Array {
  const bits = new Uint32Array(policies[0]?.classes.length ?? 0);
  for (const { classes } of policies) classes.forEach((word, index) => (bits[index]! |= word));
  return bits;
}

function anyOutside(bits: Uint32Array, covered: Uint32Array): boolean {
  return bits.some((word, index) => (word & ~(covered[index] ?? 0)) !== 0);
}
