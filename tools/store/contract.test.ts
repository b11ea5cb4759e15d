import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as sdk from '@aws-sdk/client-ssm';
import { MOTO, MOTO_CREDENTIALS, startMoto, WITHOUT_MOTO } from './testing/moto.ts';
import { suite } from '../testing/suite.ts';
import { startStore } from './embedded/server.ts';
import { EMBEDDED_CREDENTIALS, ssmStore } from './ssm.ts';
import { contract, MOTO_DEVIATIONS } from './testing/contract.ts';
import type { StoreUnderTest } from './testing/promises.ts';

/** A server that speaks SSM's protocol, as the suite wants it: through the official client. */
function subject(
  endpoint: string,
  credentials: typeof EMBEDDED_CREDENTIALS,
  closeServer: () => Promise<void>,
): StoreUnderTest {
  const place = { region: 'eu-central-1', endpoint, credentials };
  const store = ssmStore({ ...place, rates: 'none' });
  const client = new sdk.SSMClient({ ...place, maxAttempts: 1 });
  const commands = sdk as unknown as Record<string, new (input: object) => never>;
  return {
    store,
    raw(operation, input) {
      const Command = commands[`${operation}Command`];
      if (!Command) throw new TypeError(`the official client has no ${operation}Command`);
      return client.send(new Command(input)) as Promise<unknown> as Promise<Record<string, unknown>>;
    },
    async close() {
      store.close();
      client.destroy();
      await closeServer();
    },
  };
}

contract('store: contract, embedded store', '/contract', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'store-'));
  const server = await startStore({ folder });
  return subject(server.endpoint, EMBEDDED_CREDENTIALS, async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
});

const MOTO_SUITE = "store: contract, moto's server";

if (MOTO) {
  contract(
    MOTO_SUITE,
    '/contract',
    async () => {
      const moto = await startMoto();
      return subject(moto.endpoint, MOTO_CREDENTIALS, () => moto.close());
    },
    MOTO_DEVIATIONS,
  );
} else {
  const test = suite(MOTO_SUITE);
  test.skip('the same promises', WITHOUT_MOTO);
  test.run();
}
