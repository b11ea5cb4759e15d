import { readFileSync } from 'node:fs';
import { instanceOf, verifyComponent, verifyInstance } from '../../tools/contract/component.ts';
import { type PublicKey, trustIn } from '../../tools/contract/log/dsse.ts';
import type { LogIdentity, LogPosition } from '../../tools/contract/log/entry.ts';
import { Fault } from '../../tools/contract/fault.ts';
import { type ListenAddress, listenAddress } from '../../tools/serve/address.ts';

/** What a policy agent is told. */
export interface Settings {
  identity: LogIdentity;
  component: string;
  instance: string;
  trusted: readonly PublicKey[];
  /** Where `enforcement.json` is written for the component. */
  out: string;
  /** Where it keeps what it has verified; nobody else writes there. */
  state: string;
  /** The component's `/applied`; without it the file is only checked here. */
  appliedUrl?: string;
  /** Where it answers `/healthz` and `/readyz`; without it, nowhere. */
  http?: ListenAddress;
  /** What the deployment demands at least, for a start without state. */
  minimum?: LogPosition;
  /** The address of an embedded store, in place of Parameter Store. */
  endpoint?: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads what Terraform passes.
 * @param host the name of the machine, under which it reports unless told another
 * @throws Fault for the first variable that is missing or wrong
 */
export function settingsOf(variables: Variables, host: string): Settings {
  const needed = (name: string): string => {
    const value = variables[name];
    if (value) return value;
    throw new Fault(`${name} is not set`, 'docs/infrastructure.md says what a policy agent is told');
  };
  const epoch = positive('ZTNA_EPOCH', needed('ZTNA_EPOCH'));
  const { ZTNA_APPLIED_URL: appliedUrl, ZTNA_STORE: endpoint, ZTNA_TRUSTED_KEYS_FILE: file } = variables;
  const sequence = positive('ZTNA_MINIMUM_SEQUENCE', variables['ZTNA_MINIMUM_SEQUENCE'] || '0', 0);
  return {
    identity: {
      environment: needed('ZTNA_ENVIRONMENT'),
      account: needed('ZTNA_ACCOUNT'),
      region: needed('ZTNA_REGION'),
      epoch,
    },
    component: verifyComponent(needed('ZTNA_COMPONENT')),
    instance: verifyInstance(variables['ZTNA_INSTANCE'] || instanceOf(host)),
    trusted: trustIn(file ? textOf(file) : needed('ZTNA_TRUSTED_KEYS')),
    out: needed('ZTNA_OUT'),
    state: needed('ZTNA_STATE'),
    ...(sequence > 0 && { minimum: { epoch, sequence } }),
    ...(appliedUrl && { appliedUrl: url('ZTNA_APPLIED_URL', appliedUrl) }),
    ...(endpoint && { endpoint: url('ZTNA_STORE', endpoint) }),
    ...(variables['ZTNA_HTTP'] && { http: listenAddress('ZTNA_HTTP', variables['ZTNA_HTTP']) }),
  };
}

function positive(name: string, text: string, least = 1): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number;
  throw new Fault(`${name} is ${JSON.stringify(text)}`, `write a whole number from ${least}`);
}

function url(name: string, text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new Fault(`${name} is ${JSON.stringify(text)}`, 'write http://host:port and a path');
}

/** The text of a file, for what is too long or not known yet where variables are written. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Fault(
      `ZTNA_TRUSTED_KEYS_FILE cannot be read: ${(error as Error).message}`,
      'name a file with the keys',
    );
  }
}
