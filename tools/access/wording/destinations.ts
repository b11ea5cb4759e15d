import type { DestinationChange } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';
import type { Calendar } from '../solver/calendar.ts';
import type { Causes } from './causes.ts';
import type { Access } from '../model.ts';
import { reachers } from '../solver/reach.ts';
import { machinesAmong } from '../values/membership.ts';

/** Where a service leads, each fact as text. */
export type Destination = Record<'backend' | 'protocol' | 'virtualIp' | 'connector', string>;

/** What is known of an environment after a change, to say who reaches what leads elsewhere, and why it does. */
export interface DestinationContext {
  environment: string;
  access: Access;
  calendar: Calendar;
  causes: Causes;
  /** The repositories that say who are machines. */
  sides: readonly Repository[];
}

/** Services that lead somewhere else than before, with everyone who can reach them now. */
export function destinationChanges(
  was: ReadonlyMap<string, Destination>,
  is: ReadonlyMap<string, Destination>,
  { environment, access, calendar, causes, sides }: DestinationContext,
): DestinationChange[] {
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
        ...machinesAmong(reaching.principals, sides),
        causes: causes.of(environment, new Set(), [service], []),
      },
    ];
  });
}

/** Where each service of an environment leads. */
export function destinationsIn(repository: Repository, environment: string): Map<string, Destination> {
  const connectors = [...(repository.environments.get(environment)?.connectors ?? [])];
  return destinationsOf(
    connectors.map(([id, { value }]) => ({ id, services: value.services })),
    (id) => repository.services.get(id)?.value,
  );
}

/** Where each service leads, by the connectors that register it. @param serviceOf undefined for one that does not exist */
export function destinationsOf(
  connectors: readonly { id: string; services: readonly { service: string; backend: string }[] }[],
  serviceOf: (id: string) => { protocol: string; virtualIp: string } | undefined,
): Map<string, Destination> {
  const found = new Map<string, { backends: Set<string>; connectors: Set<string> }>();
  for (const { id, services } of connectors) {
    for (const { service, backend } of services) {
      const known = found.get(service) ?? { backends: new Set(), connectors: new Set() };
      found.set(service, known);
      known.backends.add(backend);
      known.connectors.add(id);
    }
  }
  return new Map(
    [...found].flatMap(([id, { backends, connectors }]): [string, Destination][] => {
      const service = serviceOf(id);
      if (!service) return [];
      const text = (set: Set<string>): string => [...set].sort().join(', ');
      const { protocol, virtualIp } = service;
      return [[id, { backend: text(backends), protocol, virtualIp, connector: text(connectors) }]];
    }),
  );
}
