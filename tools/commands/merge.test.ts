import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { company, sizeOfFiles } from '../testing/company.ts';
import { filesOf, writeFiles } from '../testing/repository-files.ts';
import { newSigner } from '../publish/testing/publisher.ts';
import { suite } from '../testing/suite.ts';
import type { Command, Context } from './shared/command.ts';
import { history } from './history.ts';
import { keys } from './keys.ts';
import { merge } from './merge.ts';
import { publish } from './publish.ts';

// slow: it starts processes
const test = suite('commands: merge');
const folders: string[] = [];
test.after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const ENV = 'live';
const LOSSES = { env: [ENV], execute: true, losses: true, patience: '0.001' };

/** A repository whose first commit is published. */
async function newRepository(...others: string[]): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'ztna-merge-'));
  folders.push(root);
  const world = company(sizeOfFiles(20));
  const { id, algorithm, publicKey } = newSigner('release');
  world.environments![0]!.bundle.trustedKeys = [{ id, algorithm, publicKey }];
  const [first] = world.environments!;
  const zones = [{ id: 'eu-central-1a', public: '10.40.0.0/24', private: '10.40.1.0/24' }] as const;
  const network = { ...first!.network, cidr: '10.40.0.0/16', zones: [...zones] as [(typeof zones)[0]] };
  world.environments!.push(...others.map((id) => ({ ...first!, id, network })));
  writeFiles(root, filesOf(world));
  writeFileSync(join(root, '.gitignore'), '.ztna/\n');
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: root });
  commit(root);
  await run(root, keys, {}, 'init');
  for (const env of [ENV, ...others]) await run(root, publish, { env, execute: true });
  return root;
}

function commit(root: string): void {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  execFileSync('git', ['add', '.'], { cwd: root });
  execFileSync('git', [...who, 'commit', '-qm', 'A change'], { cwd: root });
}

function edit(root: string, change: (members: string) => string): void {
  const file = join(root, 'policies/groups/team-0.yaml');
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  commit(root);
}

async function run(root: string, command: Command, options: object = {}, ...words: string[]) {
  let out = '';
  const context: Context = {
    root,
    state: join(root, '.ztna'),
    now: () => new Date(),
    out: (text) => void (out += text),
    err: (text) => void (out += text),
    terminal: false,
    signal: new AbortController().signal,
    env: {},
  };
  return { status: await command.run({ arguments: words, options: { ...options } }, context), out };
}

async function entries(root: string): Promise<number> {
  const { environments } = JSON.parse((await run(root, history, { json: true })).out);
  return environments[0].entries.length;
}

const gain = (text: string): string => text.replace('members:', 'members:\n  - newcomer@example.com');

test('a plan says how long a ring is waited for, and what looking costs', async () => {
  const root = await newRepository();
  edit(root, gain);
  const { out } = await run(root, merge, { env: [ENV] });
  assert.match(
    out,
    /waited for up to 900 s, .*\n.*in all 5 writes and \d+ reads; beside them 3 reads for each look at all 0 live instances, every 2 s/,
  );
  assert.match((await run(root, merge, { env: [ENV], patience: '30' })).out, /waited for up to 30 s/);
});

test('with --losses, what gives access is left to the run that follows', async () => {
  const root = await newRepository();
  edit(root, gain);
  const { status, out } = await run(root, merge, LOSSES);
  assert.is(status, 0);
  assert.match(out, /live: it does not only take access away, and is left to the run that follows/);
  assert.is(await entries(root), 1);
});

test('with --losses, what only takes access away goes to everybody at once', async () => {
  const root = await newRepository();
  edit(root, gain);
  await run(root, publish, { env: ENV, execute: true });
  edit(root, (text) => text.replace('\n  - newcomer@example.com', ''));
  const { out } = await run(root, merge, LOSSES);
  assert.match(out, /it only takes access away: everybody gets it at once/);
  assert.is(await entries(root), 3);
});

test('what is newly revoked is refused at once, whatever else the change brings', async () => {
  const root = await newRepository();
  edit(root, gain);
  const file = join(root, 'policies/revoked.yaml');
  const certificate = `  - { fingerprint: "${'a1'.repeat(32)}", reason: stolen, date: "2026-06-01" }\n`;
  writeFileSync(file, `certificates:\n${certificate}`);
  commit(root);
  const { status, out } = await run(root, merge, LOSSES);
  assert.is(status, 0);
  assert.match(out, /live: entry 2 revokes on every component[\s\S]*left to the run that follows/);
  assert.is(await entries(root), 2);
  assert.not.match((await run(root, merge, LOSSES)).out, /revokes/);
});

test('a loss in one environment waits for no other, whatever becomes of it there', async () => {
  const root = await newRepository('second');
  edit(root, gain);
  for (const env of [ENV, 'second']) await run(root, publish, { env, execute: true });
  edit(root, (text) => text.replace('\n  - newcomer@example.com', ''));
  const { status, out } = await run(root, merge, { ...LOSSES, env: [ENV, 'second'] });
  assert.is(status, 1);
  // Nobody follows here: each is told to be silent, and each has got it, at the same time.
  const late = /entry 3 is not enforced yet by .*; none refused it, and everybody else has it/;
  for (const env of ['live', 'second']) assert.match(out, new RegExp(`^${env}: ${late.source}`, 'm'));
});

test.run();
