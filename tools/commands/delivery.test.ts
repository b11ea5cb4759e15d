import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import {
  type Convergence,
  type Status,
  validateBundleIndex,
  validateDifference,
  validateEnforcement,
  validateHistory,
  validatePart,
  validatePublishPlan,
  validateStatus,
} from '../contract/shapes.ts';
import { company, sizeOfFiles } from '../testing/company.ts';
import { filesOf, writeFiles } from '../testing/repository-files.ts';
import { newSigner } from '../publish/testing/publisher.ts';
import { Fault, faultText } from '../contract/fault.ts';
import type { Command, Context, OptionValues } from './shared/command.ts';
import { drift } from './drift.ts';
import { follow } from './follow.ts';
import { forget } from './forget.ts';
import { heartbeat } from './heartbeat.ts';
import { history } from './history.ts';
import { keys } from './keys.ts';
import { merge } from './merge.ts';
import { publish } from './publish.ts';
import { release } from './release.ts';
import { render } from './render.ts';
import { rollback } from './rollback.ts';
import { status } from './status.ts';

// slow: it starts processes
const test = suite('commands: delivery');
const folders: string[] = [];
test.after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const ENV = 'live';
const FOLLOWED = 'intermediate/one';

/** A repository with a company, committed. */
function newRepository(): string {
  const root = mkdtempSync(join(tmpdir(), 'ztna-delivery-'));
  folders.push(root);
  const world = company(sizeOfFiles(20));
  const { id, algorithm, publicKey } = newSigner('release');
  world.environments![0]!.bundle.trustedKeys = [{ id, algorithm, publicKey }];
  writeFiles(root, filesOf(world));
  writeFileSync(join(root, '.gitignore'), '.ztna/\nout/\n');
  git(root, 'init', '-q', '-b', 'main');
  commit(root, 'The first company');
  return root;
}

function git(root: string, ...words: string[]): string {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...words], { cwd: root, encoding: 'utf8' }).trim();
}

function commit(root: string, subject: string): void {
  git(root, 'add', '.');
  git(root, 'commit', '-qm', subject);
}

/** Changes what one policy is about. */
function edit(root: string, subject = 'An edit'): void {
  const file = join(root, 'policies/groups/team-0.yaml');
  writeFileSync(
    file,
    `${readFileSync(file, 'utf8')}`.replace('members:', `members:\n  - x${subject.length}@example.com`),
  );
}

/** Runs a command; a refusal is its status, with its words. */
const run = (root: string, command: Command, options: OptionValues = {}, ...words: string[]) =>
  runUntil(NEVER, root, command, options, ...words);

const NEVER = new AbortController().signal;

async function runUntil(
  signal: AbortSignal,
  root: string,
  command: Command,
  options: OptionValues,
  ...words: string[]
) {
  const written = { out: '', err: '' };
  const context: Context = {
    root,
    state: join(root, '.ztna'),
    now: () => new Date(),
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    terminal: false,
    signal,
    env: {},
  };
  try {
    return { status: await command.run({ arguments: words, options }, context), ...written };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...written, status: error.status, err: `${written.err}${faultText(error)}` };
  }
}

test('from a key to convergence, one command after another', async () => {
  const root = newRepository();
  const init = await run(root, keys, {}, 'init');
  assert.is(init.status, 0);
  assert.match(init.out, /^ {4}- id: local\n {6}algorithm: ed25519\n {6}publicKey: [A-Za-z0-9+/=]+\n$/);
  assert.is((await run(root, keys, {}, 'show')).out, init.out);

  const planned = JSON.parse((await run(root, publish, { env: ENV, json: true })).out);
  assert.ok(validatePublishPlan(planned));
  assert.equal([planned.action, planned.executed, planned.reason], ['publish', false, 'The first company']);
  assert.is((await run(root, history, { env: ENV })).out, `${ENV}, epoch 1: nothing was published yet\n`);

  const done = JSON.parse((await run(root, publish, { env: ENV, json: true, execute: true })).out);
  assert.ok(validatePublishPlan(done) && done.executed);
  const before = JSON.parse((await run(root, status, { json: true })).out);
  assert.ok(validateStatus(before));
  assert.ok(before.environments[0]!.components.every(({ state }) => state === 'silent'));

  for (const component of before.environments[0]!.components.map(({ component }) => component)) {
    const out = join(root, 'out', component);
    const followed = await run(root, follow, { env: ENV, component, out, once: true });
    assert.is(followed.status, 0, followed.out);
    assert.ok(validateEnforcement(JSON.parse(readFileSync(join(out, 'enforcement.json'), 'utf8'))));
  }
  const after = JSON.parse((await run(root, status, { env: ENV, json: true })).out);
  assert.ok(after.environments[0].converged);
  assert.match((await run(root, status)).out, /converged: every component enforces it/);
  const listed = JSON.parse((await run(root, history, { json: true })).out);
  assert.ok(validateHistory(listed));
  assert.equal(
    [listed.environments[0]!.entries.length, listed.environments[0]!.entries[0]!.key],
    [1, 'local'],
  );

  const again = await run(root, publish, { env: ENV, execute: true });
  assert.match(again.out, /nothing to publish/);
});

test('a working tree with changes is published as such, and an older commit is refused', async () => {
  const root = newRepository();
  await run(root, keys, {}, 'init');
  edit(root);
  const dirty = JSON.parse((await run(root, publish, { env: ENV, json: true, execute: true })).out);
  assert.match(dirty.commit, /-dirty$/);
  assert.is(dirty.reason, 'working tree');
  commit(root, 'Second');
  edit(root, 'more of it');
  commit(root, 'Third');
  assert.match((await run(root, publish, { env: ENV, execute: true })).out, /entry 2 is published/);
  git(root, 'checkout', '-q', 'HEAD~1');
  const older = await run(root, publish, { env: ENV, execute: true });
  assert.is(older.status, 2);
  assert.match(older.out, /refused: entry 2 was built from commit .* does not contain/);
  assert.match((await run(root, publish, { env: ENV, execute: true, force: true })).err, /why by force/);
  const forced = await run(root, publish, { env: ENV, execute: true, force: true, reason: 'rollback' });
  assert.match(forced.out, /entry 3 is published/);
});

test('who gains and who loses is said before anything changes, and afterwards of files that no commit holds', async () => {
  const root = newRepository();
  await run(root, keys, {}, 'init');
  const first = await run(root, publish, { env: ENV, execute: true });
  assert.match(first.out, /^live: [^\n]* gain access$/m);
  assert.not.match(first.out, /^ {2}\+/m);
  edit(root, 'ab');
  const gain = /^live: 1 person gains access\n {2}\+ x2@example\.com gains `/m;
  const planned = await run(root, publish, { env: ENV });
  assert.match(planned.out, gain);
  assert.match((await run(root, merge, { env: [ENV] })).out, gain);
  const json = JSON.parse((await run(root, publish, { env: ENV, json: true, execute: true })).out);
  assert.ok(validatePublishPlan(json));
  assert.equal(
    json.difference?.gains.map(({ principals }) => principals),
    [['x2@example.com']],
  );

  // Nothing of it was committed: the parts are in the store.
  const range = { env: ENV, difference: '1..2' };
  assert.match((await run(root, history, range)).out, gain);
  const between = JSON.parse((await run(root, history, { ...range, json: true })).out);
  assert.ok(validateDifference(between));
  assert.match(between.after, /-dirty$/);

  const back = { env: ENV, to: '1', now: true, reason: 'Not he', execute: true };
  assert.match(
    (await run(root, rollback, back)).out,
    /^live: 1 person loses access\n {2}- x2@example\.com loses `/m,
  );
  const lifted = await run(root, release, { env: ENV, hold: '2', reason: 'He may' });
  assert.match(lifted.out, /^live: nobody gains or loses access$/m);
  assert.match(
    lifted.out,
    /^once what was on hold is published again:\nlive: 1 person gains access\n {2}\+ x2@/m,
  );
});

test('what has errors is not published, and says so with its place', async () => {
  const root = newRepository();
  await run(root, keys, {}, 'init');
  const file = 'policies/groups/team-0.yaml';
  writeFileSync(
    join(root, file),
    readFileSync(join(root, file), 'utf8').replace('owner: platform', 'owner: nobody'),
  );
  const refused = await run(root, publish, { env: ENV, execute: true });
  assert.is(refused.status, 1);
  assert.match(refused.err, new RegExp(`${file}:\\d+:\\d+ .*nobody`));
  assert.not(existsSync(join(root, '.ztna', 'store')));
});

test('what is rendered is what would be published and enforced', async () => {
  const root = newRepository();
  const out = join(root, 'out', 'rendered');
  assert.is((await run(root, render, { env: ENV, out })).status, 0);
  const read = (path: string) => JSON.parse(readFileSync(join(out, path), 'utf8'));
  assert.ok(validateBundleIndex(read('index.json')));
  assert.ok(validatePart(read('parts/intermediate.json')));
  assert.ok(validateEnforcement(read(`enforcement/${FOLLOWED}.json`)));
  const parts = readdirSync(join(out, 'parts/connector'));
  assert.ok(parts.length > 0);
  writeFileSync(join(out, 'parts/connector/stale.json'), '{}');
  await run(root, render, { env: ENV, out });
  assert.equal(readdirSync(join(out, 'parts/connector')), parts);
  const elsewhere = await run(root, render, { env: ENV, out: root });
  assert.is(elsewhere.status, 2);
  assert.ok(existsSync(join(root, 'policies')));
});

test('who follows for a component that no file makes is told which there are', async () => {
  const root = newRepository();
  await run(root, keys, {}, 'init');
  await run(root, publish, { env: ENV, execute: true });
  const as = (component: string) =>
    run(root, follow, { env: ENV, component, out: join(root, 'out'), once: true });
  const { status: code, err } = await as('connector/nowhere');
  assert.is(code, 1);
  assert.match(err, /note: no file makes connector\/nowhere a component of \S+; there are: .*intermediate\//);
  assert.not.match((await as(FOLLOWED)).err, /note:/);
});

test('an instance that is gone and trusts no new key is not in its way for ever', async () => {
  const root = newRepository();
  const file = join(root, 'environments', ENV, 'environment.yaml');
  await run(root, keys, {}, 'init');
  await run(root, publish, { env: ENV, execute: true });
  const out = join(root, 'out');
  await run(root, follow, { env: ENV, component: FOLLOWED, out, instance: 'gone', once: true });
  await run(root, keys, { name: 'next' }, 'init');
  const next = (await run(root, keys, { name: 'next' }, 'show')).out;
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^( *)trustedKeys:\n/m, `$&${next}`));
  const beat = { env: ENV, key: 'next', execute: true };
  const refused = await run(root, heartbeat, beat);
  assert.is(refused.status, 2);
  assert.match(refused.out, /gone does not trust the signing key yet.*--force --reason/s);
  assert.match((await run(root, heartbeat, { ...beat, force: true })).err, /why by force/);
  for (const { options } of [heartbeat, rollback, release])
    assert.ok(options!.some(({ flags }) => flags === '--force'));
  const forced = await run(root, heartbeat, { ...beat, force: true, reason: 'the old key was stolen' });
  assert.match(forced.out, /entry 2 is published/);
});

test('two instances of a component keep what they know apart, and --state says where', async () => {
  const root = newRepository();
  await run(root, keys, {}, 'init');
  await run(root, publish, { env: ENV, execute: true });
  const start = (instance: string, more = {}) =>
    run(root, follow, {
      env: ENV,
      component: FOLLOWED,
      out: join(root, 'out', instance),
      instance,
      once: true,
      ...more,
    });
  await start('first');
  await start('second');
  const home = join(root, '.ztna/follow', ENV, FOLLOWED);
  assert.equal(readdirSync(home).sort(), ['first', 'second']);
  const state = join(root, 'kept');
  await start('third', { state });
  assert.equal(readdirSync(home).sort(), ['first', 'second']);
  assert.equal(readdirSync(state), readdirSync(join(home, 'first')));
});

test('an instance that is gone for good is forgotten by name, with a reason, and nothing waits for it', async () => {
  const root = newRepository();
  await run(root, keys, {}, 'init');
  await run(root, publish, { env: ENV, execute: true });
  const states = async () =>
    JSON.parse((await run(root, status, { env: ENV, json: true })).out).environments[0] as Convergence;
  for (const { component } of (await states()).components) {
    const out = join(root, 'out', component);
    for (const instance of component === FOLLOWED ? ['dead', 'alive'] : ['alive'])
      await run(root, follow, { env: ENV, component, out: join(out, instance), instance, once: true });
  }
  edit(root);
  commit(root, 'Second');
  await run(root, publish, { env: ENV, execute: true });
  for (const { component } of (await states()).components)
    await run(root, follow, {
      env: ENV,
      component,
      out: join(root, 'out', component, 'alive'),
      instance: 'alive',
      once: true,
    });
  assert.not((await states()).converged);
  const dead = `${FOLLOWED}/dead`;
  const why = { env: ENV, reason: 'the host burnt down' };
  assert.match((await run(root, forget, { env: ENV }, dead)).err, /why is it gone\?/);
  assert.match((await run(root, forget, why, FOLLOWED)).err, /is no instance/);
  const unknown = await run(root, forget, why, `${FOLLOWED}/daed`);
  assert.equal([unknown.status, /these have: .*one\/alive, .*one\/dead/.test(unknown.err)], [2, true]);
  const planned = await run(root, forget, why, dead);
  assert.match(
    planned.out,
    /dead is live.*\n.*if it still runs it may enforce entry 1, reports again.*\n.*add: --execute/,
  );
  assert.not((await states()).converged);
  const done = JSON.parse((await run(root, forget, { ...why, execute: true, json: true }, dead)).out);
  assert.equal([done.executed, done.reason, done.ack.instance], [true, 'the host burnt down', 'dead']);
  assert.ok((await states()).converged);
  assert.is((await run(root, drift, { env: ENV })).status, 0);
});

test('of each delivery in force a record is kept, whichever command made it', async () => {
  const root = newRepository();
  await run(root, keys, {}, 'init');
  const found = async () =>
    (JSON.parse((await run(root, status, { env: ENV, json: true })).out) as Status).environments[0]!;
  const followAll = async () => {
    for (const { component } of (await found()).components)
      await run(root, follow, { env: ENV, component, out: join(root, 'out', component), once: true });
  };
  const counts = async () => {
    const { deliveries } = await found();
    return [deliveries!.deliveries, deliveries!.revocations];
  };
  /** What a command came to that waits, while instances follow. */
  const waited = async (work: ReturnType<typeof run>) => {
    let ended = false;
    void work.finally(() => (ended = true));
    while (!ended) {
      await followAll();
      await setTimeout(100);
    }
    return work;
  };
  await run(root, publish, { env: ENV, execute: true });
  await followAll();
  assert.equal(await counts(), [0, 0]);
  // A heartbeat is no delivery, and nobody waits for it.
  await run(root, heartbeat, { env: ENV, execute: true });
  await followAll();
  assert.equal(await counts(), [0, 0]);

  edit(root);
  commit(root, 'Second');
  const asked = { env: ENV, execute: true, wait: true };
  const second = await waited(run(root, publish, asked));
  assert.is(second.status, 0, second.err);
  assert.match(second.err, /live: all: every live instance enforces entry 3/);
  assert.equal(await counts(), [1, 0]);
  const back = { ...asked, to: '1', now: true, reason: 'Not he' };
  assert.is((await waited(run(root, rollback, back))).status, 0);
  assert.equal(await counts(), [2, 1]);
  assert.is((await waited(run(root, release, { ...asked, hold: '3', reason: 'He may' }))).status, 0);
  // Nobody's access changes by it; it is of the log none the less, and says since when what it wants is in force.
  assert.equal(await counts(), [3, 1]);
});

test('who is interrupted while following says that it stops', async () => {
  const root = newRepository();
  await run(root, keys, {}, 'init');
  await run(root, publish, { env: ENV, execute: true });
  const interrupted = new AbortController();
  const out = join(root, 'out');
  const following = runUntil(interrupted.signal, root, follow, {
    env: ENV,
    component: FOLLOWED,
    out,
  });
  const seen = async () => {
    const { environments } = JSON.parse((await run(root, status, { env: ENV, json: true })).out) as Status;
    return environments[0]!.components.find(({ component }) => component === FOLLOWED)!.instances[0]?.state;
  };
  while ((await seen()) !== 'enforcing') await setTimeout(50);
  interrupted.abort();
  assert.is((await following).status, 0);
  assert.is(await seen(), 'stopped');
});

test('what was typed wrongly is told in a sentence', async () => {
  const root = newRepository();
  const wrong: [Command, Record<string, unknown>, string[], RegExp][] = [
    [publish, {}, [], /which environment\? add --env, one of: live/],
    [publish, { env: 'nope' }, [], /no environment nope; use one of: live/],
    [publish, { env: ENV }, [], /no signing key .*local\.pem; make one with: npx ztna keys init/],
    [keys, {}, ['burn'], /no action burn/],
    [keys, {}, ['show'], /no key local/],
    [keys, { name: '../x' }, ['init'], /not a name/],
    [follow, { env: ENV, component: 'x', out: 'out' }, [], /x is not a component/],
    [follow, { env: ENV, component: FOLLOWED, out: 'out', instance: '-' }, [], /not a name for an instance/],
    [follow, { env: ENV, component: FOLLOWED, out: 'out', appliedUrl: 'x' }, [], /not a URL/],
    [status, { env: 'nope' }, [], /no environment nope/],
  ];
  for (const [command, options, words, pattern] of wrong) {
    const { status: code, err } = await run(root, command, options, ...words);
    assert.is(code, 2);
    assert.match(err, pattern);
  }
});

test('files outside any git repository can be tried in the embedded store', async () => {
  const root = newRepository();
  rmSync(join(root, '.git'), { recursive: true });
  await run(root, keys, {}, 'init');
  const published = await run(root, publish, { env: ENV, execute: true });
  assert.match(published.out, /entry 1 is published/);
});

test.run();
