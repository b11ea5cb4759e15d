import * as assert from 'uvu/assert';
import type { Convergence, Explanation, PublishPlan } from '../contract/shapes.ts';
import { suite } from '../testing/suite.ts';
import { collectionText } from './collection.ts';
import { listingText } from './difference.ts';
import { driftText } from './drift.ts';
import { explanationText } from './explanation.ts';
import { historyText } from './history.ts';
import { planText } from './publish.ts';
import { expiryText, revertText } from './proposals.ts';
import { statusText } from './status.ts';

const test = suite('output: texts for a terminal');

/** What a person wrote who wants to command a terminal, or the runner that reads its log. */
const EVIL = 'mallory\u001b[2J\u202e\n::error::##[error]';

/** A value in which every text is evil, but for those whose type says what they can be. */
function evil<T>(value: T, fixed: readonly string[]): T {
  const made = (node: unknown): unknown => {
    if (typeof node === 'string') return fixed.includes(node) ? node : EVIL;
    if (Array.isArray(node)) return node.map(made);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, one]) => [key, made(one)]));
  };
  return made(value) as T;
}

const EXPLANATION = {
  request: {
    principal: 'p',
    service: 's',
    environment: 'e',
    port: 443,
    at: 'a',
    from: 'f',
    device: { os: 'o' },
  },
  decision: 'allow',
  reason: 'allowed',
  policies: [{ id: 'i', effect: 'allow', description: 'd', file: 'f', line: 1 }],
  until: 'u',
  changes: ['c'],
} as Explanation;

const PLAN = {
  ...{ environment: 'e', epoch: 1, action: 'publish', executed: false, newest: 1, sequence: 2 },
  ...{ commit: 'c', reason: 'r', parts: [], changed: ['x'], calls: { reads: 1, writes: 1, seconds: 1 } },
  ...{ notes: ['n'], problem: 'p', remedy: 'r' },
} as unknown as PublishPlan;

const NEWEST = { sequence: 1, entry: 'e', commit: 'c', reason: 'r', expiresAt: 'x', expired: true };
const CONVERGENCE = {
  ...{ environment: 'e', epoch: 1, converged: false, notes: ['n'], newest: NEWEST },
  components: [
    {
      component: 'c',
      state: 'refused',
      instances: [{ instance: 'i', state: 'refused', refused: 2, reason: 'r', at: 'a' }],
    },
  ],
} as unknown as Convergence;

const ACCESS = {
  ...{ principals: ['p'], anyoneElse: false, conditions: [{ text: 't' }], from: 'f', causes: [] },
  services: [{ service: 's', protocol: 'tcp' as const, ports: [[1, 2]] as [number, number][] }],
};
const ENDING = [{ file: 'f', id: 'i', owner: 'o', expires: 'x' }];
const ROW = { sequence: 1, valid: true, commit: 'c', author: 'a', reason: 'r', issuedAt: 'i', key: 'k' };

const TEXTS: Readonly<Record<string, () => string>> = {
  access: () => listingText([{ environment: EVIL, access: [evil(ACCESS, ['tcp'])] }]),
  collect: () =>
    collectionText(evil({ environment: 'e', kept: [1], remove: ['r'], notes: ['n'] }, []) as never, false),
  drift: () =>
    driftText({
      environments: [
        evil({ environment: 'e', drifts: [{ kind: 'log', subject: 's', message: 'm', remedy: 'r' }] }, []),
      ],
    }),
  expire: () => expiryText(evil({ expired: ENDING, soon: ENDING, breaks: ['b'] }, [])),
  explain: () => explanationText(evil(EXPLANATION, ['allow', 'allowed'])),
  history: () =>
    historyText({
      environments: [
        evil({ environment: 'e', epoch: 1, entries: [ROW, { ...ROW, valid: false, problem: 'p' }] }, []),
      ],
    }),
  publish: () => planText(evil(PLAN, ['publish'])),
  'a refused publish': () => planText({ ...evil(PLAN, []), action: 'refused' }),
  rollback: () =>
    revertText(new Map([[EVIL, null]]), { before: EVIL, after: EVIL, at: '', environments: [] }),
  status: () => statusText({ environments: [evil(CONVERGENCE, ['refused'])] }),
};

for (const [command, text] of Object.entries(TEXTS)) {
  test(`${command}: nothing that people wrote commands a terminal or a runner`, () => {
    const printed = text();
    assert.match(printed, 'mallory');
    assert.not.match(printed.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    assert.not.match(printed, /^\s*::|##\[/m);
  });
}

test.run();
