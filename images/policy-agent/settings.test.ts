import * as assert from 'uvu/assert';
import { newSigner } from '../../tools/publish/testing/publisher.ts';
import { PROGRAMS } from '../../tools/terraform-checks/programs.ts';
import { suite } from '../../tools/testing/suite.ts';
import { settingsOf } from './settings.ts';

const test = suite('what a policy agent is told');
const { id, algorithm, publicKey } = newSigner();

/** As Terraform passes it. */
const PASSED = {
  ZTNA_ENVIRONMENT: 'lab',
  ZTNA_ACCOUNT: '111122223333',
  ZTNA_REGION: 'eu-central-1',
  ZTNA_EPOCH: '2',
  ZTNA_TRUSTED_KEYS: JSON.stringify([{ id, algorithm, publicKey }]),
  ZTNA_COMPONENT: 'connector/apps',
  ZTNA_MINIMUM_SEQUENCE: '17',
  ZTNA_OUT: '/run/ztna/enforce',
  ZTNA_STATE: '/var/lib/ztna',
  ZTNA_APPLIED_URL: 'http://127.0.0.1:9091/applied',
  ZTNA_HTTP: '127.0.0.1:9092',
};

test('is what Terraform passes, and no variable of it is left unread', () => {
  const { always, sometimes } = PROGRAMS['policy-agent']!;
  assert.equal(Object.keys(PASSED).sort(), [...always].sort());
  const read = new Set<string>();
  const passed = { ...PASSED, ...Object.fromEntries(sometimes.map((name) => [name, 'host-1'])) };
  settingsOf(
    new Proxy(passed, { get: (all, name: keyof typeof passed) => (read.add(name), all[name]) }),
    'host',
  );
  assert.equal(
    [...always, ...sometimes].filter((name) => !read.has(name)),
    [],
  );
});

test('says whose log, from where, and under which name it reports', () => {
  const { trusted, ...settings } = settingsOf(PASSED, 'ip-10-0-0-1.eu-central-1.compute.internal');
  assert.equal(settings, {
    identity: { environment: 'lab', account: '111122223333', region: 'eu-central-1', epoch: 2 },
    component: 'connector/apps',
    instance: 'ip-10-0-0-1.eu-central-1.compute.internal',
    out: '/run/ztna/enforce',
    state: '/var/lib/ztna',
    minimum: { epoch: 2, sequence: 17 },
    appliedUrl: 'http://127.0.0.1:9091/applied',
    http: { host: '127.0.0.1', port: 9092 },
  });
  assert.is(trusted.length, 1);
  assert.is(settingsOf({ ...PASSED, ZTNA_INSTANCE: 'named' }, 'host').instance, 'named');
  assert.is(settingsOf({ ...PASSED, ZTNA_MINIMUM_SEQUENCE: '0' }, 'host').minimum, undefined);
});

const OPTIONAL = ['ZTNA_MINIMUM_SEQUENCE', 'ZTNA_APPLIED_URL', 'ZTNA_HTTP'];

for (const name of Object.keys(PASSED).filter((one) => !OPTIONAL.includes(one)))
  test(`${name} is missed by its name`, () => {
    assert.throws(() => settingsOf({ ...PASSED, [name]: '' }, 'host'), new RegExp(`^${name} is not set`));
  });

for (const [name, value] of [
  ['ZTNA_EPOCH', '0'],
  ['ZTNA_EPOCH', '1e3'],
  ['ZTNA_MINIMUM_SEQUENCE', '-1'],
  ['ZTNA_COMPONENT', 'agent/alice'],
  ['ZTNA_INSTANCE', '-'],
  ['ZTNA_TRUSTED_KEYS', '[]'],
  ['ZTNA_TRUSTED_KEYS', '[{"id":"a"}]'],
  ['ZTNA_TRUSTED_KEYS', '{'],
  ['ZTNA_APPLIED_URL', '127.0.0.1:9091'],
  ['ZTNA_STORE', 'localhost'],
  ['ZTNA_HTTP', 'localhost'],
] as const)
  test(`${name} is not ${value}`, () =>
    assert.throws(
      () => settingsOf({ ...PASSED, [name]: value }, 'host'),
      (error: Error) => error.name === 'Fault',
    ));

test.run();
