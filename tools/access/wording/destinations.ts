import type { DestinationChange } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';
import type { Calendar } from '../solver/calendar.ts';
import type { Causes } from './causes.ts';
import type { Access } from '../model.ts';
import { reachers } from '../solver/reach.ts';
import { machinesAmong } from '../values/membership.ts';

/** Where a service leads, each fact as text. */
type Destination = Record<'backend' | 'protocol' | 'virtualIp' | 'connector', string>;

/** Services that lead somewhere else than before, with everyone who can reach them now. */
export function destinationChanges(
  before: Repository,
  after: Repository,
  environment: string,
  access: Access,
  calendar: Calendar,
  causes: Causes,
): DestinationChange[] {
  const was = destinations(before, environment);
  const is = destinations(after, environment);
  return [...is.keys()].sort().flatMap((service) => {
    const [old, now] = [was.get(service), is.get(service)!];
    const fields = (['backend', 'protocol', 'virtualIp', 'connector'] as const).filter(
      (field) => old && old[field] !== now[field],
    );
    if (fields.length === 0) return [];
    const changes = fields.map((field) => ({ field, before: old![field], after: now[field] }));
    const reaching = reachers(access, service, calendar);
    return [
      {
        service,
        changes,
        ...reaching,
        ...machinesAmong(reaching.principals, [before, after]),
        causes: causes.of(environment, new Set(), [service], []),
      },
    ];
  });
}

/** Where each service of an environment leads. */
function destinations(repository: Repository, environment: string): Map<string, Destination> {
  const found = new Map<string, { backends: Set<string>; connectors: Set<string> }>();
  for (const [id, { value }] of repository.environments.get(environment)?.connectors ?? []) {
    for (const { service, backend } of value.services) {
      const known = found.get(service) ?? { backends: new Set(), connectors: new Set() };
      found.set(service, known);
      known.backends.add(backend);
      known.connectors.add(id);
    }
  }
  return new Map(
    [...found].flatMap(([id, { backends, connectors }]): [string, Destination][] => {
      const service = repository.services.get(id)?.value;
      if (!service) return [];
      const text = (set: Set<string>): string => [...set].sort().join(', ');
      const { protocol, virtualIp } = service;
      return [[id, { backend: text(backends), protocol, virtualIp, connector: text(connectors) }]];
    }),
  );
}
