import type { IndexedService } from '../../access/model.ts';
import { registrationsOf } from '../each.ts';
import { warning, type Rule } from '../rule.ts';
import { allows, worldsOf } from '../worlds.ts';

export const unreachableServices: Rule = {
  id: 'unreachable-services',
  says: 'Ensure that some principal can reach every service that a connector registers.',
  why: 'A registration that nobody can use is a way into the network kept open for nobody, or access that is missing.',
  whole: true,
  *check(repository, at) {
    const worlds = worldsOf(repository, at);
    const told = new Set<string>();
    for (const { environment, file, registration, path } of registrationsOf(repository)) {
      const { id } = environment.value;
      const world = worlds.get(id)!;
      const service = world.access.services[world.access.serviceIndex.get(registration.service) ?? -1];
      const key = `${id} ${registration.service}`;
      if (!service || told.has(key)) continue;
      told.add(key);
      if (service.allows.some((policy) => allows(policy, service, world))) continue;
      yield warning(unreachableServices.id, file, [...path, 'service'], {
        message: `nobody can reach \`${registration.service}\` in ${id}`,
        found: reason(service),
        remedy: 'add a policy that allows it, or remove the registration',
      });
    }
  },
};

function reason({ allows: policies }: IndexedService): string {
  if (policies.length === 0) return 'no policy that allows it';
  const names = policies.slice(0, 3).map(({ id }) => `\`${id}\``);
  return `only ${names.join(', ')}${policies.length > 3 ? ' and others' : ''}, which never ${policies.length === 1 ? 'holds' : 'hold'} or ${policies.length === 1 ? 'is' : 'are'} denied`;
}
