import * as assert from 'uvu/assert';
import type { Environment, Policy, Revoked } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { differenceText } from '../output/difference.ts';
import { environmentWith, repositoryOf } from '../testing/repository.ts';
import { suite } from '../testing/suite.ts';
import { Answers } from './answers.ts';
import { difference } from './difference.ts';
import { explain } from './explain.ts';

const test = suite('access: who may connect at all');

const NOON = Date.parse('2026-06-01T12:00:00Z');
const OPEN: Pick<Environment, 'clients'> = { clients: { withoutCertificate: 'allowed' } };

const policy = (id: string, who: Policy['who'], rest: Partial<Policy> = {}): Policy => ({
  ...{ id, description: id, owner: 'platform', effect: 'allow', who, what: { services: ['web'] } },
  ...rest,
});

function company(
  policies: Policy[],
  revoked: Revoked = {},
  clients: Pick<Environment, 'clients'> = {},
): Repository {
  const service = { id: 'web', description: 'w', owner: 'platform', protocol: 'tcp' as const };
  const members = ['ann@example.com', 'bob@example.com'];
  return repositoryOf({
    services: [{ ...service, ports: [443], virtualIp: '10.100.0.2' }],
    groups: [{ id: 'staff', description: 'staff', owner: 'platform', members }],
    policies,
    environments: [{ ...environmentWith('lab', ['web']), ...clients }],
    revoked,
  });
}

function reason(repository: Repository, who: { principal: string } | { withoutCertificate: true }): string {
  return new Answers(repository).request({ ...who, service: 'web', environment: 'lab', port: 443 }).reason;
}

const STAFF = policy('staff', { groups: ['staff'] });
const left = (principal: string): Revoked => ({
  principals: [{ principal, reason: 'left the company', date: '2026-06-01' }],
});

test('a revoked principal is denied whatever policies say, also one whom only `all` names', () => {
  assert.is(reason(company([STAFF]), { principal: 'ann@example.com' }), 'allowed');
  assert.is(reason(company([STAFF], left('ANN@example.com')), { principal: 'ann@example.com' }), 'revoked');
  const all = company([policy('all', { all: true })], left('zed@example.com'));
  assert.is(reason(all, { principal: 'zed@example.com' }), 'revoked');
  assert.is(reason(all, { principal: 'yan@example.com' }), 'allowed');
});

test('explain says which line refuses a principal', () => {
  const request = { principal: 'ann@example.com', service: 'web', environment: 'lab', port: 443 };
  const { reason, refusedBy, changes } = explain(company([STAFF], left('ann@example.com')), request, NOON);
  assert.equal(
    [reason, refusedBy, changes],
    ['revoked', { reason: 'left the company', file: 'policies/revoked.yaml', line: 1 }, []],
  );
});

test('a principal who is revoked loses all that was reached, and regains it', () => {
  const [before, after] = [company([STAFF]), company([STAFF], left('ann@example.com'))];
  assert.is(
    differenceText({ environments: difference(before, after, { at: NOON }) }),
    `lab: 1 person loses access, 1 principal is revoked
  - ann@example.com loses \`web\` tcp/443   policies/revoked.yaml:1
  - principal ann@example.com is refused from now on (left the company)   policies/revoked.yaml:1
  = 2 principals x 1 service otherwise unchanged
`,
  );
  const [{ gains, losses, revocations }] = difference(after, before, { at: NOON }) as [never];
  const [gain] = gains as { principals: string[] }[];
  assert.equal([gain!.principals, (losses as []).length], [['ann@example.com'], 0]);
  assert.is((revocations as { effect: string }[])[0]!.effect, 'accepted');
});

test('a client CA that is revoked counts everyone who reaches something, where it is accepted', () => {
  const cas = [{ ca: 'company', reason: 'its key is public', date: '2026-06-01' }];
  const text = (revoked: Revoked) =>
    differenceText({ environments: difference(company([STAFF]), company([STAFF], revoked), { at: NOON }) });
  assert.match(
    text({ cas }),
    /client CA company is refused from now on \(its key is public\): at most 2 people, those with a certificate of it, lose all that they reach/,
  );
  assert.match(text({ cas: [{ ...cas[0]!, ca: 'elsewhere' }] }), /nobody gains or loses access/);
});

test('clients without certificate are in no `all`, and reach what names them where they may connect', () => {
  const unnamed = { withoutCertificate: true as const };
  const all = policy('all', { all: true });
  const named = policy('named', unnamed);
  assert.is(reason(company([all], {}, OPEN), unnamed), 'no-policy-allows');
  assert.is(reason(company([named]), unnamed), 'certificate-missing');
  assert.is(reason(company([named], {}, OPEN), unnamed), 'allowed');
  assert.is(reason(company([named], {}, OPEN), { principal: 'zed@example.com' }), 'no-policy-allows');
  const denied = policy('denied', unnamed, { effect: 'deny' });
  assert.is(reason(company([named, denied], {}, OPEN), unnamed), 'denied-by-policy');
  assert.is(
    reason(company([policy('p', { all: true, ...unnamed, except: unnamed })], {}, OPEN), unnamed),
    'no-policy-allows',
  );
});

test('letting them in is a gain although they reach nothing yet, and shutting them out a loss', () => {
  const named = policy('named', { withoutCertificate: true });
  const text = (before: Repository, after: Repository): string =>
    differenceText({ environments: difference(before, after, { at: NOON }) });
  assert.match(
    text(company([STAFF]), company([STAFF], {}, OPEN)),
    /\+ clients without certificate gain the right to connect {3}environments\/lab\/environment.yaml:1/,
  );
  const [closed, open] = [company([named]), company([named], {}, OPEN)];
  assert.match(text(closed, open), /\+ clients without certificate gain `web` tcp\/443/);
  assert.match(text(open, closed), /- clients without certificate lose `web` tcp\/443/);
  assert.match(text(open, closed), /- clients without certificate lose the right to connect/);
});

test('a request names a principal or none, not both', () => {
  const answers = new Answers(company([STAFF], {}, OPEN));
  const ask = (who: object) =>
    answers.line(JSON.stringify({ ...who, service: 'web', environment: 'lab', port: 443 }));
  assert.match(JSON.stringify(ask({})), /principal is missing/);
  assert.match(JSON.stringify(ask({ principal: 'ann@example.com', withoutCertificate: true })), /error/);
  assert.match(JSON.stringify(ask({ withoutCertificate: true })), /no-policy-allows/);
});

test.run();
