/** What the company does every day, and now and then: no tool and no test of a tool is touched by it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { validateEnvironments, validatePullRequest, type PullRequest } from '../contract/shapes.ts';
import { loadWorkingTree } from '../load/load.ts';
import { givenOf, listingOf } from '../terraform/listing/listing.ts';
import { copyMiniature } from '../testing/miniature.ts';
import { runIn, type CliResult } from '../testing/run-cli.ts';
import { writeFiles } from '../testing/repository-files.ts';
import { suite } from '../testing/suite.ts';

// slow: it starts processes
const test = suite<{ root: string }>('everyday changes of a company');
const here = fileURLToPath(new URL('../../', import.meta.url));

test.before.each(async (context) => {
  context.root = mkdtempSync(join(tmpdir(), 'ztna-everyday-'));
  copyMiniature(context.root);
  await done(context.root, 'codeowners');
  writeFileSync(join(context.root, '.gitignore'), '.ztna/\n');
  git(context.root, 'init', '-q', '-b', 'main');
  commit(context.root, 'The company');
});

test.after.each(({ root }) => rmSync(root, { recursive: true, force: true }));

function git(root: string, ...words: string[]): string {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...words], { cwd: root, encoding: 'utf8' }).trim();
}

function commit(root: string, subject: string): void {
  git(root, 'add', '.');
  git(root, 'commit', '-qm', subject);
}

/** Runs a command that must end with 0. */
async function done(root: string, ...words: string[]): Promise<CliResult> {
  const ended = await runIn(root, words);
  assert.is(ended.status, 0, `${words.join(' ')}: ${ended.stdout}${ended.stderr}`);
  return ended;
}

function edit(root: string, file: string, change: (text: string) => string): void {
  const before = readFileSync(join(root, file), 'utf8');
  const after = change(before);
  assert.is.not(after, before, file);
  writeFileSync(join(root, file), after);
}

/** The format that the required test asks of every file. */
function isFormatted(root: string): void {
  const prettier = join(here, 'node_modules/prettier/bin/prettier.cjs');
  const config = join(here, '.prettierrc.json');
  execFileSync(process.execPath, [prettier, '--config', config, '--check', 'policies', 'environments'], {
    cwd: root,
  });
}

const CONNECTOR = `id: harbour
description: The rack at the harbour
owner: support
runs: external
services:
  - { service: voice, backend: "192.0.2.33" }
`;

test('a person leaves, and a connector is added', async ({ root }) => {
  git(root, 'switch', '-qc', 'proposal');
  edit(root, 'policies/groups/backend.yaml', (text) => text.replace('  - amara@example.com\n', ''));
  edit(root, 'policies/tests/working-hours.yaml', (text) =>
    text.replace(/ {2}- principal: amara@example\.com\n {4}denied: web-app\n {4}port: 9000\n( {4}.*\n)*/, ''),
  );
  edit(root, 'policies/tests/working-hours.yaml', (text) => text.replaceAll('amara@', 'bruno@'));
  writeFiles(root, new Map([['environments/lab/connectors/harbour.yaml', CONNECTOR]]));
  isFormatted(root);
  await done(root, 'validate');
  assert.is((await done(root, 'codeowners')).stdout, 'CODEOWNERS is up to date\n');
  commit(root, 'Amara leaves; a connector at the harbour');
  assert.equal(git(root, 'diff', '--name-only', 'main').split('\n'), [
    'environments/lab/connectors/harbour.yaml',
    'policies/groups/backend.yaml',
    'policies/tests/working-hours.yaml',
  ]);

  const { stdout } = await runIn(root, ['pull-request', '--base', 'main', '--head', 'proposal', '--json']);
  const report: PullRequest = JSON.parse(stdout);
  assert.ok(validatePullRequest(report), JSON.stringify(validatePullRequest.errors));
  assert.equal(
    report.statuses.filter(({ state }) => state !== 'success').map(({ context }) => context),
    ['policy/guardrails'],
    'all but the reviews that the change needs',
  );
  const asked = new Set(report.objections.map(({ needs }) => needs));
  assert.not(asked.has('security'), 'nobody who answers for the tools is asked');
});

test('an environment more is a folder more', async ({ root }) => {
  const live = readFileSync(join(root, 'environments/live/environment.yaml'), 'utf8');
  const text = live
    .replace(/^id: live$/m, 'id: harbour')
    .replace(/^after: .*$/m, 'after: [live]')
    .replace('account: "111122223333"', 'account: "222233334444"')
    .replaceAll('10.30.', '10.40.')
    .replace(/^rings:\n( {2}.*\n)*/m, 'rings: []\n');
  writeFiles(
    root,
    new Map([
      ['environments/harbour/environment.yaml', text],
      ['environments/harbour/connectors/rack.yaml', CONNECTOR.replace('id: harbour', 'id: rack')],
    ]),
  );
  isFormatted(root);
  await done(root, 'validate');
  assert.is((await done(root, 'codeowners')).stdout, 'CODEOWNERS is up to date\n');

  const output = join(root, '.git', 'output');
  writeFileSync(output, '');
  const ended = await runIn(root, ['environments', '--json'], { GITHUB_OUTPUT: output });
  const listed = JSON.parse(ended.stdout);
  assert.ok(validateEnvironments(listed), JSON.stringify(validateEnvironments.errors));
  assert.equal(listed.environments, [
    { id: 'lab', after: [], production: false, wave: 1 },
    { id: 'live', after: ['lab'], production: true, wave: 2 },
    { id: 'harbour', after: ['live'], production: true, wave: 3 },
  ]);
  const handed = new Map(
    readFileSync(output, 'utf8')
      .trimEnd()
      .split('\n')
      .map((one) => one.split('=', 2) as [string, string]),
  );
  assert.is(handed.get('ids'), '["lab","live","harbour"]');
  assert.is(handed.get('waves'), '[["lab"],["live"],["harbour"]]');
  // An account has a registry of its own, which the new folder's is among.
  assert.is(JSON.parse(handed.get('registries')!).length, 3);

  const setup = (await done(root, 'github', 'setup')).stdout;
  for (const role of ['plan', 'apply', 'publish', 'collect'])
    assert.match(setup, `AWS_ROLE_ARN=arn:aws:iam::222233334444:role/ztna/ztna-harbour-${role}\n`);
  await done(root, 'keys', 'init');
  const merge = (await done(root, 'merge', '--json')).stdout.trim().split('\n');
  assert.equal(
    merge.map((one) => JSON.parse(one).environment),
    ['lab', 'live', 'harbour'],
    'a merge delivers it last',
  );
  const { repository } = await loadWorkingTree(root);
  const lines = listingOf(givenOf(repository, repository.environments.get('harbour')!));
  assert.ok(lines.some(({ subject }) => subject === 'connector/rack'));
});

test.run();
