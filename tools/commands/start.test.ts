import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import type { Enforcement } from '../contract/shapes.ts';
import { company, sizeOfFiles } from '../testing/company.ts';
import { filesOf, writeFiles } from '../testing/repository-files.ts';
import { runIn, startIn, type CliProcess } from '../testing/run-cli.ts';

// slow: it starts processes
const test = suite('commands: npm start, the real process');
const running = new Set<ChildProcess>();

/** A small company of its own, with `lab`. */
function newRepository(): string {
  const root = mkdtempSync(join(tmpdir(), 'ztna-start-'));
  const world = company(sizeOfFiles(40));
  writeFiles(
    root,
    filesOf({ ...world, environments: world.environments!.map((one) => ({ ...one, id: 'lab' })) }),
  );
  return root;
}

/** `npm start` in a folder. */
function start(root: string): CliProcess {
  const started = startIn(root, ['start']);
  running.add(started.child);
  return started;
}

function granted(root: string): string {
  const file = join(root, '.ztna/follow/lab/intermediate/one/enforcement.json');
  const { sequence, intermediate } = JSON.parse(readFileSync(file, 'utf8')) as Enforcement;
  return `${sequence}: ${intermediate!.classes.flatMap(({ grants }) => grants).length}`;
}

test('an edit comes into force, a broken one does not, and a second start resumes', async () => {
  const root = newRepository();
  const policy = join(root, 'policies/access/policy-1.yaml');
  const before = readFileSync(policy, 'utf8');
  const first = start(root);
  await first.says(/sequence 1 is in force on all \d+ components/);
  const atFirst = granted(root);

  writeFileSync(policy, before.replace('effect: allow', 'effect: deny'));
  await first.says(/lose `service-/);
  const told = await first.says(/sequence 2 is in force on all \d+ components, \d+ ms after/);
  assert.ok(Number(/(\d+) ms/.exec(told)![1]) < 5000, told);
  const afterEdit = granted(root);
  assert.ok(
    afterEdit.startsWith('2: ') && afterEdit.slice(3) !== atFirst.slice(3),
    `${atFirst} then ${afterEdit}`,
  );

  writeFileSync(policy, before.replace('effect: allow', 'effect: perhaps'));
  await first.says(/policy-1\.yaml:\d+:\d+ \S+ .*perhaps/);
  await first.says(/refused: what was in force stays in force/);
  assert.is(granted(root), afterEdit);

  writeFileSync(policy, before);
  await first.says(/gain `service-/);
  await first.says(/sequence 3 is in force/);
  assert.is(granted(root).slice(3), atFirst.slice(3));

  first.child.kill('SIGINT');
  assert.is(await first.ended, 0);
  assert.not.ok(existsSync(join(root, '.ztna/store/endpoint.json')), 'the store is left');

  const expired = before.replace(/\nwhat:/, '\nwhen: { expires: 2020-01-01T00:00:00Z }\nwhat:');
  writeFileSync(policy, expired);
  const meanwhile = start(root);
  // What changed while it did not run is told too, and what is worth saying of the files.
  await meanwhile.says(/policy-1\.yaml:\d+:\d+ \S+ /);
  await meanwhile.says(/lose `service-/);
  await meanwhile.says(/sequence 4 is in force/);
  writeFileSync(policy, before);
  await meanwhile.says(/sequence 5 is in force/);
  meanwhile.child.kill('SIGINT');
  assert.is(await meanwhile.ended, 0);

  const nobody = await runIn(root, ['start', '--as', 'no name!']);
  assert.equal([nobody.status, nobody.stdout], [2, '']);
  assert.match(nobody.stderr, /^no name! /);

  const second = start(root);
  await second.says(/sequence 5 says the same already/);
  await second.says(/sequence 5 is in force/);
  // What start published is the same company moved to this machine: that is no drift.
  const compared = await runIn(root, ['drift']);
  assert.is(compared.stdout, 'lab: git, the store and the components agree\n');
  assert.is(compared.status, 0);
  const third = start(root);
  await third.says(/already runs here/);
  assert.is(await third.ended, 2);
  second.child.kill('SIGINT');
  assert.is(await second.ended, 0);
  rmSync(root, { recursive: true, force: true });
});

test.after(() => running.forEach((child) => child.kill('SIGKILL')));

test.run();
