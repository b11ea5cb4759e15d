import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { readProvider } from './schema.ts';
import { findProgram } from './stub/program.ts';
import { wrongIn, wrongLocks, writeLocks } from '../terraform/locks.ts';

const test = suite('terraform: what is kept of it beside the files');
const root = fileURLToPath(new URL('../../', import.meta.url));

const lock = (version: string, ...hashes: string[]): string =>
  `provider "registry.terraform.io/hashicorp/aws" {\n  version = "${version}"\n  hashes = [\n${hashes.map((one) => `    "${one}",`).join('\n')}\n  ]\n}\n`;
const FIVE = ['h1:a=', 'h1:b=', 'h1:c=', 'h1:d=', 'h1:e='];

test('a lock file has the version that is pinned, for each platform, with what the maker signed', () => {
  assert.equal(wrongIn(lock('6.25.0', ...FIVE, 'zh:0a'), '6.25.0'), []);
  assert.equal(wrongIn(undefined, '6.25.0'), ['is missing']);
  assert.equal(wrongIn('# nothing\n', '6.25.0'), ['does not lock hashicorp/aws']);
  assert.equal(wrongIn(lock('6.24.0', ...FIVE), '6.25.0'), [
    'locks 6.24.0, and not 6.25.0',
    'has no checksum that the maker of the provider signed',
  ]);
  assert.equal(wrongIn(lock('6.25.0', 'h1:a=', 'zh:0a'), '6.25.0'), ['has not the checksums of 5 platforms']);
});

test('state, plans and values of variables cannot be committed by chance, and a lock file can', () => {
  const folder = 'terraform/stacks/environment';
  const kept = ['.terraform.lock.hcl', 'main.tf'];
  const left = [
    'terraform.tfstate',
    'terraform.tfstate.backup',
    'a.tfvars',
    'a.auto.tfvars.json',
    'x.tfplan',
  ];
  // In a repository of its own: a copy of the tools is in none.
  const own = mkdtempSync(join(tmpdir(), 'ztna-ignored-'));
  try {
    spawnSync('git', ['init', '-q'], { cwd: own });
    copyFileSync(join(root, '.gitignore'), join(own, '.gitignore'));
    const ignored = (name: string): boolean =>
      spawnSync('git', ['check-ignore', '--no-index', '-q', `${folder}/${name}`], { cwd: own }).status === 0;
    assert.equal([...left, ...kept].filter(ignored), left);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
});

// Terraform takes the checksums of a release's files, and starts none of them: any file will do.
if (findProgram()) {
  test('from a fresh clone the file of each stack is written, for each platform', async () => {
    const own = mkdtempSync(join(tmpdir(), 'ztna-locks-'));
    try {
      cpSync(join(root, 'terraform'), join(own, 'terraform'), {
        recursive: true,
        filter: (path) => !path.endsWith('.terraform') && !path.endsWith('.terraform.lock.hcl'),
      });
      assert.equal(wrongLocks(own).length, 2);
      const { version } = readProvider();
      const mirror = join(own, 'mirror');
      for (const platform of [
        'linux_amd64',
        'linux_arm64',
        'darwin_amd64',
        'darwin_arm64',
        'windows_amd64',
      ]) {
        const folder = join(mirror, 'registry.terraform.io/hashicorp/aws', version, platform);
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, `terraform-provider-aws_v${version}_x5`), platform);
      }
      const { signal } = new AbortController();
      const env = { ...process.env, CHECKPOINT_DISABLE: '1', TF_CLI_CONFIG_FILE: '/dev/null' };
      await writeLocks({ root: own, state: join(own, '.ztna'), env, tell: () => {}, signal, mirror });
      // Of a mirror nobody knows what the maker signed, and that is all that is missing.
      const signed = 'has no checksum that the maker of the provider signed';
      assert.equal(
        wrongLocks(own).map(({ path, reasons }) => [path, ...reasons]),
        ['account', 'environment'].map((stack) => [`terraform/stacks/${stack}/.terraform.lock.hcl`, signed]),
      );
    } finally {
      rmSync(own, { recursive: true, force: true });
    }
  });
} else test.skip('the file of each stack is written', 'neither terraform nor tofu is on the path');

test.run();
