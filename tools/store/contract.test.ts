import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as sdk from '@aws-sdk/client-ssm';
import { startStore } from '../devstore/server.ts';
import { contract } from './testing/contract.ts';
import { EMBEDDED_CREDENTIALS, ssmStore } from './ssm.ts';

contract('store: contract, embedded store', '/contract', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'store-'));
  const server = await startStore({ folder });
  const place = { region: 'eu-central-1', endpoint: server.endpoint, credentials: EMBEDDED_CREDENTIALS };
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
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
});
