import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import { entryName, headName } from '../contract/names.ts';
import { Fault } from '../contract/fault.ts';
import type { Hold } from '../contract/shapes.ts';
import { seal } from '../contract/log/dsse.ts';
import { canonicalBytes } from '../contract/log/canonical.ts';
import { assemble, type Bundle } from '../bundle/assemble.ts';
import { repositoryOf } from '../testing/repository.ts';
import { bundleOf, companyOf, IDENTITY, newSigner, NOON, publishing, trusting } from './testing/publisher.ts';
import { StoreFault } from '../store/fault.ts';
import { BrokenCall, faulty, memoryStore, type MemoryStore } from '../store/testing/memory-store.ts';
import { readLog } from '../store/log.ts';
import { fetchIndex, fetchPart } from '../store/part.ts';
import { heartbeat } from './append.ts';
import { rollback } from './append.ts';
import { publish } from './publish.ts';
import { stateMemory } from './state.ts';

const test = suite('publish');
const signer = newSigner();
const keys = trusting(signer);

/** The newest entry, all of whose parts can be fetched. */
async function newest(store: MemoryStore) {
  const { newest } = await readLog(store, IDENTITY, keys);
  if (!newest) return undefined;
  const index = await fetchIndex(store, newest.entry);
  assert.ok(index.ok);
  for (const reference of Object.values(index.value.components))
    assert.ok((await fetchPart(store, IDENTITY, reference)).ok);
  return { ...newest.entry, contents: index.value };
}

function logNames(store: MemoryStore): string[] {
  return [...store.values.keys()].filter((name) => name.includes('/log/'));
}

/** Counts the calls made through it. */
function counted(store: MemoryStore) {
  const calls = { reads: 0, writes: 0 };
  const watching = faulty(store, ({ operation, names }) => {
    if (operation === 'get' || operation === 'list') calls.reads += Math.ceil(names.length / 10);
    else calls.writes += 1;
    return undefined;
  });
  return { calls, store: watching };
}

test('a head that cannot be written once the entry is in force is a warning; the next publish writes it', async () => {
  const store = memoryStore();
  const full = {
    ...store,
    put: () => Promise.reject(new StoreFault('full', { operation: 'PutParameter', names: [], code: 'x' })),
  };
  for (const turn of ['entry', 'head only']) {
    const warnings: string[] = [];
    const warn = (text: string) => void warnings.push(text);
    const { executed } = await publish(publishing(full, signer, { warn }));
    assert.ok(executed, turn);
    assert.is((await newest(store))!.sequence, 1);
    assert.match(warnings.join(), /^entry 1 is in force, and the head does not say so yet: .*quota/);
  }
  await publish(publishing(store, signer));
  assert.is(store.values.get(headName(IDENTITY)), '1');
});

test('chunks that cannot be looked for once the entry is in force are a warning; an interrupted look is none', async () => {
  for (const kind of ['denied', 'aborted'] as const) {
    const store = memoryStore();
    await publish(publishing(store, signer));
    await publish(publishing(store, signer, { bundle: bundleOf('bob@example.com') }));
    const third = entryName(IDENTITY, 3);
    const fault = new StoreFault(kind, { operation: 'GetParameters', names: [], code: 'x' });
    // Chunks are read once more when the entry that names them again is there.
    const failing: typeof store = {
      ...store,
      get: (names) => (store.values.has(third) ? Promise.reject(fault) : store.get(names)),
    };
    const warnings: string[] = [];
    const options = publishing(failing, signer, { warn: (text) => void warnings.push(text) });
    const ended = await rollback({ ...options, to: 1 }).then(
      ({ executed }) => executed,
      (error: unknown) => error,
    );
    assert.is(ended, kind === 'aborted' ? fault : true);
    assert.is((await newest(store))!.sequence, 3);
    assert.is(store.values.get(headName(IDENTITY)), '3');
    if (kind === 'denied')
      assert.match(warnings.join(), /^entry 3 is in force, and chunks of it may be missing: .*GetParameters/);
  }
});

test('the first publish writes parts, index, entry 1 and head', async () => {
  const store = memoryStore();
  const { plan, executed, digest } = await publish(publishing(store, signer));
  assert.is(plan.action, 'publish');
  assert.ok(executed);
  const entry = (await newest(store))!;
  assert.is(entry.sequence, 1);
  assert.is(entry.previous, null);
  assert.is(entry.expiresAt, '2026-06-03T12:00:00.000Z');
  assert.is(store.values.get(headName(IDENTITY)), '1');
  assert.equal(Object.keys(entry.contents.components), ['connector/apps', 'intermediate/one']);
  assert.is((await readLog(store, IDENTITY, keys)).newest!.digest, digest);
});

test('unchanged content writes nothing', async () => {
  const store = memoryStore();
  await publish(publishing(store, signer));
  const before = new Map(store.values);
  const { plan } = await publish(publishing(store, signer, { now: () => 0, commit: 'b'.repeat(40) }));
  assert.is(plan.action, 'unchanged');
  assert.is(plan.calls.writes, 0);
  assert.equal(store.values, before);
});

test('a plan that is not executed writes nothing', async () => {
  const store = memoryStore();
  const { plan, executed } = await publish(publishing(store, signer, { execute: false }));
  assert.is(plan.action, 'publish');
  assert.not(executed);
  assert.is(store.values.size, 0);
});

test('a change reuses the parts that stay the same, and says who changes', async () => {
  const store = memoryStore();
  await publish(publishing(store, signer));
  const { plan } = await publish(publishing(store, signer, { bundle: bundleOf('bob@example.com') }));
  assert.equal(plan.changed, ['intermediate/one']);
  assert.equal(
    plan.parts.map(({ scope, state }) => `${scope} ${state}`),
    ['index new', 'connector/apps reused', 'intermediate new'],
  );
  const entry = (await newest(store))!;
  assert.is(entry.sequence, 2);
  assert.is(entry.previous, plan.newest!.digest);
});

test('reverting is a higher sequence with the parts of before, which are not written again', async () => {
  const store = memoryStore();
  await publish(publishing(store, signer));
  const first = (await newest(store))!;
  await publish(publishing(store, signer, { bundle: bundleOf('bob@example.com') }));
  const { plan } = await publish(publishing(store, signer));
  assert.is(plan.entry!.sequence, 3);
  assert.equal(plan.create, []);
  assert.equal((await newest(store))!.contents, first.contents);
});

test('the calls that a plan says are those that it makes', async () => {
  const inner = memoryStore();
  const planned = (await publish(publishing(inner, signer, { execute: false }))).plan.calls;
  const { calls, store } = counted(inner);
  await publish(publishing(store, signer));
  assert.equal({ ...calls, seconds: planned.seconds }, planned);
});

test('a crash at any call leaves the old entry or the new one in force, and a re-run completes', async () => {
  let crashes = 0;
  for (const kind of ['before', 'after'] as const) {
    for (let at = 1; ; at += 1) {
      const store = memoryStore();
      await publish(publishing(store, signer));
      const old = (await newest(store))!.index.content;
      let calls = 0;
      const broken = faulty(store, ({ index }) => ((calls = index), index === at ? kind : undefined));
      const change = { bundle: bundleOf('bob@example.com', 'carol@example.com') };
      const failure = await publish(publishing(broken, signer, change)).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (calls < at) {
        assert.is(failure, undefined);
        break;
      }
      crashes += 1;
      assert.instance(failure, BrokenCall);
      const between = (await newest(store))!;
      assert.ok(between.sequence === 2 || between.index.content === old);
      await publish(publishing(store, signer, change));
      const after = (await newest(store))!;
      assert.is(after.sequence, 2, `crash ${kind} call ${at}`);
      assert.not.equal(after.index.content, old);
      assert.is(store.values.get(headName(IDENTITY)), '2');
    }
  }
  assert.ok(crashes >= 16, `${crashes} crashes`);
});

test('of racing publishers exactly one wins each sequence, and all end well', async () => {
  for (let run = 0; run < 30; run += 1) {
    let seed = run;
    const turns = () => (seed = (seed * 16807 + 11) % 2147483647) % 5;
    const store = memoryStore(turns);
    const people = ['alice', 'bob', 'carol'];
    const results = await Promise.all(
      people.map((name) =>
        publish(publishing(store, signer, { bundle: bundleOf(`${name}@example.com`), reason: name })),
      ),
    );
    assert.ok(results.every(({ plan, executed }) => plan.action === 'publish' && executed));
    const sequences = results.map(({ plan }) => plan.entry!.sequence).sort();
    assert.equal(sequences, [1, 2, 3]);
    assert.is(logNames(store).length, 3);
    for (const { plan } of results) {
      const log = await readLog(store, IDENTITY, keys);
      assert.ok(log.newest!.entry.sequence === 3 && plan.entry!.reason);
    }
    let previous: string | null = null;
    for (const result of results.sort((a, b) => a.plan.entry!.sequence - b.plan.entry!.sequence)) {
      assert.is(result.plan.entry!.previous, previous);
      previous = result.digest!;
    }
  }
});

test('the loser of a race finds that the winner published the same, and adds nothing', async () => {
  const store = memoryStore();
  let raced = false;
  const late = faulty(store, () => undefined);
  const options = publishing(late, signer, {
    planned: () => undefined,
    progress: () => undefined,
  });
  const create = late.create;
  late.create = async (name, value) => {
    if (name.includes('/log/') && !raced) {
      raced = true;
      await publish(publishing(store, signer, { reason: 'the winner' }));
    }
    return create(name, value);
  };
  const { plan, attempts } = await publish(options);
  assert.is(plan.action, 'unchanged');
  assert.is(attempts, 2);
  assert.is((await newest(store))!.reason, 'the winner');
});

test('an entry created by an attempt whose answer was lost is taken as our own', async () => {
  const store = memoryStore();
  const doubled = {
    ...store,
    create: async (name: string, value: string) => {
      await store.create(name, value);
      return store.create(name, value);
    },
  };
  const { attempts, executed } = await publish(publishing(doubled, signer));
  assert.is(attempts, 1);
  assert.ok(executed);
  assert.is(store.values.get(headName(IDENTITY)), '1');
});

test('a head that is missing, absurd, behind or ahead changes nothing but the calls', async () => {
  for (const head of [undefined, 'NaN', '-1', '1', '999', '000000000002', '{"a":1}', '1e3']) {
    const store = memoryStore();
    await publish(publishing(store, signer));
    await publish(publishing(store, signer, { bundle: bundleOf('bob@example.com') }));
    if (head === undefined) store.values.delete(headName(IDENTITY));
    else store.values.set(headName(IDENTITY), head);
    const { plan } = await publish(publishing(store, signer));
    assert.is(plan.entry!.sequence, 3, `head ${head}`);
    assert.is(store.values.get(headName(IDENTITY)), '3');
  }
});

test('what is in the log and is no entry is passed over, and never overwritten', async () => {
  const store = memoryStore();
  await publish(publishing(store, signer));
  const stranger = newSigner('stranger');
  const own = (await readLog(store, IDENTITY, keys)).newest!.entry;
  const forged = await seal(canonicalBytes({ ...own, sequence: 2 }), stranger);
  store.values.set(entryName(IDENTITY, 2), forged);
  store.values.set(entryName(IDENTITY, 3), 'garbage');
  store.values.set(headName(IDENTITY), '3');
  const { plan } = await publish(publishing(store, signer, { bundle: bundleOf('bob@example.com') }));
  assert.is(plan.entry!.sequence, 4);
  assert.is(plan.entry!.previous, plan.newest!.digest);
  assert.is(plan.newest!.entry.sequence, 1);
  assert.is(plan.notes.length, 2);
  assert.is(store.values.get(entryName(IDENTITY, 2)), forged);
});

test('a commit that does not contain the newest entry is refused, unless forced', async () => {
  const store = memoryStore();
  await publish(publishing(store, signer, { commit: `${'c'.repeat(40)}-dirty`, dirtyAllowed: true }));
  const bundle = bundleOf('bob@example.com');
  const asked: string[] = [];
  for (const answer of [false, undefined]) {
    const contains = async (commit: string) => (asked.push(commit), answer);
    const { plan, executed } = await publish(publishing(store, signer, { bundle, contains }));
    assert.is(plan.action, 'refused');
    assert.not(executed);
    assert.match(plan.problem!, /commit cccccccccccc/);
  }
  assert.equal(asked, ['c'.repeat(40), 'c'.repeat(40)]);
  assert.is(logNames(store).length, 1);
  const forced = await publish(
    publishing(store, signer, { bundle, contains: async () => false, force: true }),
  );
  assert.is(forced.plan.entry!.sequence, 2);
});

test('where entries are and none is valid, nothing is appended, unless forced', async () => {
  const store = memoryStore();
  store.values.set(entryName(IDENTITY, 2), 'forged');
  const { plan } = await publish(publishing(store, signer));
  assert.match(plan.problem!, /none of them is valid/);
  assert.is((await publish(publishing(store, signer, { force: true }))).plan.entry!.sequence, 3);
});

test('a dirty working tree is refused where that is not allowed, even by force', async () => {
  const store = memoryStore();
  const commit = `${'c'.repeat(40)}-dirty`;
  const { plan } = await publish(publishing(store, signer, { commit, force: true }));
  assert.is(plan.action, 'refused');
  assert.match(plan.problem!, /working tree/);
});

test('a key that nobody trusts signs nothing', async () => {
  const store = memoryStore();
  const attempt = publish(publishing(store, signer, { trusted: trusting(newSigner('other')) }));
  await attempt.then(
    () => assert.unreachable(),
    (error: unknown) => assert.instance(error, Fault),
  );
  assert.is(store.values.size, 0);
});

test('a chunk with other bytes under its name is refused, whether it is there before or comes between', async () => {
  const clean = memoryStore();
  const { plan } = await publish(publishing(clean, signer));
  const { name } = plan.create[0]!;
  const before = memoryStore();
  before.values.set(name, 'AAAA');
  const result = await publish(publishing(before, signer));
  assert.is(result.plan.action, 'refused');
  assert.is(logNames(before).length, 0);

  const between = memoryStore();
  const create = between.create;
  between.create = async (created, value) => create(created, created === name ? 'AAAA' : value);
  await publish(publishing(between, signer)).then(
    () => assert.unreachable(),
    (error: unknown) => assert.match(String(error), /other bytes/),
  );
  assert.is(logNames(between).length, 0);
});

test('nothing is signed before all that was written can be read back', async () => {
  const store = memoryStore();
  let blind = 3;
  const get = store.get;
  store.get = async (names) => {
    const found = await get(names);
    if (names.some((name) => name.includes('/part/')) && found.size > 0 && blind-- > 0) return new Map();
    return found;
  };
  const { executed } = await publish(publishing(store, signer));
  assert.ok(executed);
  const lossy = memoryStore();
  lossy.create = async () => 'created';
  await publish(publishing(lossy, signer)).then(
    () => assert.unreachable(),
    (error: unknown) => assert.match(String(error), /is not there/),
  );
});

test('a chunk that was there before and is gone when the entry is signed stops the publish', async () => {
  const store = memoryStore();
  const { plan } = await publish(publishing(memoryStore(), signer, { execute: false }));
  const [old] = plan.create;
  store.values.set(old!.name, old!.value);
  const collecting = {
    ...signer,
    sign: (bytes: Uint8Array) => (store.values.delete(old!.name), signer.sign(bytes)),
  };
  await publish(publishing(store, collecting)).then(
    () => assert.unreachable(),
    (error: unknown) => assert.match(String(error), /is not there/),
  );
  assert.is(logNames(store).length, 0);
});

test('an entry that has expired is said, and left to a heartbeat', async () => {
  const store = memoryStore();
  await publish(publishing(store, signer));
  const late = () => NOON + 48 * 3_600_000;
  const { plan } = await publish(publishing(store, signer, { now: late }));
  assert.is(plan.action, 'unchanged');
  assert.match(plan.notes.join(), /entry 1 expired/);
});

test('parts that were lost are written anew', async () => {
  const store = memoryStore();
  await publish(publishing(store, signer));
  for (const name of [...store.values.keys()]) if (name.includes('/part/index/')) store.values.delete(name);
  const { plan } = await publish(publishing(store, signer));
  assert.is(plan.action, 'publish');
  assert.is((await newest(store))!.sequence, 2);
});

test('who words a reason keeps nothing back: it is cut to what an entry has room for', async () => {
  const store = memoryStore();
  const hold = {
    undone: 2,
    kept: 1,
    part: 'a'.repeat(64),
    reason: 'r'.repeat(48),
    since: '2026-06-01T12:00:00Z',
  };
  const { entry } = (await publish(publishing(store, signer, { execute: false }))).plan;
  const held = { ...entry!, holds: Array.from({ length: 8 }, () => hold), sequence: 1 };
  store.values.set(entryName(IDENTITY, 1), await seal(canonicalBytes(held), signer));
  const wide = [
    '\u{1F512}'.repeat(200),
    '\u6f22'.repeat(4000),
    '\u0001'.repeat(200),
    '"'.repeat(200),
    '',
    ' \n ',
  ];
  for (const [index, reason] of wide.entries()) {
    const { plan } = await publish(
      publishing(store, signer, { reason, bundle: bundleOf(`p${index}@example.com`) }),
    );
    assert.equal([plan.action, plan.problem], ['publish', undefined]);
    assert.equal(plan.entry!.holds.length, 8);
  }
  assert.is((await newest(store))!.reason, 'no reason given');
});

test('holds are carried on, forbid what they undo, and end with the revert', async () => {
  const store = memoryStore();
  const bad = bundleOf('alice@example.com', 'mallory@example.com');
  await publish(publishing(store, signer));
  await publish(publishing(store, signer, { bundle: bad }));
  const good = (await readLog(store, IDENTITY, keys)).newest!;
  const hold: Hold = { undone: 2, kept: 1, reason: 'mallory', since: '2026-06-01T12:00:00Z' };
  const first = await publish(publishing(store, signer, { execute: false }));
  const rollback = { ...first.plan.entry!, holds: [hold], previous: good.digest };
  store.values.set(entryName(IDENTITY, 3), await seal(canonicalBytes(rollback), signer));

  const again = await publish(publishing(store, signer, { bundle: bad }));
  assert.match(again.plan.problem!, /gives mallory@example\.com `web`, as entry 2 did.*mallory/);
  const mixed = bundleOf('alice@example.com', 'mallory@example.com', 'bob@example.com');
  const merged = await publish(publishing(store, signer, { bundle: mixed }));
  assert.match(merged.plan.problem!, /gives mallory@example\.com `web`/);
  const other = bundleOf('alice@example.com', 'bob@example.com');
  const unrelated = await publish(publishing(store, signer, { bundle: other, execute: false }));
  assert.is(unrelated.plan.action, 'publish');
  const reverted = await publish(publishing(store, signer));
  assert.is(reverted.plan.entry!.sequence, 4);
  assert.equal(reverted.plan.entry!.holds, []);
  const after = await publish(publishing(store, signer, { bundle: mixed }));
  assert.is(after.plan.action, 'publish');
});

test('a hold looks as far as the change that it undoes', async () => {
  const beginning = (start: string): Bundle => {
    const company = companyOf(['alice@example.com']);
    const [policy] = company.policies!;
    const who = { principals: ['mallory@example.com'] };
    const policies = [policy!, { ...policy!, id: 'later', who, when: { start } }];
    return assemble(repositoryOf({ ...company, policies }), 'lab');
  };
  const store = memoryStore();
  await publish(publishing(store, signer));
  await publish(publishing(store, signer, { bundle: beginning('2035-03-01T00:00:00Z') }));
  await rollback({ ...publishing(store, signer), to: 1 });
  const again = await publish(publishing(store, signer, { bundle: beginning('2040-03-01T00:00:00Z') }));
  assert.match(again.plan.problem!, /gives mallory@example\.com `web`/);
});

test('a job of before the change, run again, does not end the hold on it', async () => {
  const store = memoryStore();
  const bad = bundleOf('alice@example.com', 'mallory@example.com');
  const [first, second] = ['1'.repeat(40), '2'.repeat(40)];
  await publish(publishing(store, signer, { commit: first }));
  await publish(publishing(store, signer, { commit: second, bundle: bad }));
  await rollback({ ...publishing(store, signer), to: 1 });
  const again = { commit: first, contains: async (other: string) => (other === first ? true : undefined) };
  assert.is((await publish(publishing(store, signer, again))).plan.action, 'unchanged');
  const less = { ...again, bundle: bundleOf('bob@example.com') };
  assert.is((await publish(publishing(store, signer, less))).plan.entry!.holds.length, 1);
  const { plan } = await publish(publishing(store, signer, { bundle: bad }));
  assert.match(plan.problem!, /mallory/);
});

test('a hold on a refused part is against that part only, until it is released by force', async () => {
  const store = memoryStore();
  const bad = bundleOf('mallory@example.com');
  await publish(publishing(store, signer));
  const { plan } = await publish(publishing(store, signer, { bundle: bad }));
  const part = plan.parts.find(({ scope }) => scope === 'intermediate')!.part;
  const hold: Hold = { undone: 2, kept: 1, part, reason: 'crash', since: '2026-06-01T12:00:00Z' };
  const back = (await publish(publishing(store, signer, { execute: false }))).plan.entry!;
  store.values.set(entryName(IDENTITY, 3), await seal(canonicalBytes({ ...back, holds: [hold] }), signer));

  const again = await publish(publishing(store, signer, { bundle: bad }));
  assert.match(again.plan.problem!, /the part that was refused in entry 2/);
  const beat = await heartbeat(publishing(store, signer));
  assert.equal(beat.plan.entry!.holds, [hold]);
  const other = await publish(publishing(store, signer, { bundle: bundleOf('bob@example.com') }));
  assert.equal(other.plan.entry!.holds, [hold]);
  const forced = await publish(publishing(store, signer, { bundle: bad, force: true, reason: 'fixed' }));
  assert.equal(forced.plan.entry!.holds, []);
});

test("a commit's first line may be cut off in the middle of a character", async () => {
  const store = memoryStore();
  const reason = `${'x'.repeat(199)}\u{1f600}`.slice(0, 200);
  const { plan } = await publish(publishing(store, signer, { reason }));
  assert.equal([plan.action, plan.entry!.reason], ['publish', `${'x'.repeat(199)}\ufffd`]);
});

test('a step for some is refused where nobody can tell what the others have', async () => {
  const store = memoryStore();
  await publish(publishing(store, signer));
  for (const name of store.values.keys()) if (name.includes('/part/index/')) store.values.delete(name);
  const rest = { bundle: bundleOf('bob@example.com'), stage: new Set(['intermediate/one']) };
  const problem = await publish(publishing(store, signer, rest)).catch((error: unknown) => error);
  assert.instance(problem, Fault);
  assert.match((problem as Fault).message, /the index of entry 1 cannot be read/);
});

test('a step names what all had before it, by the entry that is the newest when it is appended', async () => {
  const store = memoryStore();
  await publish(publishing(store, signer));
  await publish(publishing(store, signer, { bundle: bundleOf('bob@example.com') }));
  const step = { bundle: bundleOf('carol@example.com'), stage: new Set(['intermediate/one']) };
  const { plan } = await publish(publishing(store, signer, step));
  assert.is(plan.entry!.base, 2);
  const other = await publish(publishing(store, signer, { ...step, bundle: bundleOf('eve@example.com') }));
  assert.is(other.plan.entry!.base, 2);
});

test('what is only to begin a log is refused where it has begun', async () => {
  const store = memoryStore();
  await publish(publishing(store, signer));
  const bundle = bundleOf('bob@example.com');
  const { plan } = await publish(publishing(store, signer, { bundle, first: true }));
  assert.match(`${plan.action}: ${plan.problem}`, /^refused: entry 1 has begun the log/);
});

test('acks that a command has listed count for a minute, and for as long as one delivery goes on', async () => {
  const [store, signer] = [memoryStore(), newSigner()];
  const memory = stateMemory();
  const listed = async (seconds: number, rest = {}): Promise<number> => {
    let lists = 0;
    const counting = { ...store, list: (path: string) => ((lists += 1), store.list(path)) };
    await publish(
      publishing(counting, signer, { memory, now: () => NOON + seconds * 1000, execute: false, ...rest }),
    );
    return lists;
  };
  await publish(publishing(store, signer));
  assert.is(await listed(0), 1);
  assert.is(await listed(59), 0);
  assert.is(await listed(60), 1);
  assert.is(await listed(3600, { acksCount: true }), 0);
  // A clock that went back says nothing of how old they are.
  assert.is(await listed(-60), 1);
  assert.is(await listed(-60, { memory: stateMemory(), acksCount: true }), 1);
});

test.run();
