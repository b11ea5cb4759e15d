import * as assert from 'uvu/assert';
import { base, NOW, type ExampleRepository } from '../check/testing/base.ts';
import { changed, loadWorld } from '../check/testing/run.ts';
import { suite } from '../testing/suite.ts';
import type { PullRequestUnderReview } from './change.ts';
import { verdictOf } from './verdict.ts';

const test = suite('review: a base whose files cannot be read');

const NOBODY: PullRequestUnderReview = { author: 'mallory', coAuthors: [], approvals: [] };
const KEEPER: PullRequestUnderReview = { ...NOBODY, approvals: [{ login: 'pat', teams: ['platform'] }] };

/** The verdict on a change from a world to the base of the examples, or to another. */
function verdict(
  before: (world: ExampleRepository) => void,
  pull = NOBODY,
  after: (world: ExampleRepository) => void = () => {},
) {
  const sides = {
    base: { commit: 'a'.repeat(40), loaded: loadWorld(changed(before)) },
    head: { commit: 'b'.repeat(40), loaded: loadWorld(changed(after)) },
  };
  return verdictOf(sides, pull, [], NOW);
}

const lateDeny = (world: ExampleRepository): void =>
  void (world.policies[2]!.when = { expires: '2026-12-31T23:59:60Z' });

test('the change that fixes it is looked at, and the one who answers for the guardrails approves', () => {
  const { change, obstacle, notes } = verdict(lateDeny);
  assert.is(obstacle, undefined);
  assert.match(notes.join(), /no-guests\.yaml:\d+ of the base cannot be read \(.*leap second.*left out/);
  assert.equal(
    change!.guarded.objections.map(({ subject, needs }) => [subject, needs]),
    [['policies/access/no-guests.yaml', 'platform']],
  );
  assert.equal(verdict(lateDeny, KEEPER).change!.guarded.objections, []);
});

test('to remove a deny that nobody can read is no difference, and is not let through in silence', () => {
  const gone = (world: ExampleRepository): void => void world.policies.pop();
  const { change } = verdict(lateDeny, NOBODY, gone);
  assert.equal(
    change!.difference.flatMap(({ gains, losses }) => [...gains, ...losses]),
    [],
  );
  assert.is(change!.guarded.objections.length, 1);
});

test('where the guardrails cannot be read, those of the head guard the change', () => {
  const override = {
    guardrail: 'gains',
    subject: 'live/wiki',
    reason: 'Asked',
    until: '2026-02-30T00:00:00Z',
  } as const;
  const broken = (world: ExampleRepository): void => void (world.guardrails.overrides = [override]);
  const wider = (world: ExampleRepository): void =>
    void (world.policies[1]!.who = { groups: ['staff', 'guests'] });
  const { change } = verdict(broken, NOBODY, (world) => {
    wider(world);
    world.policies.pop();
    world.tests = [];
  });
  const rules = change!.guarded.objections.map(({ rule }) => rule);
  assert.ok(rules.includes('weakened-guardrails') && rules.includes('protected-services'), rules.join());
  assert.is(base().guardrails.overrides, undefined);
});

test('a head with errors stops everything, as ever', () => {
  const { change, obstacle } = verdict(() => {}, NOBODY, lateDeny);
  assert.equal([change, obstacle], [undefined, 'files have errors']);
});

test.run();
