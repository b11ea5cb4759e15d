import * as assert from 'uvu/assert';
import { seal } from '../contract/log/dsse.ts';
import { canonicalBytes } from '../contract/log/canonical.ts';
import { entryName } from '../contract/names.ts';
import { memoryStore } from '../store/testing/memory-store.ts';
import { readLog } from '../store/log.ts';
import { suite } from '../testing/suite.ts';
import { heartbeat, release, rollback } from './append.ts';
import { MOST_HOLDS } from './holds.ts';
import { publish, type PublishOptions } from './publish.ts';
import { bundleOf, IDENTITY, newSigner, publishing, trusting } from './testing/publisher.ts';

const test = suite('publish: holds');
const signer = newSigner();
const keys = trusting(signer);
const FIRST = '1'.repeat(40);
const BAD = '2'.repeat(40);
/** A clone that has everything. */
const ANY = { contains: async () => true };
const bundle = (...names: string[]) => bundleOf(...names.map((name) => `${name}@example.com`));

/** A log whose entries have these people, one after the other, the first of which is of a commit of its own. */
async function logOf(...people: string[][]) {
  const store = memoryStore();
  const options = (rest: Partial<PublishOptions> = {}): PublishOptions =>
    publishing(store, signer, {
      // The commit of what is held is not in this clone: no revert ends a hold.
      contains: async (other) => other !== BAD || undefined,
      ...rest,
    });
  const put = (names: readonly string[], rest: Partial<PublishOptions> = {}) =>
    publish(options({ bundle: bundle(...names), ...rest }));
  for (const [index, names] of people.entries())
    await put(names, { ...ANY, commit: index === 0 ? FIRST : BAD });
  const newest = async () => (await readLog(store, IDENTITY, keys)).newest!.entry;
  const holds = async () => (await newest()).holds.map(({ undone, kept }) => `${undone} over ${kept}`);
  const back = (to: number, rest: Partial<PublishOptions> = {}) => rollback({ ...options(rest), to });
  return { store, options, put, newest, holds, back };
}

test('back to 1 and forward to 2 do not contradict each other', async () => {
  const { back, put, holds } = await logOf(['alice'], ['alice', 'mallory']);
  await back(1);
  assert.equal(await holds(), ['2 over 1']);
  const { plan } = await back(2);
  assert.equal(await holds(), []);
  assert.equal(plan.notes, ['the hold on entry 2 ends: entry 2 contains its change']);
  assert.is((await put(['alice', 'mallory'], ANY)).plan.action, 'unchanged');
  assert.is((await put(['alice'], ANY)).plan.action, 'publish');
});

test('forward to what has a part of a change leaves the rest of it on hold', async () => {
  const { back, put, holds } = await logOf(['alice'], ['alice', 'bob'], ['alice', 'bob', 'mallory']);
  await back(1);
  assert.equal(await holds(), ['3 over 1']);
  await back(2);
  assert.equal(await holds(), ['3 over 2']);
  assert.match((await put(['alice', 'bob', 'mallory'], ANY)).plan.problem!, /gives mallory@example\.com/);
  assert.is((await put(['alice', 'bob', 'carol'], ANY)).plan.action, 'publish');
});

test('back twice holds both changes, and forward to the last ends both', async () => {
  const { back, holds } = await logOf(['alice'], ['alice', 'bob'], ['alice', 'bob', 'mallory']);
  await back(2);
  await back(1);
  assert.equal(await holds(), ['3 over 2', '4 over 1']);
  await back(3);
  assert.equal(await holds(), []);
});

test('forward over what only a loss changed, and back again, holds what was on hold before', async () => {
  const { back, put, holds } = await logOf(['alice', 'bob'], ['bob', 'mallory']);
  await back(1);
  // What the commit on hold takes away passes the hold, which stays.
  await put(['bob'], { holdsStay: true });
  assert.equal(await holds(), ['2 over 1']);
  await back(2);
  assert.equal(await holds(), ['4 over 2']);
  const { plan } = await back(4);
  // Entry 4 has the loss of the change on hold: the rest of it is held.
  assert.equal(await holds(), ['2 over 4']);
  assert.match(plan.notes.join('; '), /the change of entry 2 is on hold again; to lift it: npx ztna release/);
  assert.match((await put(['bob', 'mallory'], ANY)).plan.problem!, /gives mallory@example\.com/);
});

test('a part that was refused may be gone forward to on purpose', async () => {
  const { back, holds, store, newest } = await logOf(['alice'], ['mallory']);
  const { plan } = await publish(publishing(store, signer, { bundle: bundle('mallory'), execute: false }));
  const part = plan.parts.find(({ scope }) => scope === 'intermediate')!.part;
  await back(1, { part } as Partial<PublishOptions>);
  assert.is((await newest()).holds[0]!.part, part);
  await back(2);
  assert.equal(await holds(), []);
});

test('what only takes access away passes every hold, and lifts none', async () => {
  const { back, put, holds } = await logOf(['alice', 'bob'], ['bob', 'carol']);
  await back(1);
  assert.equal(await holds(), ['2 over 1']);
  // Without alice as in entry 2, but without what that gave.
  const { plan } = await put(['bob']);
  assert.equal([plan.action, plan.problem], ['publish', undefined]);
  assert.match(plan.notes.join(), /the hold on entry 2 stays: this only takes access away/);
  assert.equal(await holds(), ['2 over 1']);
  assert.match((await put(['bob', 'carol'])).plan.problem!, /gives carol@example\.com/);
});

test('a hold that cannot be read keeps back a gain, and no loss', async () => {
  const { back, put, store, options } = await logOf(['alice', 'bob'], ['alice', 'bob', 'mallory']);
  await back(1);
  store.values.delete(entryName(IDENTITY, 2));
  const gain = await put(['alice', 'bob', 'carol']);
  assert.match(gain.plan.problem!, /entries 1 and 2 cannot be read/);
  assert.is((await put(['alice'])).plan.action, 'publish');
  await release({ ...options(), undone: 2 });
  assert.is((await put(['alice', 'carol'])).plan.action, 'publish');
});

test('what is refused says the whole command that lifts the hold', async () => {
  const { back, put } = await logOf(['alice'], ['alice', 'mallory']);
  await back(1);
  const { plan } = await put(['alice', 'mallory'], { flags: '--store aws --key kms:alias/x' });
  assert.is(
    plan.remedy,
    'merge the revert, or lift the hold: npx ztna release --env lab --hold 2 --store aws --key kms:alias/x --reason "..." --execute',
  );
  assert.ok(plan.held);
});

test('there is room for eight holds of any reason; a ninth is refused, and drops none', async () => {
  const { back, put, holds, newest } = await logOf(['alice']);
  const reason = '\u6f22'.repeat(200);
  for (let turn = 1; turn <= MOST_HOLDS; turn += 1) {
    await put(['alice', `mallory-${turn}`], { commit: BAD });
    const { plan } = await back(1, { reason, part: 'f'.repeat(64) } as Partial<PublishOptions>);
    assert.is(plan.action, 'publish', plan.problem);
  }
  const before = await holds();
  assert.is(before.length, 8);
  assert.ok((await newest()).holds.every((hold) => hold.reason.length >= 10));
  await put(['alice', 'mallory-9'], { commit: BAD });
  const { plan } = await back(1);
  assert.match(`${plan.problem}; ${plan.remedy}`, /room for 8 holds.*release --env lab --hold 2 /);
  assert.equal(await holds(), before);
});

test('the widest entry with eight holds fits into a parameter', async () => {
  const { newest, back, put, store } = await logOf(['alice']);
  for (let turn = 1; turn <= MOST_HOLDS; turn += 1) {
    await put(['alice', `mallory-${turn}`], { commit: BAD });
    await back(1, { reason: 'x'.repeat(200), part: 'f'.repeat(64) } as Partial<PublishOptions>);
  }
  const entry = await newest();
  const holds = entry.holds.map((hold) => ({
    ...hold,
    undone: 999_999_999_998,
    kept: 999_999_999_997,
    epoch: 999_999,
  }));
  const widest = {
    ...entry,
    environment: 'e'.repeat(63),
    epoch: 999_999,
    sequence: 999_999_999_999,
    base: 999_999_999_999,
    commit: 'c'.repeat(64),
    reason: '\u6f22'.repeat(100),
    holds,
  };
  const text = await seal(canonicalBytes(widest), { ...signer, id: 'k'.repeat(63) });
  assert.ok(text.length <= 4096, String(text.length));
  assert.ok(store.values.size > 0);
});

test('an epoch begins with the holds of the one before, under the names that they then have', async () => {
  const { back, put, store, options } = await logOf(['alice'], ['alice', 'mallory']);
  await back(1);
  const second = { identity: { ...IDENTITY, epoch: 2 } };
  const refused = await put(['alice', 'mallory'], second);
  assert.match(refused.plan.problem!, /gives mallory@example\.com `web`, as entry 1\/2 did/);
  assert.match(refused.plan.remedy!, /--hold 1\/2 /);
  const begun = await put(['alice', 'carol'], second);
  assert.is(begun.plan.action, 'publish', begun.plan.problem);
  const newest = async () => (await readLog(store, second.identity, keys)).newest!.entry;
  assert.equal(
    (await newest()).holds.map(({ undone, kept, epoch }) => [undone, kept, epoch]),
    [[2, 1, 1]],
  );
  await heartbeat(options(second));
  assert.match((await put(['alice', 'mallory'], second)).plan.problem!, /as entry 1\/2 did/);
  const wrong = await release({ ...options(second), undone: 2 });
  assert.match(`${wrong.plan.problem} ${wrong.plan.remedy}`, /no hold on entry 2 the holds are on: 1\/2/);
  await release({ ...options(second), undone: 2, epoch: 1 });
  assert.is((await put(['alice', 'mallory'], second)).plan.action, 'publish');
});

test('an epoch is not begun with a commit that does not contain what the one before was built from', async () => {
  const { put } = await logOf(['alice']);
  const stale = await put(['alice'], { identity: { ...IDENTITY, epoch: 3 }, contains: async () => false });
  assert.match(
    stale.plan.problem!,
    /entry 1 of epoch 1 was built from commit 111111111111, which ours does not/,
  );
});

test('an epoch that is raised past what is looked through begins nothing: the holds before it would be lost', async () => {
  const { back, put } = await logOf(['alice'], ['alice', 'mallory']);
  await back(1);
  const at = (epoch: number) => ({ identity: { ...IDENTITY, epoch } });
  assert.match((await put(['alice', 'mallory'], at(11))).plan.problem!, /as entry 1\/2 did/);
  const far = (await put(['alice', 'mallory'], at(12))).plan;
  assert.match(far.problem!, /epoch 12 has no entry, and neither have the 10 before it/);
  assert.match(far.remedy!, /raise the epoch by one/);
  assert.is((await put(['alice'], { ...at(12), force: true })).plan.action, 'publish');
});

test.run();
