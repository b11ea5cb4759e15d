import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { compile } from '../access/compile.ts';
import { indexPolicies } from '../access/model.ts';
import type { Expectation, ProbeOutcome } from '../contract/shapes.ts';
import { otherUser } from '../local/other-user.ts';
import type { ProbeState } from '../local/probes.ts';
import { withoutOtherUser } from '../local/testing/without-other-user.ts';
import { environmentWith, repositoryOf } from '../testing/repository.ts';
import { suite } from '../testing/suite.ts';
import { markedTests, otherwiseNow } from './probe-tests.ts';
import { smoke } from './smoke.ts';
import { outcomeOf, smokeOutcome } from './verdict.ts';

const test = suite('smoke: what is tried, and what it proves');

const AT = '2026-06-01T15:00:00Z';
const ALICE = { principal: 'alice@example.com', port: 443, at: AT };

/** A company whose alice reaches `wiki` from managed devices, in two environments. */
function companyWith(...expect: Expectation[]) {
  const about = { owner: 'platform', description: 'x' };
  return repositoryOf({
    services: [{ id: 'wiki', ...about, protocol: 'tcp', ports: [443], virtualIp: '10.100.0.2' }],
    groups: [{ id: 'staff', ...about, members: ['alice@example.com'] }],
    policies: [
      {
        ...{ id: 'staff-wiki', ...about, effect: 'allow', who: { groups: ['staff'] } },
        ...{ what: { services: ['wiki'] }, when: { device: { managed: true } } },
      },
    ],
    tests: [{ id: 'wiki', description: 'x', expect: expect as [Expectation] }],
    environments: [environmentWith('lab', ['wiki']), environmentWith('live', [])],
  });
}

test('only what is marked is tried, where the service is registered or the test names the environment', () => {
  const marked = { ...ALICE, reaches: 'wiki', probe: true } as const;
  const repository = companyWith(
    { ...ALICE, denied: 'wiki' },
    marked,
    { ...ALICE, denied: 'wiki', probe: true, environments: ['live'] },
    { withoutCertificate: true, denied: 'wiki', port: 443, at: AT, probe: true },
  );
  const about = { test: 'policies/tests/wiki.yaml:1', service: 'wiki', port: 443, protocol: 'tcp' };
  assert.equal(markedTests(repository, 'lab'), [
    { ...about, principal: 'alice@example.com', expected: 'reached' },
    { ...about, principal: undefined, expected: 'denied' },
  ]);
  assert.equal(
    markedTests(repository, 'live').map(({ expected }) => expected),
    ['denied'],
  );
});

test('what policy answers otherwise at this instant, or to this device, is not expected on the wire', () => {
  const repository = companyWith({ ...ALICE, reaches: 'wiki', probe: true });
  const access = indexPolicies(compile(repository, 'lab'));
  const [one] = markedTests(repository, 'lab');
  const from = (device: Record<string, string>) => ({
    at: AT,
    from: undefined,
    device: new Map(Object.entries(device)),
  });
  assert.is(otherwiseNow(access, one!, from({ managed: 'true' })), undefined);
  assert.is(otherwiseNow(access, one!, from({})), 'no-policy-allows');
  assert.is(otherwiseNow(access, { ...one!, expected: 'denied' }, from({ managed: 'true' })), 'allowed');
});

const OUTCOMES: [expected: 'reached' | 'denied', state: ProbeState, served: boolean, ProbeOutcome][] = [
  ['reached', 'reached', true, 'proved'],
  ['reached', 'denied', true, 'contradicted'],
  ['reached', 'no answer', true, 'unproved'],
  ['reached', 'no answer', false, 'proved'],
  ['reached', 'untried', true, 'unproved'],
  ['denied', 'denied', true, 'proved'],
  ['denied', 'reached', true, 'contradicted'],
  // Policy let it through: that nothing answers behind is luck.
  ['denied', 'no answer', false, 'contradicted'],
  ['denied', 'untried', true, 'unproved'],
];

test('what each exit code of the agent proves', () => {
  for (const [expected, state, served, outcome] of OUTCOMES)
    assert.is(outcomeOf(expected, state, served), outcome, `${expected} ${state} ${served}`);
});

test('one that contradicts is the outcome of all; where nothing was tried, nothing is proved', () => {
  const of = (...outcomes: ProbeOutcome[]) => smokeOutcome(outcomes.map((outcome) => ({ outcome })));
  assert.is(of('proved', 'left out'), 'proved');
  assert.is(of('proved', 'unproved', 'contradicted'), 'contradicted');
  assert.is(of('proved', 'unproved'), 'unproved');
  assert.is(of('left out'), 'unproved');
  assert.is(of(), 'unproved');
});

/** In place of the agent: what it reads, and as whom. Its exit code says that the path is denied. */
const AGENT = '#!/bin/sh\necho "$(id -u) $(grep -c intermediates "$ZTNA_CONFIG")"\nexit 1\n';

const lacks = withoutOtherUser();
if (lacks) test.skip('the agent runs as another user', lacks);
else
  test('the agent runs as another user, who reads what it is given, and nothing of it is left', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ztna-smoke-'));
    const agent = join(folder, 'agent');
    writeFileSync(agent, AGENT, { mode: 0o700 });
    const { TMPDIR } = process.env;
    // A place of its own, which others may pass through, shows what is left of it.
    const place = join(folder, 'place');
    chmodSync(folder, 0o711);
    mkdirSync(place);
    chmodSync(place, 0o711);
    process.env['TMPDIR'] = place;
    try {
      const marked = { withoutCertificate: true, denied: 'wiki', port: 443, at: AT, probe: true } as const;
      const user = otherUser('nobody', {});
      const [tried] = await smoke({
        ...{
          repository: companyWith(marked),
          environment: 'lab',
          intermediates: ['one'],
          agent,
          folder,
          user,
        },
        ...{ from: undefined, served: () => true, certificateOf: () => undefined },
        now: () => new Date(AT),
        signal: new AbortController().signal,
      });
      assert.equal([tried!.outcome, tried!.says], ['proved', `found denied: ${user.uid} 1`]);
      assert.equal(readdirSync(place), []);
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
      rmSync(folder, { recursive: true, force: true });
    }
  });

test.run();
