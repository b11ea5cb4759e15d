import { generateKeyPairSync, sign } from 'node:crypto';
import { assemble, type Bundle } from '../../bundle/assemble.ts';
import { type Algorithm, type PublicKey, type Signer, trust } from '../../contract/log/dsse.ts';
import type { LogIdentity } from '../../contract/log/entry.ts';
import type { Connector } from '../../contract/shapes.ts';
import type { PublishOptions } from '../publish.ts';
import type { ParameterStore } from '../../store/store.ts';
import { environmentWith, repositoryOf, type RepositoryValues } from '../../testing/repository.ts';

/** The log that `publishing` writes to. */
export const IDENTITY: LogIdentity = {
  environment: 'lab',
  account: '111122223333',
  region: 'eu-central-1',
  epoch: 1,
};

/** An instant for tests: noon on a working day. */
export const NOON = Date.parse('2026-06-01T12:00:00Z');

/** A new key that signs, in memory. */
export function newSigner(id = 'test', algorithm: Algorithm = 'ed25519'): Signer {
  const { privateKey, publicKey } =
    algorithm === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    id,
    algorithm,
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    sign: async (bytes) => sign(algorithm === 'ed25519' ? null : 'sha256', bytes, privateKey),
  };
}

/** The keys that a follower of these signers trusts. */
export function trusting(...signers: Signer[]): PublicKey[] {
  return trust(signers.map(({ id, algorithm, publicKey }) => ({ id, algorithm, publicKey })));
}

/** The same with so many connectors; each serves what the first one does, or what it is given. */
export function withConnectors(
  company: RepositoryValues,
  many: number,
  rest: Partial<Connector> = {},
): RepositoryValues {
  const [environment] = company.environments!;
  const [first] = environment!.connectors!;
  environment!.connectors = Array.from({ length: many }, (_, index): Connector => ({
    ...first!,
    id: `c-${index}`,
    ...rest,
  }));
  return company;
}

/** A company in which these principals, and nobody else, reach the web application. */
export function companyOf(members: readonly string[]): RepositoryValues {
  return {
    services: [
      {
        id: 'web',
        description: 'web',
        owner: 'platform',
        protocol: 'tcp',
        ports: [443, '8000-8002'],
        virtualIp: '10.100.0.2',
      },
    ],
    groups: [{ id: 'staff', description: 'staff', owner: 'platform', members: [...members] }],
    policies: [
      {
        id: 'staff-web',
        description: 'staff',
        owner: 'platform',
        effect: 'allow',
        who: { groups: ['staff'] },
        what: { services: ['web'] },
      },
    ],
    environments: [environmentWith('lab', ['web'])],
  };
}

/** The bundle of that company's environment. */
export function bundleOf(...members: string[]): Bundle {
  return assemble(repositoryOf(companyOf(members)), 'lab');
}

/** Options to publish a bundle with, all said. */
export function publishing(
  store: ParameterStore,
  signer: Signer,
  rest: Partial<PublishOptions> = {},
): PublishOptions {
  return {
    store,
    signer,
    trusted: trusting(signer),
    identity: IDENTITY,
    bundle: bundleOf('alice@example.com'),
    commit: 'a'.repeat(40),
    dirtyAllowed: false,
    contains: async () => true,
    lifetimeHours: 48,
    reason: 'test',
    now: () => NOON,
    execute: true,
    clock: { now: () => 0, sleep: async () => {} },
    ...rest,
  };
}
