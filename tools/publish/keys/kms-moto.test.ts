import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import * as assert from 'uvu/assert';
import { seal, trust, unseal } from '../../contract/log/dsse.ts';
import { MOTO, MOTO_CREDENTIALS, startMoto, WITHOUT_MOTO } from '../../store/testing/moto.ts';
import { suite } from '../../testing/suite.ts';
import { kmsSigner } from './kms.ts';

const test = suite("publish: a key that moto's KMS holds");

if (MOTO) {
  test('an ECC P-256 key seals what a follower that trusts it opens', async () => {
    const moto = await startMoto();
    process.env['AWS_ACCESS_KEY_ID'] = MOTO_CREDENTIALS.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = MOTO_CREDENTIALS.secretAccessKey;
    const place = { region: 'eu-central-1', endpoint: moto.endpoint };
    const client = new KMSClient(place);
    const made = await client.send(
      new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
    );
    const signer = await kmsSigner(`kms:${made.KeyMetadata!.KeyId}`, place);
    const { algorithm, publicKey } = signer;
    const payload = Buffer.from('{}');
    const opened = unseal(await seal(payload, signer), trust([{ id: 'publisher', algorithm, publicKey }]));
    client.destroy();
    await moto.close();
    assert.ok(opened.ok);
  });
} else {
  test.skip('an ECC P-256 key seals what a follower opens', WITHOUT_MOTO);
}

test.run();
