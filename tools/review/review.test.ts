import { readdirSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import type { Guardrails, Override } from '../contract/shapes.ts';
import { suite } from '../testing/suite.ts';
import { RULES } from '../check/rules.ts';
import { base, type ExampleRepository } from '../check/testing/base.ts';
import { loadWorld } from '../check/testing/run.ts';
import { guard } from './guard.ts';
import { GUARDRAILS } from './guardrails.ts';
import { intentionsOf } from './overrides.ts';
import { ofAccess } from './testing/access.ts';
import { renamesBetween } from './renames.ts';
import { by, changeIn, found, type ExampleFacts, type GuardExample } from './testing/example.ts';
import { ofGuards } from './testing/guards.ts';
import { ofThings } from './testing/things.ts';

const test = suite('guardrails that need the base');

const EXAMPLES: readonly GuardExample[] = [...ofAccess, ...ofGuards, ...ofThings];
const title = ({ guardrail, name }: GuardExample): string => `${guardrail}: ${name}`;

test('the list has every file of guardrails/ once, and says what each is for', () => {
  const files = readdirSync(new URL('guardrails/', import.meta.url)).map((file) => file.replace('.ts', ''));
  assert.equal(GUARDRAILS.map(({ id }) => id).sort(), files.sort());
  const rules = new Set(RULES.map(({ id }) => id));
  for (const { id, says, why } of GUARDRAILS) {
    assert.not.ok(rules.has(id), id);
    assert.match(says, /^Ensure that .*\.$/, id);
    assert.match(why, /^[A-Z0-9].{30,}\.$/, id);
  }
});

for (const example of EXAMPLES) {
  test(`objects to ${title(example)}`, () => {
    assert.equal(found(changeIn(example, 'fails')), [...example.finds]);
    assert.ok(example.finds.length > 0);
  });
  test(`lets pass what is not ${title(example)}`, () => {
    assert.equal(found(changeIn(example, 'passes')), []);
  });
}

test('without any one guardrail exactly its own examples pass', () => {
  const changes = new Map(EXAMPLES.map((example) => [example, changeIn(example, 'fails')]));
  for (const guardrail of GUARDRAILS) {
    const others = GUARDRAILS.filter((one) => one !== guardrail);
    const passing = EXAMPLES.filter((example) => found(changes.get(example)!, others).length === 0);
    const own = EXAMPLES.filter((example) => example.guardrail === guardrail.id);
    assert.ok(own.length > 0, guardrail.id);
    assert.equal(passing.map(title), own.map(title), guardrail.id);
  }
});

test('an override may name every guardrail but the one that is about overrides', () => {
  const file = new URL('../../schemas/guardrails.schema.json', import.meta.url);
  const { $defs, properties } = JSON.parse(readFileSync(file, 'utf8'));
  const ids = GUARDRAILS.map(({ id }) => id);
  assert.equal($defs.override.properties.guardrail.enum, ids.slice(0, -1));
  assert.equal(properties.observe.items.enum, ids.slice(0, -1));
  assert.is(ids.at(-1), 'unapproved-overrides');
});

test('an override passes over its own objection, in the change that adds it, until it ends', () => {
  const subject = 'live/wiki';
  const line = (until: string): Override => ({ guardrail: 'mass-losses', subject, reason: 'Moves', until });
  const passed = (before: Override[], after: Override[]): string[] => {
    const change = changeIn(
      {
        guardrail: 'mass-losses',
        name: 'everybody loses the wiki',
        before: (w) => {
          w.guardrails.limits.principalsLosing = 1;
          w.guardrails.overrides = before;
        },
        fails: (w, pull) => {
          w.policies.shift();
          w.guardrails.overrides = after;
          pull.approvals = [by('pat', 'platform')];
        },
        passes: () => {},
        finds: [],
      },
      'fails',
    );
    const { objections, overridden } = guard(change);
    assert.equal(
      [...objections, ...overridden.map(({ objection }) => objection)].map((one) => one.subject).sort(),
      ['lab/wiki', subject],
    );
    return overridden.map(({ objection, override }) => `${objection.subject}: ${override.reason}`);
  };
  const valid = line('2026-06-02T12:00:00Z');
  assert.equal(passed([], [valid]), ['live/wiki: Moves']);
  assert.equal(passed([valid], [valid]), []);
  assert.equal(passed([], [line('2026-06-01T12:00:00Z')]), []);
  assert.equal(passed([], [{ ...valid, guardrail: 'gains' }]), []);
  assert.equal(passed([], [{ ...valid, subject: 'live/payments' }]), []);
});

/** A change of the base's data by people of whom some approve, guarded. */
function guarded(
  change: (world: ExampleRepository, pull: ExampleFacts) => void,
  before: (world: ExampleRepository) => void = () => {},
) {
  return guard(
    changeIn(
      { guardrail: '', name: 'a change', before, fails: change, passes: () => {}, finds: [] },
      'fails',
    ),
  );
}

test('one line covers one intention: all losses of a change, or what is lost with an environment or a connector', () => {
  const everybodyLeaves = (overrides: Override[]) =>
    guarded((w, pull) => {
      w.groups[0]!.members = [];
      w.tests = [];
      w.guardrails.overrides = overrides;
      pull.approvals = [by('pat', 'platform'), by('sam', 'security')];
    });
  const until = '2026-06-09T00:00:00Z';
  const losses = everybodyLeaves([]).objections.filter(({ rule }) => rule === 'mass-losses');
  assert.ok(losses.length > 3);
  const [intention, ...others] = intentionsOf(losses);
  assert.equal([intention!.subject, others], ['all services', []]);
  const line = { guardrail: 'mass-losses' as const, subject: 'all services', reason: 'They left', until };
  const passed = everybodyLeaves([line]);
  assert.equal([passed.objections, passed.overridden.length], [[], losses.length]);
  // A part of it is not the whole.
  const part = everybodyLeaves([{ ...line, subject: 'live' }]).objections.map(({ subject }) => subject);
  assert.equal(
    part.sort(),
    ['all services', ...losses.map((one) => one.subject).filter((one) => one.startsWith('lab/'))].sort(),
  );

  const gone = guarded((w) => void w.environments.pop());
  assert.equal(
    gone.objections.map(({ rule, subject }) => `${rule} ${subject}`),
    ['environments live'],
  );
  const unserved = guarded((w) => {
    w.environments[1]!.connectors![0]!.services = w.environments[1]!.connectors![0]!.services.slice(0, 1);
  });
  assert.ok(
    unserved.objections.length > 0 && unserved.objections.every(({ rule }) => rule === 'last-connectors'),
  );
});

test('where what says it better is only observed, the losses are objected to', () => {
  const { objections } = guarded(
    (w) => void w.environments.pop(),
    (w) => void (w.guardrails.observe = ['environments']),
  );
  assert.ok(objections.some(({ rule, subject }) => rule === 'mass-losses' && subject.startsWith('live/')));
});

test('what is approved stays, with who approved it', () => {
  const { objections, approved } = guarded((w, pull) => {
    w.policies[0]!.who.groups!.push('guests');
    w.policies[1]!.who.groups!.push('guests');
    pull.approvals = [by('Sam', 'platform'), by('Ann', 'platform'), by('mallory', 'platform')];
  });
  assert.equal(objections, []);
  assert.ok(approved.length > 0);
  for (const { approvedBy, needs } of approved)
    assert.equal([approvedBy, needs], [['Ann', 'Sam'], 'platform']);
});

test('a guardrail that is only observed, as of the base, says what it objects to and stops nothing', () => {
  const answers = (before: Guardrails['observe'], after: Guardrails['observe']) => {
    const change = changeIn(
      {
        guardrail: 'mass-losses',
        name: 'everybody loses the wiki',
        before: (w) => {
          w.guardrails.limits.principalsLosing = 1;
          if (before) w.guardrails.observe = before;
        },
        fails: (w, pull) => {
          w.policies.shift();
          if (after) w.guardrails.observe = after;
          pull.approvals = [by('pat', 'platform')];
        },
        passes: () => {},
        finds: [],
      },
      'fails',
    );
    const { objections, observed } = guard(change);
    return [objections, observed].map((all) => all.map(({ rule, subject }) => `${rule} ${subject}`).sort());
  };
  const losses = ['mass-losses lab/wiki', 'mass-losses live/wiki'];
  assert.equal(answers(undefined, undefined), [losses, []]);
  assert.equal(answers(['mass-losses'], ['mass-losses']), [[], losses]);
  assert.equal(answers(['gains'], ['gains']), [losses, []]);
  const added = answers(undefined, ['mass-losses']);
  assert.equal(
    added[0]!.filter((one) => one.startsWith('mass')),
    losses,
  );
});

test('to only observe a guardrail is to weaken it', () => {
  const change = changeIn(
    {
      guardrail: 'weakened-guardrails',
      name: 'observe',
      before: () => {},
      fails: (w) => void (w.guardrails.observe = ['mass-losses']),
      passes: () => {},
      finds: [],
    },
    'fails',
  );
  const { objections } = guard(change);
  assert.equal(
    objections.map(({ rule, subject }) => `${rule} ${subject}`),
    ['weakened-guardrails observe.mass-losses'],
  );
  assert.match(objections[0]!.message, /`mass-losses` would only be observed, and stop nothing/);
});

test('a pure rename changes nothing in access, tests or guardrails', () => {
  const example = EXAMPLES.find(({ name }) => name === 'a service is deleted and one like it created')!;
  const { renames, difference } = changeIn(example, 'passes');
  assert.equal(renames, [{ kind: 'service', from: 'wiki', to: 'handbook' }]);
  for (const { gains, losses, destinations } of difference)
    assert.equal([gains, losses, destinations], [[], [], []]);
});

test('an owner that the change itself names approves nothing', () => {
  const change = changeIn(
    {
      guardrail: 'gains',
      name: 'a service passes to the team that approves',
      fails: (w, pull) => {
        w.policies[0]!.who.groups!.push('guests');
        w.services[0]!.owner = 'security';
        pull.approvals = [by('sam', 'security')];
      },
      passes: () => {},
      finds: [],
    },
    'fails',
  );
  const rules = guard(change).objections.map(({ rule, needs }) => `${rule} ${needs}`);
  assert.equal(rules, ['gains platform', 'ownership platform']);
});

test('what was called so by an earlier change is not renamed by this one', () => {
  const world = base();
  world.services.push({ ...world.services[0]!, id: 'old', virtualIp: '10.100.0.9' });
  world.services[0]!.previously = 'old';
  const before = loadWorld(world).repository;
  world.services.pop();
  assert.equal(renamesBetween(before, loadWorld(world).repository), []);
});

test.run();
