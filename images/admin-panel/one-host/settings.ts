import { readFileSync } from 'node:fs';
import { type PublicKey, trustIn } from '../../../tools/contract/log/dsse.ts';
import { Fault } from '../../../tools/contract/fault.ts';
import type { LocalPlaces } from '../../../tools/local/localize.ts';
import { placesIn } from '../../../tools/local/places.ts';
import { listenAddress, type ListenAddress } from '../../../tools/serve/address.ts';
import { machineAddress } from './machine.ts';

/** What the panel of a deployment on one host is told: compose.yaml sets it. */
export interface HostSettings {
  environment: string;
  listen: ListenAddress;
  /** The folder with `policies/` and `environments/`. */
  repository: string;
  /** Where the embedded store answers, and the keys that its entries are believed by. */
  endpoint: string;
  trusted: PublicKey[];
  /** Where things are that the YAML has elsewhere. */
  places: LocalPlaces;
  /** The address of the machine that runs it, on the container's network. */
  machine: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Whether a panel without sign-in is asked for. That is given for the embedded store alone: whoever is on its network reads
 * it anyway, and it is nobody's in production.
 * @throws Fault where the variables do not agree about it
 */
export function isWithoutSignIn({ ZTNA_SIGN_IN: signIn, ZTNA_STORE: endpoint }: Variables): boolean {
  if (signIn && signIn !== 'none')
    throw new Fault(
      `ZTNA_SIGN_IN is \`${signIn}\``,
      'write none, or leave it out behind a load balancer that signs people in',
    );
  if (signIn && !endpoint)
    throw new Fault(
      'ZTNA_SIGN_IN is none, and ZTNA_STORE names no embedded store',
      'leave ZTNA_SIGN_IN out: what AWS keeps is shown to those alone whom a load balancer signed in',
    );
  if (endpoint && !signIn)
    throw new Fault(
      'ZTNA_STORE is set, and ZTNA_SIGN_IN is not',
      'write ZTNA_SIGN_IN: none, or take ZTNA_STORE out',
    );
  return signIn === 'none';
}

/** Reads the variables. @throws Fault that names the first which is missing or wrong */
export function hostSettingsIn(variables: Variables): HostSettings {
  const needed = (name: string): string => {
    const value = variables[name];
    if (value) return value;
    throw new Fault(`${name} is not set`, 'compose.yaml says what the panel is told');
  };
  const text = (name: string): string => textOf(name, needed(name));
  const endpoint = needed('ZTNA_STORE');
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint))
    throw new Fault(`ZTNA_STORE is ${JSON.stringify(endpoint)}`, 'write http://host:port');
  return {
    environment: needed('ZTNA_ENVIRONMENT'),
    listen: listenAddress('ZTNA_HTTP', needed('ZTNA_HTTP')),
    repository: needed('ZTNA_REPOSITORY'),
    endpoint,
    trusted: trustIn(text('ZTNA_TRUSTED_KEYS_FILE')),
    places: { authority: text('ZTNA_CLIENT_CAS'), ...placesIn(variables) },
    machine: variables['ZTNA_MACHINE'] || machineAddress(),
  };
}

function textOf(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Fault(`${name} cannot be read: ${(error as Error).message}`, 'name a file that is there');
  }
}
