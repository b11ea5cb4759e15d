import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { wrongIn } from './lock.ts';

const test = suite('terraform: what is kept of it beside the files');
const root = fileURLToPath(new URL('../../', import.meta.url));

const lock = (version: string, ...hashes: string[]): string =>
  `provider "registry.terraform.io/hashicorp/aws" {\n  version = "${version}"\n  hashes = [\n${hashes.map((one) => `    "${one}",`).join('\n')}\n  ]\n}\n`;
const FIVE = ['h1:a=', 'h1:b=', 'h1:c=', 'h1:d=', 'h1:e='];

test('a lock file has the version that is pinned, for each platform, with what the maker signed', () => {
  assert.equal(wrongIn(lock('6.25.0', ...FIVE, 'zh:0a'), '6.25.0'), []);
  assert.equal(wrongIn(undefined, '6.25.0'), ['is missing: npm run terraform:lock writes it']);
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

test.run();
