import { covers, type IndexedPolicy } from '../../access/model.ts';
import { policyPlaces } from '../common/places.ts';
import { warning, type Rule } from '../rule.ts';
import { allows, matches, worldsOf, type EnvironmentToAsk } from '../worlds.ts';

export const shadowedPolicies: Rule = {
  id: 'shadowed-policies',
  says: 'Ensure that every policy that allows something is not denied all of it.',
  why: 'A deny wins over every allow: where it covers all of one, the person who asked for access waits for what never comes.',
  whole: true,
  *check(repository, at) {
    const worlds = [...worldsOf(repository, at).values()];
    const found = new Map<string, Set<string> | 'alive'>();
    for (const world of worlds) for (const policy of world.access.policies) look(policy, world, found);
    for (const [id, denies] of found) {
      if (denies === 'alive') continue;
      yield warning(
        shadowedPolicies.id,
        repository.policies.get(id)!,
        ['effect'],
        {
          message: `this policy allows nothing: what it matches is denied by ${policyPlaces(repository, [...denies].sort())}`,
          remedy: 'delete it, or make an exception in what denies',
        },
        'key',
      );
    }
  },
};

/** Adds the denies that leave nothing of a policy in one environment; `alive` where something is left in any. */
function look(
  policy: IndexedPolicy,
  world: EnvironmentToAsk,
  found: Map<string, Set<string> | 'alive'>,
): void {
  if (policy.effect === 'deny' || found.get(policy.id) === 'alive') return;
  const about = policy.model.services
    .map((index) => world.access.services[index]!)
    .filter((service) => matches(policy, service, world));
  if (about.length === 0) return;
  if (about.some((service) => allows(policy, service, world))) return void found.set(policy.id, 'alive');
  const denies = (found.get(policy.id) as Set<string> | undefined) ?? new Set();
  found.set(policy.id, denies);
  for (const service of about)
    for (const deny of service.denies)
      if (policy.about.some((index) => covers(deny, index))) denies.add(deny.id);
}
