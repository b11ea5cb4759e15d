import { cases } from '../testing/cases.ts';
import { suite } from '../testing/suite.ts';
import * as assert from 'uvu/assert';
import type { AccessChange, Conditions, Request } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { parseAddress, sourcesOf } from './values/address.ts';
import { compile } from './compile.ts';
import { principalsOf } from './values/membership.ts';
import { decide } from './decide.ts';
import { deviceFacts, ATTRIBUTES } from './values/device.ts';
import { difference } from './difference.ts';
import { indexPolicies } from './model.ts';
import { typed } from './request.ts';
import { includes } from './values/intervals.ts';
import { answer } from './testing/oracle.ts';
import { Dice, seeded } from '../testing/random.ts';
import {
  CYCLE_MS,
  datesOf,
  edited,
  opened,
  randomWorld,
  requests,
  withFarDates,
  WORLD_BEGIN,
  WORLD_END,
} from './testing/worlds.ts';

// slow: over 5 s
const test = suite('access: a second evaluator agrees');
const WORLDS = cases(150);

/** What is asked a hundred thousand times is put into words only where it does not hold. */
function same(actual: unknown, expected: unknown, note: () => string): void {
  if (actual !== expected) assert.is(actual, expected, note());
}

test('decide answers as the prose does', () => {
  const share = { allowed: 0, denied: 0, byDeny: 0, total: 0 };
  for (let seed = 0; seed < WORLDS; seed++) {
    const dice = new Dice(seeded(seed));
    const world = randomWorld(dice);
    const repository = opened(world);
    const access = new Map(['lab', 'live'].map((id) => [id, indexPolicies(compile(repository, id))]));
    for (const request of requests(dice, [world], 200)) {
      const expected = answer(repository, request);
      const actual = decide(access.get(request.environment)!, typed(request));
      const note = () => `seed ${seed} ${JSON.stringify(request)}`;
      same(actual.decision, expected.allowed ? 'allow' : 'deny', note);
      same(JSON.stringify(actual.policies), JSON.stringify(expected.policies), note);
      share.total++;
      share[expected.allowed ? 'allowed' : 'denied']++;
      if (actual.reason === 'denied-by-policy') share.byDeny++;
    }
  }
  console.log(
    `  ${share.total} requests: ${percent(share.allowed, share.total)} allowed, ${percent(share.byDeny, share.total)} denied by a deny`,
  );
  for (const part of [share.allowed, share.denied, share.byDeny])
    assert.ok(part / share.total >= 0.1, 'each share is at least a tenth');
});

test('difference reports every request that changes, and no other', () => {
  let changed = 0;
  let reported = 0;
  for (let seed = 0; seed < WORLDS; seed++) {
    const dice = new Dice(seeded(1_000_000 + seed));
    const worlds = [randomWorld(dice)];
    worlds.push(edited(dice, worlds[0]!));
    const [before, after] = worlds.map(opened) as [Repository, Repository];
    const known = new Set([...principalsOf(before), ...principalsOf(after)]);
    const environments = difference(before, after, { at: WORLD_BEGIN, to: WORLD_END, intervals: Infinity });
    for (const request of requests(dice, worlds, 200)) {
      const [was, is] = [answer(before, request).allowed, answer(after, request).allowed];
      const { gains, losses } = environments.find(({ environment }) => environment === request.environment)!;
      const note = () => `seed ${seed} ${JSON.stringify(request)}`;
      const told = (changes: readonly AccessChange[]) =>
        changes.some((change) => contains(change, request, known));
      same(told(gains), !was && is, () => `gain: ${note()}`);
      same(told(losses), was && !is, () => `loss: ${note()}`);
      if (was !== is) changed++;
    }
    for (const one of environments) reported += one.gains.length + one.losses.length;
  }
  console.log(`  ${changed} requests changed, in ${reported} reported gains and losses`);
  assert.ok(changed > WORLDS && reported > WORLDS);
});

test('each gain and loss reported has a request that changed', () => {
  for (let seed = 0; seed < WORLDS; seed++) {
    const dice = new Dice(seeded(2_000_000 + seed));
    const world = randomWorld(dice);
    const [before, after] = [opened(world), opened(edited(dice, world))];
    for (const { environment, gains, losses } of difference(before, after, {
      at: WORLD_BEGIN,
      to: WORLD_END,
      intervals: Infinity,
    })) {
      for (const [changes, was] of [[gains, false] as const, [losses, true] as const]) {
        for (const request of changes.flatMap((change) => samples(change, environment))) {
          const note = () => `seed ${seed} ${JSON.stringify(request)}`;
          same(answer(before, request).allowed, was, note);
          same(answer(after, request).allowed, !was, note);
        }
      }
    }
  }
});

test('without end: every request that changes, however late, is in a change that lasts until then, and no other', () => {
  const seen = { requests: 0, changed: 0, late: 0, begin: 0, end: 0, endless: 0 };
  for (let seed = 0; seed < WORLDS; seed++) {
    const dice = new Dice(seeded(6_000_000 + seed));
    const first = randomWorld(dice);
    const worlds = [first, edited(dice, first)].map((world) => withFarDates(dice, world));
    // Half of the policies are the same on both sides, dates and all.
    worlds[1]!.policies = worlds[1]!.policies!.map(
      (one) => (dice.chance(0.5) && worlds[0]!.policies!.find(({ id }) => id === one.id)) || one,
    );
    const [before, after] = worlds.map(opened) as [Repository, Repository];
    const known = new Set([...principalsOf(before), ...principalsOf(after)]);
    const environments = difference(before, after, { at: WORLD_BEGIN, intervals: Infinity });
    const changesFor = (request: Request) => {
      const [was, is] = [answer(before, request).allowed, answer(after, request).allowed];
      return was === is ? undefined : is ? ('gains' as const) : ('losses' as const);
    };
    for (const asked of requests(dice, worlds, 150)) {
      const shift = dice.chance(0.6) ? dice.below(60) * 364 * 86_400_000 : 0;
      const at = Date.parse(asked.at!) + shift;
      if (at < WORLD_BEGIN) continue;
      const request = { ...asked, at: new Date(at).toISOString() };
      const changes = changesFor(request);
      const one = environments.find(({ environment }) => environment === request.environment)!;
      const note = () => `seed ${seed} ${JSON.stringify(request)}`;
      for (const direction of ['gains', 'losses'] as const) {
        const told = one[direction].filter((change) => lasts(change, at) && concerns(change, request, known));
        if (changes === direction) same(told.length > 0, true, () => `${direction}: ${note()}`);
        const sure = told.some(({ conditions }) => conditions.some(({ time }) => time === undefined));
        if (sure && told.every(({ conditions }) => conditions.every(({ time }) => time === undefined)))
          same(changes, direction, () => `${direction} for good: ${note()}`);
      }
      seen.requests++;
      if (changes) seen.changed++;
      if (changes && shift > 400 * 86_400_000) seen.late++;
    }
    const last = datesOf(worlds).at(-1) ?? 0;
    for (const { environment, gains, losses } of environments)
      for (const [direction, all] of [['gains', gains] as const, ['losses', losses] as const])
        // That clients without certificate may connect is a change of no service.
        for (const change of all.filter(({ services }) => services.length > 0)) {
          const note = (request: Request) => `seed ${seed} ${JSON.stringify([request, change])}`;
          const from = samples(change, environment);
          for (const request of from) {
            same(changesFor(request), direction, () => note(request));
            // What is so after every date is so again when the calendar repeats.
            const again = { ...request, at: new Date(Date.parse(request.at!) + CYCLE_MS).toISOString() };
            if (change.until !== undefined) {
              same(changesFor(again) === direction, false, () => note(again));
              const ended = { ...request, at: change.until };
              same(changesFor(ended) === direction, false, () => note(ended));
              seen.end++;
            } else if (Date.parse(request.at!) >= last) {
              same(changesFor(again), direction, () => note(again));
              seen.endless++;
            }
          }
          const begins = change.conditions.some(
            ({ time }) => (time?.intervals[0]?.[0] ?? change.from) === change.from,
          );
          same(begins, true, () => JSON.stringify(change));
          const end = change.until && new Date(Date.parse(change.until) - 1).toISOString();
          const ends = from.some((one) => end === undefined || changesFor({ ...one, at: end }) === direction);
          same(ends, true, () => `seed ${seed} ${JSON.stringify(change)}`);
          seen.begin++;
        }
  }
  console.log(`  ${JSON.stringify(seen)}`);
  assert.ok(seen.late > WORLDS && seen.end > WORLDS && seen.endless > WORLDS / 2, JSON.stringify(seen));
});

/** Whether a change is under way at an instant, maybe with pauses. */
function lasts({ from, until }: AccessChange, at: number): boolean {
  return Date.parse(from) <= at && (until === undefined || at < Date.parse(until));
}

/** Whether a reported change is about a request, whatever its instant. */
function concerns(change: AccessChange, request: Request, known: ReadonlySet<string>): boolean {
  const conditions = change.conditions.map(({ time: _, ...rest }) => rest);
  return contains({ ...change, conditions }, request, known);
}

/** Whether a reported change is about a request. */
function contains(change: AccessChange, request: Request, known: ReadonlySet<string>): boolean {
  // A principal that neither side knows is anyone else.
  const named = (principal: string): boolean =>
    known.has(principal) ? change.principals.includes(principal) : change.anyoneElse;
  if (!(request.principal === undefined ? change.withoutCertificate : named(request.principal))) return false;
  const port = Number(request.port);
  const served = change.services.filter(({ service }) => service === request.service);
  if (!served.some(({ ports }) => ports.some(([first, last]) => first <= port && port <= last))) return false;
  return change.conditions.some((conditions) => meets(conditions, request));
}

function meets({ time, sources, device }: Conditions, request: Request): boolean {
  const at = Date.parse(request.at!);
  if (time && !time.intervals.some(([begin, end]) => Date.parse(begin!) <= at && at < endOf(end)))
    return false;
  const address = request.from === undefined ? undefined : parseAddress(request.from);
  if (sources && !(address ? inSources(sources, address) : sources.includes('unknown'))) return false;
  const facts = deviceFacts(request.device);
  return ATTRIBUTES.every(({ name, values, shift, mask }) => {
    const known = values.filter((_, index) => facts & mask & (1 << (shift + index)))[0] ?? 'unknown';
    return !device?.[name] || device[name].includes(known);
  });
}

/** An interval without end has its begin alone. */
const endOf = (end: string | undefined): number => (end === undefined ? Infinity : Date.parse(end));

function inSources(
  sources: readonly string[],
  address: NonNullable<ReturnType<typeof parseAddress>>,
): boolean {
  const { v4, v6 } = sourcesOf(sources.filter((one) => one !== 'unknown'));
  return address.family === 4 ? includes(v4, address.value) : includes(v6, address.value);
}

/** One request from each of a change's principals, services and conditions. */
function samples(change: AccessChange, environment: string): Request[] {
  const named = [...change.principals, ...(change.anyoneElse ? ['nobody@example.com'] : [])];
  const unnamed = change.withoutCertificate ? [{ withoutCertificate: true as const }] : [];
  return [...named.map((principal) => ({ principal })), ...unnamed].flatMap((who) =>
    change.services.flatMap(({ service, ports }) =>
      change.conditions.map(({ time, sources, device }) => ({
        ...who,
        service,
        environment,
        port: ports.at(-1)![1],
        at: time ? time.intervals[Math.floor(time.intervals.length / 2)]![0]! : change.from,
        ...(sources && sources[0] !== 'unknown' && { from: sources[0]!.split('/')[0]! }),
        ...(device && {
          device: Object.fromEntries(
            Object.entries(device).flatMap(([name, values]) =>
              values[0] === 'unknown' ? [] : [[name, values[0]!]],
            ),
          ),
        }),
      })),
    ),
  );
}

function percent(part: number, total: number): string {
  return `${Math.round((100 * part) / total)} %`;
}

test.run();
