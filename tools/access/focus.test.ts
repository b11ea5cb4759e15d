import * as assert from 'uvu/assert';
import type { EnvironmentDifference } from '../contract/shapes.ts';
import { company } from '../testing/company.ts';
import { Dice, seeded } from '../testing/random.ts';
import { repositoryOf, type RepositoryValues } from '../testing/repository.ts';
import { cases } from '../testing/cases.ts';
import { suite } from '../testing/suite.ts';
import { difference } from './difference.ts';
import { focus } from './focus.ts';
import { editsBetween } from './wording/edits.ts';

const test = suite('access: only what an edit touches is worked out');
const AT = Date.parse('2026-06-01T00:00:00Z');
const SIZE = { principals: 300, services: 120, groups: 60, policies: 200, tests: 2, connectors: 6, seed: 3 };
const world = company(SIZE);

type Change = (world: RepositoryValues, dice: Dice) => void;

const at = <T>(dice: Dice, items: readonly T[] | undefined): T => dice.one(items!);

/** One edit of each kind that can change access. */
const CHANGES: Readonly<Record<string, Change>> = {
  'other services': ({ policies, services }, dice) =>
    void (at(dice, policies).what = { services: [at(dice, services).id] }),
  'other hours': ({ policies }, dice) =>
    void (at(dice, policies).when = { hours: { timezone: 'UTC', from: '01:00', to: '02:00' } }),
  'the other effect': ({ policies }, dice) => void (at(dice, policies).effect = 'deny'),
  'a policy less': ({ policies }, dice) => void policies!.splice(dice.below(policies!.length), 1),
  'a member less': ({ groups }, dice) =>
    void at(
      dice,
      groups!.filter(({ members = [] }) => members.length > 1),
    ).members!.pop(),
  'a member more': ({ groups }, dice) => void (at(dice, groups).members ??= []).push('new@example.com'),
  'other ports': ({ services }, dice) => void (at(dice, services).ports = [7, 443]),
  'a registration less': ({ environments }, dice) =>
    void at(dice, environments![0]!.connectors).services.pop(),
  'another backend': ({ environments }, dice) =>
    void (at(dice, environments![0]!.connectors).services[0]!.backend = 'elsewhere.internal'),
};

/** What is said of a change, in any order. */
function said(before: RepositoryValues, after: RepositoryValues): string[] {
  const result = difference(repositoryOf(before), repositoryOf(after), { at: AT });
  const lines = ({ gains, losses, destinations, principals, services }: EnvironmentDifference): string[] =>
    [{ principals, services }, ...gains, ...losses, ...destinations].map((one) => JSON.stringify(one));
  return result.flatMap(lines).sort();
}

test('an edit says the same as when everything is worked out, which a revocation makes it', () => {
  const dice = new Dice(seeded(11));
  let focused = 0;
  for (const [what, change] of Object.entries(CHANGES)) {
    for (let round = 0; round < cases(4); round++) {
      const after = structuredClone(world);
      change(after, dice);
      const revoked = {
        certificates: [{ fingerprint: 'a'.repeat(64), reason: 'Lost', date: '2026-05-01' }],
      };
      assert.equal(said(world, after), said(world, { ...after, revoked }), what);
      const sides = [repositoryOf(world), repositoryOf(after)] as const;
      if (focus(...sides, 'live', editsBetween(...sides))) focused++;
    }
  }
  assert.ok(focused > cases(20), `only ${focused} edits were focused on`);
});

test.run();
