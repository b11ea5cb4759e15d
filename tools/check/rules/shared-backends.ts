import { intervalsOf } from '../../access/values/intervals.ts';
import type { Repository } from '../../load/repository.ts';
import { portsAt, targetOf } from '../common/backend.ts';
import { registrationsOf, type RegistrationIn } from '../each.ts';
import { overlaps, type OwnedStretch } from '../common/overlaps.ts';
import { finding, type Rule } from '../rule.ts';
import { isLocal } from './backend-places.ts';

export const sharedBackends: Rule = {
  id: 'shared-backends',
  says: 'Ensure that no two services of an environment lead to the same port of the same backend.',
  why: 'Who may reach one of them reaches the other, whatever the policies say of it.',
  *check(repository) {
    for (const stretches of byMachine(repository).values()) {
      const told = new Set<string>();
      for (const [later, earlier] of overlaps(stretches)) {
        const key = `${later.file.file} ${later.registration.service} ${earlier.registration.service}`;
        if (told.has(key)) continue;
        told.add(key);
        const { service, backend } = earlier.registration;
        yield finding(sharedBackends.id, later.file, [...later.path, 'backend'], {
          message: `\`${later.registration.service}\` leads to the same backend as \`${service}\` (${backend})`,
          expected: 'a backend of its own',
          found: later.registration.backend,
          remedy: 'make them one service, or lead them to different ports',
        });
      }
    }
  },
};

/** The ports of each machine that services lead to, by environment, protocol and host. */
function byMachine(repository: Repository): Map<string, OwnedStretch<RegistrationIn>[]> {
  const machines = new Map<string, OwnedStretch<RegistrationIn>[]>();
  for (const one of registrationsOf(repository)) {
    const { environment, file, registration, service } = one;
    if (!service) continue;
    const target = targetOf(registration.backend);
    const place = isLocal(target) ? file.value.id : '';
    const key = [environment.value.id, service.protocol, target.host, place].join(' ');
    if (!machines.has(key)) machines.set(key, []);
    for (const [begin, end] of intervalsOf(portsAt(target, service)))
      machines.get(key)!.push({ begin, end, owner: service.id, of: one });
  }
  return machines;
}
