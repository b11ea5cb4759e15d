import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { applyAccount, isHalfApplied } from './account.ts';

const test = suite("terraform: the account's stack, from before there is a bucket for its state");

const ENVIRONMENT = { account: '111122223333', region: 'eu-central-1' };

/**
 * In place of Terraform: it notes what it is told and where the state is then; what it applies in a file it writes there, and
 * it moves no state while `no-bucket` is beside it.
 */
const FAKE = `#!${process.execPath}
const { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const words = process.argv.slice(2);
const override = existsSync('bootstrap_override.tf') && readFileSync('bootstrap_override.tf', 'utf8');
const file = override && JSON.parse(/path = (.*)/.exec(override)[1]);
if (words[0] !== 'version') appendFileSync(__dirname + '/told', [words[0], file ? 'in a file' : 'in the bucket', ...words.filter((one) => /^-(migrate|reconfigure)/.test(one))].join(' ') + '\\n');
if (words[0] === 'apply' && file) writeFileSync(file, '{}');
const data = process.env.TF_DATA_DIR;
if (words.includes('-migrate-state') && existsSync(__dirname + '/no-bucket')) { console.error('it does not answer'); process.exit(1); }
if (words[0] === 'init') {
  mkdirSync(data, { recursive: true });
  writeFileSync(data + '/terraform.tfstate', JSON.stringify({ backend: { type: file ? 'local' : 's3' } }));
}
`;

/** The repository, and where programs are. */
interface Place {
  root: string;
  state: string;
  environment: typeof ENVIRONMENT;
  bin: string;
}

async function inRepository(
  work: (told: () => string[], apply: (begun: boolean) => Promise<void>, place: Place) => Promise<void>,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'ztna-account-'));
  const bin = join(root, 'bin');
  try {
    mkdirSync(join(root, 'terraform/stacks/account'), { recursive: true });
    mkdirSync(bin);
    writeFileSync(join(bin, 'terraform'), FAKE);
    chmodSync(join(bin, 'terraform'), 0o755);
    const told = (): string[] => {
      const lines = readFileSync(join(bin, 'told'), 'utf8').trim().split('\n');
      rmSync(join(bin, 'told'));
      return lines;
    };
    const { signal } = new AbortController();
    const place = { root, state: join(root, '.ztna'), environment: ENVIRONMENT, env: { PATH: bin } };
    const apply = (begun: boolean): Promise<void> =>
      applyAccount({ ...place, tell: () => {}, signal, begun });
    await work(told, apply, { ...place, bin });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const FIRST = ['init in a file', 'apply in a file', 'init in the bucket -migrate-state'];

test('the state is in a file first, then in the bucket that it makes, and from then on there', () =>
  inRepository(async (told, apply) => {
    await apply(false);
    assert.equal(told(), FIRST);
    await apply(true);
    assert.equal(told(), ['init in the bucket -reconfigure', 'apply in the bucket']);
  }));

test('a first time that ends before the state is in the bucket goes on with the state that is here', () =>
  inRepository(async (told, apply, { bin, ...place }) => {
    writeFileSync(join(bin, 'no-bucket'), '');
    assert.match(await apply(false).then(() => '', String), /terraform init failed/);
    assert.equal(told(), FIRST);
    assert.ok(isHalfApplied(place));
    // The keys are there by now; what says so says nothing of the state.
    assert.match(await apply(true).then(() => '', String), /terraform init failed/);
    assert.equal(told(), FIRST);
    rmSync(join(bin, 'no-bucket'));
    await apply(true);
    assert.equal(told(), FIRST);
    assert.not.ok(isHalfApplied(place));
    assert.not.ok(existsSync(join(bin, '../terraform/stacks/account/bootstrap_override.tf')));
    await apply(true);
    assert.equal(told(), ['init in the bucket -reconfigure', 'apply in the bucket']);
  }));

test.run();
