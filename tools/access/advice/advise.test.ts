import * as assert from 'uvu/assert';
import type { Request } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';
import { Dice, seeded } from '../../testing/random.ts';
import { suite } from '../../testing/suite.ts';
import { answer } from '../testing/oracle.ts';
import { opened, randomWorld, requests, withFarDates } from '../testing/worlds.ts';
import { typed } from '../request.ts';
import { addressText } from '../values/address.ts';
import { advise } from './advise.ts';
import type { EditStep, FactStep } from './steps.ts';

const test = suite('access: advice');
const WORLDS = Number(process.env['ZTNA_WORLDS'] ?? 60);

test('whoever follows advice is allowed, as the second evaluator says', () => {
  const seen = { denied: 0, advised: 0, followed: 0, deny: 0 };
  const steps: Record<string, number> = {};
  for (let seed = 0; seed < WORLDS; seed++) {
    const dice = new Dice(seeded(7_000_000 + seed));
    const world = seed % 3 === 0 ? withFarDates(dice, randomWorld(dice)) : randomWorld(dice);
    const repository = opened(world);
    for (const request of requests(dice, [world], 12)) {
      if (answer(repository, request).allowed) continue;
      const at = Date.parse(request.at!);
      const all = advise(repository, typed(request), request.environment, at);
      seen.denied++;
      if (all.length > 0) seen.advised++;
      for (const advice of all) {
        for (const { step } of [...advice.edits, ...advice.facts]) steps[step] = (steps[step] ?? 0) + 1;
        const after = advice.edits.reduce((files, edit) => afterEdit(files, request, edit), repository);
        for (const which of [0, 0.5, 1]) {
          const asked = advice.facts.reduce((one, fact) => withFact(one, fact, which), request);
          seen.followed++;
          const { allowed, policies } = answer(after, asked);
          if (!allowed) seen.deny++;
          assert.ok(allowed, `seed ${seed} ${JSON.stringify([request, advice, asked, policies], bigints)}`);
        }
      }
    }
  }
  console.log(
    `  ${seen.deny} of ${seen.followed} still deny; ${seen.advised} of ${seen.denied} denials have advice; ${JSON.stringify(steps)}`,
  );
  assert.ok(seen.followed >= 200 && seen.advised === seen.denied, JSON.stringify(seen));
  for (const step of ['wait', 'port', 'source', 'device', 'join', 'allow', 'spare', 'register'])
    assert.ok((steps[step] ?? 0) > 0, step);
});

const bigints = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

/** What a person makes of the files. */
function afterEdit(
  repository: Repository,
  { principal, service, environment }: Request,
  edit: EditStep,
): Repository {
  const copy = structuredClone({
    groups: [...repository.groups.values()].map(({ value }) => value),
    services: [...repository.services.values()].map(({ value }) => value),
    policies: [...repository.policies.values()].map(({ value }) => value),
    environments: [...repository.environments.values()].map(({ value, connectors }) => ({
      ...value,
      connectors: [...connectors.values()].map((one) => one.value),
    })),
  });
  const policy = copy.policies.find(({ id }) => 'policy' in edit && id === edit.policy)!;
  if (edit.step === 'join') {
    const group = copy.groups.find(({ id }) => id === edit.group)!;
    group.members = [...(group.members ?? []), principal];
  }
  if (edit.step === 'name') policy.who.principals = [...(policy.who.principals ?? []), principal];
  if (edit.step === 'renew') policy.when!.expires = '9999-12-31T00:00:00Z';
  if (edit.step === 'spare') {
    const { except = {} } = policy.who;
    policy.who.except = { ...except, principals: [...(except.principals ?? []), principal] };
  }
  if (edit.step === 'register')
    copy.environments
      .find(({ id }) => id === environment)!
      .connectors[0]!.services.push({ service, backend: 'b.internal' });
  if (edit.step === 'allow')
    copy.policies.push({
      ...{ id: 'new', description: 'new', owner: 'platform', effect: 'allow' as const },
      ...{ who: { principals: [principal] }, what: { services: [service] } },
    });
  return opened(copy);
}

/** What a person asks instead. @param which 0 for the first of the values that are said to help, 1 for the last */
function withFact(request: Request, fact: FactStep, which: number): Request {
  const pick = <T>(all: readonly T[]): T => all[Math.round(which * (all.length - 1))]!;
  if (fact.step === 'wait') return { ...request, at: new Date(fact.until).toISOString() };
  if (fact.step === 'device')
    return { ...request, device: { ...request.device, [fact.attribute]: pick(fact.values) } };
  if (fact.step === 'port') {
    const begin = 2 * Math.floor(which * (fact.ports.length / 2 - 1));
    return { ...request, port: which < 1 ? fact.ports[begin]! : fact.ports.at(-1)! - 1 };
  }
  const { v4, v6 } = fact.sources;
  const first =
    v4.length > 0 ? ({ family: 4, value: v4[0]! } as const) : ({ family: 6, value: v6[0]! } as const);
  const last =
    v6.length > 0
      ? ({ family: 6, value: v6.at(-1)! - 1n } as const)
      : ({ family: 4, value: v4.at(-1)! - 1 } as const);
  return { ...request, from: addressText(which < 1 ? first : last) };
}

test.run();
