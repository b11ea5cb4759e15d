import { Fault } from '../../tools/contract/fault.ts';
import { type HostPlaces, placesIn } from '../../tools/local/places.ts';
import { type ListenAddress, listenAddress } from '../../tools/serve/address.ts';

/** Who may read the files of one component's folder, as numbers of users. */
export const USERS = { server: 10_001, agent: 10_002, group: 10_000 };

/** What the store of a deployment on one host is told. */
export interface Settings {
  /** The folder with `policies/` and `environments/`. */
  repository: string;
  /** Which environment; default: the first that a merge delivers. */
  environment?: string;
  /** Where it answers for its health, and where as Parameter Store. */
  health: ListenAddress;
  store: ListenAddress;
  /** The host names under which policy agents ask it. */
  names: readonly string[];
  /** Its data and its signing key. */
  state: string;
  /** Where each component's folder is: secrets, and what its policy agent writes. */
  components: string;
  /** Where the intermediates are, and the backend that every service leads to. */
  places: HostPlaces;
  /** Whose certificate the agent gets. */
  principal?: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Reads the settings. @throws Fault for the first variable that is missing or wrong */
export function settingsOf(variables: Variables): Settings {
  const needed = (name: string): string => {
    const value = variables[name];
    if (value) return value;
    throw new Fault(`${name} is not set`, 'compose.yaml says what the embedded store is told');
  };
  const { ZTNA_ENVIRONMENT: environment, ZTNA_PRINCIPAL: principal } = variables;
  return {
    repository: needed('ZTNA_REPOSITORY'),
    health: listenAddress('ZTNA_HTTP', variables['ZTNA_HTTP'] || '8080'),
    store: listenAddress('ZTNA_STORE', variables['ZTNA_STORE'] || '4566'),
    names: (variables['ZTNA_STORE_NAMES'] || 'store').split(','),
    state: needed('ZTNA_STATE'),
    components: needed('ZTNA_COMPONENTS'),
    places: placesIn(variables),
    ...(environment && { environment }),
    ...(principal && { principal }),
  };
}
