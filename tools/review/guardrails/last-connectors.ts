import { registrationsOf } from '../../check/each.ts';
import { objection, type Guardrail } from '../change.ts';
import { spotOf } from '../locations.ts';

export const lastConnectors: Guardrail = {
  id: 'last-connectors',
  says: 'Ensure that no service loses its last connector in an environment that stays.',
  why: 'The service and its policies remain, everything looks in order, and nobody reaches it any more.',
  *check(change) {
    const { base, head } = change;
    const now = new Set([...registrationsOf(head)].map(keyOf));
    const told = new Set<string>();
    for (const one of registrationsOf(base)) {
      const key = keyOf(one);
      const { environment, file, registration, path } = one;
      const stays = head.environments.has(environment.value.id) && head.services.has(registration.service);
      if (!stays || now.has(key) || told.has(key)) continue;
      told.add(key);
      yield objection(
        lastConnectors.id,
        key,
        spotOf('before', file, path),
        {
          message: `\`${registration.service}\` would have no connector in ${environment.value.id}`,
          remedy: 'let another connector register it, or delete the service',
          gist: {
            ...{ begin: 'there would be no connector for', kind: 'service' },
            ...{ thing: registration.service, where: environment.value.id, end: '' },
          },
        },
        change,
      );
    }
  },
};

type Registration = ReturnType<typeof registrationsOf> extends Iterable<infer One> ? One : never;

function keyOf({ environment, registration }: Registration): string {
  return `${environment.value.id}/${registration.service}`;
}
