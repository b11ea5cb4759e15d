import * as assert from 'uvu/assert';
import type { Expectation, Policy } from '../contract/shapes.ts';
import { suite } from '../testing/suite.ts';
import { policy, type Base } from './testing/base.ts';
import { changed, findingsOf, loadWorld } from './testing/run.ts';

const test = suite('check: a name that is dead where it protects is an error');

/** What a deny of everything for everybody brings with it. */
const BESIDE = ['unreachable-services', 'shadowed-policies', 'principal-spelling'];

/** `error rule` or `warning rule` of each finding of a changed world, and whether it names a near name. */
function found(change: (world: Base) => void): string[] {
  return findingsOf(loadWorld(changed(change)))
    .filter(({ rule }) => !BESIDE.includes(rule))
    .map(({ severity, rule, remedy }) => {
      return `${severity} ${rule}${/did you mean/.test(remedy ?? '') ? ', near' : ''}`;
    });
}

const both = (rest: Partial<Policy> & Pick<Policy, 'who' | 'what'>) => (effect: Policy['effect']) =>
  found((w) => void w.policies.push(policy('one', { ...rest, effect })));

const STAFF = { groups: ['staff'] };
const WIKI = { services: ['wiki'] };

/** What an allow says of a dead name, and what a deny does. */
const IN_POLICIES: Record<string, [(effect: Policy['effect']) => string[], allow: string[], deny: string[]]> =
  {
    'a misspelt label': [
      both({ who: STAFF, what: { services: ['wiki'], labels: { tier: 'restrcited' } } }),
      ['warning labels, near'],
      ['error labels, near'],
    ],
    'a misspelt principal': [
      both({ who: { principals: ['anm@example.com'] }, what: WIKI }),
      ['warning policy-principals, near'],
      ['error policy-principals, near'],
    ],
    'a wrong port': [
      both({ who: STAFF, what: { ...WIKI, ports: [8080] } }),
      ['warning policy-ports'],
      ['error policy-ports'],
    ],
    nobody: [both({ who: { groups: [] }, what: WIKI }), ['warning empty-policies'], ['error empty-policies']],
    nothing: [
      both({ who: STAFF, what: { labels: {} } }),
      ['warning empty-policies'],
      ['error empty-policies'],
    ],
    'an exception of a misspelt principal': [
      both({ who: { ...STAFF, except: { principals: ['anm@example.com'] } }, what: WIKI }),
      ['error policy-principals, near'],
      ['error policy-principals, near'],
    ],
    'an exception of nobody': [
      both({ who: { ...STAFF, except: { groups: [] } }, what: WIKI }),
      ['error empty-policies'],
      ['error empty-policies'],
    ],
    'an exception of a misspelt group': [
      both({ who: { ...STAFF, except: { groups: ['gests'] } }, what: WIKI }),
      ['error references, near'],
      ['error references, near'],
    ],
  };

for (const [name, [policyOf, allow, deny]] of Object.entries(IN_POLICIES))
  test(`${name}, in an allow and in a deny`, () => {
    assert.equal(policyOf('allow'), allow);
    assert.equal(policyOf('deny'), deny);
  });

const AT = { port: 443, at: '2026-06-01T12:00:00Z' };
const expecting = (one: Expectation) => found((w) => void w.tests[0]!.expect.push(one));

test('in an access test each is an error', () => {
  const cases: [Expectation, string][] = [
    [{ principal: 'anm@example.com', denied: 'wiki', ...AT }, 'error policy-principals, near'],
    [{ principal: 'gus@example.com', denied: 'payments', ...AT, port: 8444 }, 'error vacuous-tests'],
    [{ group: 'guests', never: { labels: { tier: 'restrcited' } } }, 'error labels, near'],
    [{ group: 'guests', never: { labels: {} } }, 'error vacuous-tests'],
    [{ group: 'guests', never: { services: [] } }, 'error vacuous-tests'],
    [{ group: 'gests', never: { all: true } }, 'error references, near'],
  ];
  for (const [one, wanted] of cases) assert.equal(expecting(one), [wanted], JSON.stringify(one));
});

test('a principal whom an allow names is not misspelt in a deny or a test beside it', () => {
  const named = found((w) => {
    w.policies.push(policy('one', { who: { principals: ['ci-builds'] }, what: WIKI }));
    w.policies.push(
      policy('two', { effect: 'deny', who: { principals: ['CI-builds'] }, what: { services: ['payments'] } }),
    );
    w.tests[0]!.expect.push({ principal: 'ci-builds', denied: 'payments', ...AT });
  });
  assert.equal(named, ['warning policy-principals', 'warning policy-principals']);
});

test('an outsider may be named everywhere, and `later` only in its own file', () => {
  const stranger = (w: Base): void => {
    w.policies[2]!.who.principals = ['mallory@example.net'];
    w.tests[0]!.expect.push({ principal: 'mallory@example.net', denied: 'payments', ...AT });
  };
  assert.equal(found(stranger), ['error policy-principals', 'error policy-principals']);
  const outside = (w: Base): void => {
    stranger(w);
    w.guardrails.outsiders = ['mallory@example.net'];
  };
  assert.equal(found(outside), []);
  const soon = (w: Base): void => {
    stranger(w);
    w.policies[2]!.later = ['mallory@example.net'];
  };
  assert.equal(found(soon), ['error policy-principals']);
});

test('what may come later is a warning once it exists', () => {
  const early = (w: Base): void => {
    w.policies[2]!.who.groups = ['guests', 'partners'];
    w.policies[2]!.later = ['partners'];
  };
  assert.equal(found(early), []);
  const late = (w: Base): void => {
    early(w);
    w.groups.push({ id: 'partners', description: 'Partners', owner: 'platform', groups: ['guests'] });
  };
  assert.equal(found(late), ['warning later']);
});

test('every way to write a label under `later` excuses that label alone', () => {
  for (const name of ['tier=secret', 'tier: secret', 'secret']) {
    const excused = (w: Base): void => {
      w.policies[2]!.what = { services: ['payments'], labels: { tier: 'secret' } };
      w.policies[2]!.later = [name];
    };
    assert.equal(found(excused), [], name);
  }
  const other = (w: Base): void => {
    w.policies[2]!.what = { services: ['payments'], labels: { tier: 'secret' } };
    w.policies[2]!.later = ['tier=secrets'];
  };
  assert.equal(found(other), ['error labels', 'warning later, near']);
});

test.run();
