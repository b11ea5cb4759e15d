import * as assert from 'uvu/assert';
import { Fault } from '../contract/fault.ts';
import { suite } from '../testing/suite.ts';
import { deviceIn } from './facts.ts';
import { createAuthority, issue } from './issue.ts';

const test = suite('certificates: what one says of its device');

test('what is written into a certificate is read from it; other names are none of a device', async () => {
  const validity = { from: new Date(), until: new Date(Date.now() + 86_400_000) };
  const authority = await createAuthority('Test', validity);
  const device = new Map([
    ['managed', 'true'],
    ['os', 'macos'],
  ]);
  const { certificate, key } = await issue(
    authority,
    { kind: 'principal', principal: 'alice@example.com', device },
    validity,
  );
  assert.equal(deviceIn(certificate + key), device);
  assert.equal(deviceIn(authority.certificate), new Map());
  assert.throws(
    () => deviceIn('no certificate'),
    (error: unknown) => error instanceof Fault,
  );
});

test.run();
