import { registeredIn } from '../each.ts';
import { warning, type Rule } from '../rule.ts';

export const unservedServices: Rule = {
  id: 'unserved-services',
  says: 'Ensure that some connector registers every service.',
  why: 'A service exists in an environment only where a connector registers it; without one, no policy can give access to it.',
  whole: true,
  *check(repository) {
    for (const [id, file] of repository.services) {
      if (registeredIn(repository).has(id)) continue;
      const remedy =
        'add it to `services` in a file of environments/<env>/connectors/, or delete the service';
      yield warning(unservedServices.id, file, ['id'], {
        message: `no connector registers \`${id}\``,
        remedy,
      });
    }
  },
};
