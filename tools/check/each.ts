import type { Connector, Environment, Policy, Registration, Service } from '../contract/shapes.ts';
import { Selector } from '../access/values/selector.ts';
import type { RepositoryFile, Path, Repository } from '../load/repository.ts';

/** Makes something of a repository once, however many rules want it. */
export function once<T>(make: (repository: Repository) => T): (repository: Repository) => T {
  const made = new WeakMap<Repository, T>();
  return (repository) => {
    if (!made.has(repository)) made.set(repository, make(repository));
    return made.get(repository)!;
  };
}

/** One connector with the environment it is in. */
export interface ConnectorIn {
  environment: RepositoryFile<Environment>;
  file: RepositoryFile<Connector>;
}

/** Every connector of every environment. */
export function* connectorsOf({ environments }: Repository): Iterable<ConnectorIn> {
  for (const environment of environments.values())
    for (const file of environment.connectors.values()) yield { environment, file };
}

/** One line of a connector's `services`. */
export interface RegistrationIn extends ConnectorIn {
  registration: Registration;
  path: Path;
  /** Undefined where no service has that id. */
  service: Service | undefined;
}

/** Every registration of every connector. */
export const registrationsOf = once((repository): readonly RegistrationIn[] => [
  ...registrations(repository),
]);

function* registrations(repository: Repository): Iterable<RegistrationIn> {
  for (const { environment, file } of connectorsOf(repository)) {
    for (const [index, registration] of file.value.services.entries()) {
      const service = repository.services.get(registration.service)?.value;
      yield { environment, file, registration, path: ['services', index], service };
    }
  }
}

/** The ids of the environments in which a policy holds, those that exist. */
export function environmentsOf({ environments }: Repository, policy: Policy): string[] {
  return [...environments.keys()].filter((id) => policy.environments?.includes(id) ?? true);
}

/** Finds services among all of a repository, also those that no connector registers. */
export const selectorOf = once(
  ({ services }) => new Selector([...services.values()].map(({ value }) => value)),
);

/** For each service that some connector registers, the environments that have it. */
export const registeredIn = once((repository): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  for (const { environment, registration } of registrationsOf(repository)) {
    if (!found.has(registration.service)) found.set(registration.service, new Set());
    found.get(registration.service)!.add(environment.value.id);
  }
  return found;
});
