import type { Connector, Environment } from '../contract/shapes.ts';
import type { LoadedEnvironment, Repository, RepositoryFile } from '../load/repository.ts';

/** Where things are on one machine that the YAML has elsewhere. */
export interface LocalPlaces {
  /** The certificate of the authority that signs everything here, as PEM. */
  authority: string;
  /** The host name and UDP port of each intermediate, by id. */
  intermediates: ReadonlyMap<string, { address: string; port: number }>;
  /** Where every service leads: `host:port`. */
  backend: string;
}

/**
 * The same company with one environment moved elsewhere: who reaches what stays as it is, intermediates are where the
 * places say, every service leads to the test backend, and clients are accepted that this machine's authority signed.
 * @param repository one without errors
 */
export function localized(repository: Repository, environment: string, places: LocalPlaces): Repository {
  const loaded = repository.environments.get(environment);
  if (!loaded) return repository;
  const moved = withValue(loaded, localEnvironment(loaded.value, places)) as LoadedEnvironment;
  const connectors = new Map(
    [...loaded.connectors].map(([id, file]) => [id, withValue(file, localConnector(file.value, places))]),
  );
  const environments = new Map(repository.environments).set(
    environment,
    Object.assign(moved, { connectors }),
  );
  return { ...repository, environments };
}

function localEnvironment(value: Environment, { authority, intermediates }: LocalPlaces): Environment {
  return {
    ...value,
    clientCas: [{ id: 'this-machine', certificate: authority }],
    intermediates: value.intermediates.map((one) => ({
      ...one,
      ...intermediates.get(one.id),
    })) as Environment['intermediates'],
  };
}

function localConnector(value: Connector, { backend }: LocalPlaces): Connector {
  return { ...value, services: value.services.map((one) => ({ ...one, backend })) };
}

/** The file with another value in it; places stay those of what was written. */
function withValue<T>(file: RepositoryFile<T>, value: T): RepositoryFile<T> {
  return { ...file, value, place: (path, target) => file.place(path, target) };
}
