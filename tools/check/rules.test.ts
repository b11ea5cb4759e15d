import { readdirSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { Dice, seeded } from '../testing/random.ts';
import { suite } from '../testing/suite.ts';
import { line } from '../finding/finding.ts';
import type { LoadResult } from '../load/load.ts';
import type { Repository } from '../load/repository.ts';
import { check } from './check.ts';
import { PARTIAL_RULES, RULES } from './rules.ts';
import { base, NOW, service, type ExampleRepository } from './testing/base.ts';
import type { RuleExample } from './testing/example.ts';
import { EXAMPLES } from './testing/examples/all.ts';
import { asExpected, changed, findingsOf, loadWorld } from './testing/run.ts';

// slow: over 5 s
const test = suite('check: every rule');

const failing = new Map<RuleExample, LoadResult>(EXAMPLES.map((one) => [one, loadWorld(changed(one.fails))]));
const title = ({ rule, name }: RuleExample): string => `${rule}: ${name}`;

test('the list has every file of rules/ once, and says what each is for', () => {
  const files = readdirSync(new URL('rules/', import.meta.url)).map((file) => file.replace('.ts', ''));
  assert.equal(RULES.map(({ id }) => id).sort(), files.sort());
  for (const { id, says, why } of RULES) {
    assert.match(says, /^Ensure that .*\.$/, id);
    assert.match(why, /^[A-Z0-9].{30,}\.$/, id);
  }
});

test('nothing is wrong with the base that the examples change', () => {
  assert.equal(findingsOf(loadWorld(base())).map(line), []);
});

test('every rule has examples, and every example a rule', () => {
  assert.equal([...new Set(EXAMPLES.map(({ rule }) => rule))].sort(), RULES.map(({ id }) => id).sort());
  assert.is(new Set(EXAMPLES.map(title)).size, EXAMPLES.length);
});

test('what fails gives findings of its rule alone, where and as expected', () => {
  for (const [example, loaded] of failing) {
    const findings = findingsOf(loaded);
    assert.equal(asExpected(loaded, findings, example.finds), [...example.finds], title(example));
    assert.ok(findings.length > 0, title(example));
    assert.equal([...new Set(findings.map(({ rule }) => rule))], [example.rule], title(example));
  }
});

test('what just passes gives none', () => {
  for (const example of EXAMPLES) {
    assert.equal(findingsOf(loadWorld(changed(example.passes))).map(line), [], title(example));
  }
});

test('without any one rule exactly its own examples pass', () => {
  // Each rule alone and once, as `check` puts together what each finds; all subsets but one would find each many times.
  const finders = new Map(
    [...failing].map(([example, loaded]) => [
      example,
      RULES.filter((rule) => findingsOf(loaded, [rule]).length > 0),
    ]),
  );
  for (const rule of RULES) {
    const passing = EXAMPLES.filter((example) => finders.get(example)!.every((one) => one === rule));
    assert.equal(
      passing.map(title),
      EXAMPLES.filter((example) => example.rule === rule.id).map(title),
      rule.id,
    );
    const [own] = passing;
    const others = RULES.filter((one) => one !== rule);
    assert.equal(findingsOf(failing.get(own!)!, others), [], title(own!));
  }
});

test('no finding of a secret, or beside one, holds the secret', () => {
  const example = EXAMPLES.find(({ rule }) => rule === 'secrets')!;
  const loaded = failing.get(example)!;
  const texts = findingsOf(loaded).map(line).join('\n');
  for (const text of loaded.texts.values())
    for (const [secret] of text.matchAll(/[A-Za-z0-9._-]{16,}/g))
      if (!/schema|sha256|[0-9a-f]{64}/.test(secret)) assert.not.match(texts, new RegExp(secret));
  assert.not.match(texts, /hunter2/);
});

test('the files come in any order, and the findings in one', () => {
  for (const [example, loaded] of failing) {
    const backwards = loadWorld(changed(example.fails), (paths) => paths.reverse());
    assert.equal(findingsOf(backwards), findingsOf(loaded), title(example));
  }
});

test('everything wrong at once, ten times in another order', () => {
  const world = everythingWrong();
  const wanted = findingsOf(loadWorld(world));
  assert.ok(new Set(wanted.map(({ rule }) => rule)).size > RULES.length / 2, `${wanted.length} findings`);
  for (let seed = 0; seed < 10; seed++) {
    const dice = new Dice(seeded(seed));
    assert.equal(findingsOf(loadWorld(world, (paths) => shuffle(paths, dice))), wanted, `seed ${seed}`);
  }
});

test('among many labels the near one is still named', () => {
  const loaded = loadWorld(
    changed((world) => {
      for (let index = 0; index < 210; index++)
        world.services.push({ ...service(`s-${index}`, index, [443]), labels: { team: `team-${index}` } });
      world.policies[2]!.what.labels = { tier: 'restrictd' };
    }),
  );
  const found = findingsOf(loaded).filter(({ rule }) => rule === 'labels');
  assert.equal(
    found.map(({ remedy }) => remedy),
    ['did you mean `tier: restricted`?'],
  );
});

test('a second look at the same repository finds the same', () => {
  for (const [example, { repository }] of failing) {
    const first = check(repository, NOW).map(line);
    assert.equal(check(repository, NOW).map(line), first, title(example));
    check(repository, NOW + 1);
    assert.equal(check(repository, NOW).map(line), first, title(example));
  }
});

test('where a file is broken, no rule speaks of what is missing', () => {
  const { repository } = loadWorld(base());
  for (const kind of ['services', 'groups', 'policies', 'environments', 'tests'] as const) {
    for (const id of repository[kind].keys()) {
      const files: ReadonlyMap<string, unknown> = repository[kind];
      const without = { ...repository, [kind]: new Map([...files].filter(([one]) => one !== id)) };
      assert.equal(check(without as Repository, NOW, PARTIAL_RULES).map(line), [], `${kind}/${id}`);
    }
  }
});

/** The base with the changes of all examples, but for those that do not go with one before. */
function everythingWrong(): ExampleRepository {
  return EXAMPLES.reduce<ExampleRepository>((world, { fails }) => {
    const next = structuredClone(world);
    try {
      fails(next);
    } catch {
      return world;
    }
    return loadWorld(next).findings.length > 0 ? world : next;
  }, base());
}

function shuffle<T>(items: readonly T[], dice: Dice): T[] {
  const rest = [...items];
  return items.map(() => rest.splice(dice.below(rest.length), 1)[0]!);
}

test.run();
