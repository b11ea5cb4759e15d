import * as sdk from '@aws-sdk/client-ssm';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { missingParameters } from './existing.ts';
import { MOTO, MOTO_CREDENTIALS, startMoto, WITHOUT_MOTO } from './testing/moto.ts';

const test = suite("store: which parameters exist, by moto's server");

async function besides(): Promise<void> {
  const moto = await startMoto();
  const place = { region: 'eu-central-1', endpoint: moto.endpoint, credentials: MOTO_CREDENTIALS };
  const client = new sdk.SSMClient(place);
  const names = Array.from({ length: 120 }, (_, index) => `/ztna-secret/lab/connector/c${index}/tls`);
  const there = names.filter((_, index) => index % 3 !== 0);
  try {
    for (const Name of there)
      await client.send(new sdk.PutParameterCommand({ Name, Value: 'x', Type: 'SecureString' }));
    const missing = await missingParameters(names, { ...place, rates: 'none' });
    assert.equal(
      missing,
      names.filter((_, index) => index % 3 === 0),
    );
  } finally {
    client.destroy();
    await moto.close();
  }
}

if (MOTO) test('those that nobody stored, among more than one call takes', besides);
else test.skip('those that nobody stored', WITHOUT_MOTO);

test.run();
