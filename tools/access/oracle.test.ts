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
import { edited, opened, randomWorld, requests, WORLD_BEGIN, WORLD_END } from './testing/worlds.ts';

// slow: over 5 s
const test = suite('access: a second evaluator agrees');
const WORLDS = Number(process.env['ZTNA_WORLDS'] ?? 150);

test('decide answers as the prose does', () => {
  const share = { allowed: 0, denied: 0, byDeny: 0, total: 0 };
  for (let seed = 0; seed < WORLDS; seed++) {
    const dice = new Dice(seeded(seed));
    const world = randomWorld(dice);
    const repository = opened(world);
    const access = new Map(['dev', 'prod'].map((id) => [id, indexPolicies(compile(repository, id))]));
    for (const request of requests(dice, [world], 200)) {
      const expected = answer(repository, request);
      const actual = decide(access.get(request.environment)!, typed(request));
      assert.is(
        actual.decision,
        expected.allowed ? 'allow' : 'deny',
        `seed ${seed} ${JSON.stringify(request)}`,
      );
      assert.equal(actual.policies, expected.policies, `seed ${seed} ${JSON.stringify(request)}`);
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
      const note = `seed ${seed} ${JSON.stringify(request)}`;
      assert.is(
        gains.some((change) => contains(change, request, known)),
        !was && is,
        `gain: ${note}`,
      );
      assert.is(
        losses.some((change) => contains(change, request, known)),
        was && !is,
        `loss: ${note}`,
      );
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
          const note = `seed ${seed} ${JSON.stringify(request)}`;
          assert.is(answer(before, request).allowed, was, note);
          assert.is(answer(after, request).allowed, !was, note);
        }
      }
    }
  }
});

/** Whether a reported change is about a request. */
function contains(change: AccessChange, request: Request, known: ReadonlySet<string>): boolean {
  // A principal that neither side knows is anyone else.
  const here = known.has(request.principal)
    ? change.principals.includes(request.principal)
    : change.anyoneElse;
  if (!here) return false;
  const port = Number(request.port);
  const served = change.services.filter(({ service }) => service === request.service);
  if (!served.some(({ ports }) => ports.some(([first, last]) => first <= port && port <= last))) return false;
  return change.conditions.some((conditions) => meets(conditions, request));
}

function meets({ time, sources, device }: Conditions, request: Request): boolean {
  const at = Date.parse(request.at!);
  if (time && !time.intervals.some(([begin, end]) => Date.parse(begin) <= at && at < Date.parse(end)))
    return false;
  const address = request.from === undefined ? undefined : parseAddress(request.from);
  if (sources && !(address ? inSources(sources, address) : sources.includes('unknown'))) return false;
  const facts = deviceFacts(request.device);
  return ATTRIBUTES.every(({ name, values, shift, mask }) => {
    const known = values.filter((_, index) => facts & mask & (1 << (shift + index)))[0] ?? 'unknown';
    return !device?.[name] || device[name].includes(known);
  });
}

function inSources(
  sources: readonly string[],
  address: NonNullable<ReturnType<typeof parseAddress>>,
): boolean {
  const { v4, v6 } = sourcesOf(sources.filter((one) => one !== 'unknown'));
  return address.family === 4 ? includes(v4, address.value) : includes(v6, address.value);
}

/** One request from each of a change's principals, services and conditions. */
function samples(change: AccessChange, environment: string): Request[] {
  const who = [...change.principals, ...(change.anyoneElse ? ['zed@example.com'] : [])];
  return who.flatMap((principal) =>
    change.services.flatMap(({ service, ports }) =>
      change.conditions.map(({ time, sources, device }) => ({
        principal,
        service,
        environment,
        port: ports.at(-1)![1],
        at: time
          ? time.intervals[Math.floor(time.intervals.length / 2)]![0]
          : new Date(WORLD_BEGIN).toISOString(),
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
