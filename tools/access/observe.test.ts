import * as assert from 'uvu/assert';
import type { Grant, Request, WithoutCertificate } from '../contract/shapes.ts';
import { Dice, seeded } from '../testing/random.ts';
import { cases } from '../testing/cases.ts';
import { suite } from '../testing/suite.ts';
import type { RepositoryValues } from '../testing/repository.ts';
import { flatten } from '../enforce/flatten.ts';
import { assemble } from '../bundle/assemble.ts';
import { parseAddress, sourcesOf } from './values/address.ts';
import { compile } from './compile.ts';
import { decide } from './decide.ts';
import { deviceFacts, ATTRIBUTES } from './values/device.ts';
import { difference } from './difference.ts';
import { indexPolicies } from './model.ts';
import { typed } from './request.ts';
import { includes } from './values/intervals.ts';
import { answer } from './testing/oracle.ts';
import { opened, randomWorld, requests, WORLD_BEGIN, WORLD_END } from './testing/worlds.ts';

const test = suite('access: denies that are only observed');
const WORLDS = cases(40);

/** A world, the same with half of its denies only observed, and the same without those. */
function worlds(seed: number): {
  dice: Dice;
  enforced: RepositoryValues;
  observing: RepositoryValues;
  without: RepositoryValues;
} {
  const dice = new Dice(seeded(5_000_000 + seed));
  const enforced = randomWorld(dice);
  const chosen = new Set(
    enforced.policies!.filter(({ effect }) => effect === 'deny' && dice.chance(0.6)).map(({ id }) => id),
  );
  const policies = enforced.policies!.map((one) =>
    chosen.has(one.id) ? { ...one, observe: true as const } : one,
  );
  const without = enforced.policies!.filter(({ id }) => !chosen.has(id));
  return {
    dice,
    enforced,
    observing: { ...enforced, policies },
    without: { ...enforced, policies: without },
  };
}

test('they decide nothing, and the difference tells what they would take away', () => {
  let told = 0;
  for (let seed = 0; seed < WORLDS; seed++) {
    const { dice, enforced, observing, without } = worlds(seed);
    const access = indexPolicies(compile(opened(observing), 'lab'));
    const spared = opened(without);
    for (const asked of requests(dice, [enforced], 100)) {
      const request = { ...asked, environment: 'lab' };
      const expected = answer(spared, request);
      const actual = decide(access, typed(request));
      assert.equal([actual.decision === 'allow', actual.policies], [expected.allowed, expected.policies]);
    }
    const scope = { at: WORLD_BEGIN, to: WORLD_END };
    const shown = difference(opened(without), opened(observing), scope);
    const losses = difference(opened(without), opened(enforced), scope);
    for (const [index, one] of shown.entries()) {
      assert.equal([one.gains, one.losses], [[], []]);
      // Which comes first depends on classes, and those of the two comparisons differ.
      const bare = (changes: typeof one.losses = []) =>
        changes.map(({ causes: _, ...rest }) => JSON.stringify(rest)).sort();
      assert.equal(bare(one.observed), bare(losses[index]!.losses), `seed ${seed}`);
      told += one.observed?.length ?? 0;
    }
    for (const one of difference(opened(observing), opened(observing), scope))
      assert.is(one.observed, undefined);
  }
  assert.ok(told > cases(10), `${told} were told`);
});

test('the enforcement file says, of what it grants, what they would take away', () => {
  const seen = { cut: 0, kept: 0 };
  for (let seed = 0; seed < WORLDS; seed++) {
    const { dice, enforced, observing, without } = worlds(seed);
    const part = assemble(opened(observing), 'lab').parts.find(
      ({ scope }) => scope === 'intermediate',
    )!.value;
    const [spared, denied] = [opened(without), opened(enforced)];
    for (const asked of requests(dice, [enforced], 60)) {
      const request = { ...asked, environment: 'lab' };
      const at = Date.parse(request.at!);
      const file = flatten(part, 'intermediate/one', { epoch: 1, sequence: 1 }, at - 30_000, at + 60_000);
      const { classes, withoutCertificate = NOTHING } = file.intermediate!;
      const own = classes.find(({ principals }) => principals.includes(request.principal!)) ?? classes[0]!;
      const { grants, observed = grants } = request.withoutCertificate ? withoutCertificate : own;
      const cut = answer(spared, request).allowed && !answer(denied, request).allowed;
      const among = (all: readonly Grant[]): boolean => all.some((grant) => matches(grant, request));
      assert.is(among(grants) && !among(observed), cut, `seed ${seed} ${JSON.stringify(request)}`);
      seen[cut ? 'cut' : 'kept']++;
    }
  }
  assert.ok(seen.cut > cases(20), JSON.stringify(seen));
});

const NOTHING: WithoutCertificate = { reaches: [], grants: [] };

/** Whether a grant is about a request, as a component would tell. */
function matches(
  { service, ports, sources, device = {}, notBefore, notAfter }: Grant,
  request: Request,
): boolean {
  const { port, at, from } = request;
  if (
    service !== request.service ||
    !ports.some(([first, last]) => first <= Number(port) && Number(port) <= last)
  )
    return false;
  if (Date.parse(at!) < Date.parse(notBefore) || Date.parse(at!) >= Date.parse(notAfter)) return false;
  const address = from === undefined ? undefined : parseAddress(from);
  if (sources) {
    if (!address) return false;
    const { v4, v6 } = sourcesOf(sources);
    if (!(address.family === 4 ? includes(v4, address.value) : includes(v6, address.value))) return false;
  }
  const facts = deviceFacts(request.device);
  return Object.entries(device).every(([name, values]) => {
    const attribute = ATTRIBUTES.find((one) => one.name === name)!;
    return (values as string[]).some(
      (value) => facts & (1 << (attribute.shift + attribute.values.indexOf(value))),
    );
  });
}

test.run();
