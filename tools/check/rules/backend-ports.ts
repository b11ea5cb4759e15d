import { portSetOf } from '../../access/values/ports.ts';
import { targetOf } from '../common/backend.ts';
import { registrationsOf } from '../each.ts';
import { warning, type Rule } from '../rule.ts';

export const backendPorts: Rule = {
  id: 'backend-ports',
  says: 'Ensure that a backend with a port serves a service with one port.',
  why: "All of the service's ports lead to that one, so that a policy about one port gives what was meant to be behind another.",
  *check(repository) {
    for (const { file, registration, path, service } of registrationsOf(repository)) {
      if (!service || targetOf(registration.backend).port === undefined) continue;
      const [begin, end, ...more] = portSetOf(service.ports);
      if (more.length === 0 && end === begin! + 1) continue;
      yield warning(backendPorts.id, file, [...path, 'backend'], {
        message: `all ports of \`${service.id}\` lead to ${registration.backend}`,
        found: `ports ${service.ports.join(', ')}`,
        remedy: 'leave the port out of the backend, or make several services',
      });
    }
  },
};
