import * as assert from 'uvu/assert';
import type { Policy } from '../contract/shapes.ts';
import { Fault } from '../contract/fault.ts';
import { loadSources } from '../load/load.ts';
import type { Source } from '../load/sources.ts';
import { company, sizeOfFiles } from '../testing/company.ts';
import { filesOf } from '../testing/repository-files.ts';
import { suite } from '../testing/suite.ts';
import { EXPIRY_BRANCH, expiryOf, expiryProposal } from './expire.ts';
import { grantProposal, type GrantRequest, planGrant } from './grant.ts';

const test = suite('propose: plans of pull requests, without a command');

const NOON = Date.parse('2026-06-01T12:00:30Z');
const world = company(sizeOfFiles(20));
const ENVIRONMENT = world.environments![0]!.id;
const SERVICE = world.services![0]!.id;

const sourcesOf = (some: typeof world): Source[] =>
  [...filesOf(some)].map(([path, text]) => ({ path, bytes: Buffer.from(text) }));

const REQUEST: GrantRequest = {
  principal: 'Eve.Ng@example.com',
  service: SERVICE,
  environments: [ENVIRONMENT],
  time: '4h',
  ticket: 'SEC-9',
  from: ['203.0.113.0/24'],
  device: ['os=macos', 'os=linux', 'managed=true'],
};

function plan(request: Partial<GrantRequest> = {}, sources = sourcesOf(world)) {
  return planGrant(loadSources(sources).repository, sources, { ...REQUEST, ...request }, NOON);
}

/** The fault with which something ends. */
function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    assert.instance(error, Fault);
    return error as Fault;
  }
  return assert.unreachable('it succeeds') as never;
}

test('a grant is one policy that ends by itself, and says what it changes', () => {
  const grant = plan();
  assert.is(grant.path, `policies/access/${grant.policy.id}.yaml`);
  assert.equal(grant.policy.when, {
    from: ['203.0.113.0/24'],
    device: { os: ['macos', 'linux'], managed: true },
    start: '2026-06-01T12:00:00Z',
    expires: '2026-06-01T16:00:00Z',
  } as Policy['when']);
  assert.equal([grant.policy.ticket, grant.policy.environments], ['SEC-9', [ENVIRONMENT]]);
  assert.equal(
    grant.difference.map(({ environment, losses }) => [environment, losses.length]),
    [[ENVIRONMENT, 0]],
  );
  const written = [...sourcesOf(world), { path: grant.path, bytes: Buffer.from(grant.text) }];
  assert.equal(loadSources(written).repository.policies.get(grant.policy.id)?.value, grant.policy);
});

test('a grant that gives nobody anything is refused, with how to see why', () => {
  const given = plan();
  const twice = [...sourcesOf(world), { path: given.path, bytes: Buffer.from(given.text) }];
  const fault = faultOf(() =>
    planGrant(loadSources(twice).repository, twice, { ...REQUEST, time: '2h' }, NOON + 60_000),
  );
  assert.match(
    fault.message,
    /nobody would gain anything: a deny forbids it, or Eve\.Ng@example\.com reaches/,
  );
  assert.match(fault.remedy, /^see which: npx ztna explain Eve\.Ng@example\.com /);
  assert.is(fault.status, 1);
});

test('the proposal of a grant adds its file and nothing else', () => {
  const grant = plan();
  const { branch, files, on } = grantProposal(grant);
  assert.equal([branch, on], [`ztna/${grant.policy.id}`, undefined]);
  assert.equal([...files], [[grant.path, { text: grant.text }]]);
});

test('what does not exist, exists already or is not allowed is a fault with what to do', () => {
  assert.match(faultOf(() => plan({ service: 'nobody' })).remedy, new RegExp(SERVICE));
  assert.match(faultOf(() => plan({ environments: ['nowhere'] })).remedy, new RegExp(ENVIRONMENT));
  assert.match(faultOf(() => plan({ time: 'long' })).message, /is no time/);
  const { path, text } = plan();
  const there = [...sourcesOf(world), { path, bytes: Buffer.from(text) }];
  assert.match(faultOf(() => plan({}, there)).message, /exists/);
  const refused = faultOf(() => plan({ device: ['os=toaster'] }));
  assert.is(refused.status, 1);
  assert.match(refused.lines.join('\n'), new RegExp(`^${path}:\\d+:\\d+ `));
});

/** The company with a policy that ends at an instant. */
function ending(expires: string) {
  const first = world.policies![0]!;
  const policy: Policy = { ...first, id: 'short', when: { ...first.when, expires } };
  return loadSources(sourcesOf({ ...world, policies: [...world.policies!, policy] }));
}

test('what has expired is proposed to go, what will soon is only said', () => {
  const week = 7 * 86_400_000;
  const expired = expiryOf(ending('2026-06-01T12:00:00Z'), NOON, week);
  assert.equal(
    expired.expired.map(({ id }) => id),
    ['short'],
  );
  const proposal = expiryProposal(expired, 'abc')!;
  assert.equal([proposal.branch, proposal.on], [EXPIRY_BRANCH, 'abc']);
  assert.equal([...proposal.files], [['policies/access/short.yaml', null]]);
  const soon = expiryOf(ending('2026-06-03T12:00:00Z'), NOON, week);
  assert.equal([soon.expired.length, soon.soon.map(({ id }) => id)], [0, ['short']]);
  assert.is(expiryProposal(soon, 'abc'), undefined);
  assert.is(expiryOf(ending('2026-06-09T12:00:00Z'), NOON, week).soon.length, 0);
});

test.run();
