import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { ackOf } from '../../tools/follow/ack.ts';
import { suite } from '../../tools/testing/suite.ts';
import { type LogLine, lineOf, type ComponentStatus, statusLine } from './lines.ts';

const test = suite("a policy agent's lines, beside the metric filters of terraform/");
const FILE = fileURLToPath(new URL('../../terraform/modules/observability/metrics.tf', import.meta.url));
const origin = { component: 'connector/apps', now: Date.parse('2026-06-01T12:00:00Z') };
const position = (sequence: number) => ({ epoch: 1, sequence, entry: 'a'.repeat(64) });

/** The patterns by metric, as Terraform has them. */
const text = readFileSync(FILE, 'utf8');
const PATTERNS = new Map(
  [...text.matchAll(/(?:(\w+) += \{ |name += "(Healthy)"[^]*?)pattern += "((?:[^"\\]|\\.)*)"/g)].map(
    ([, metric, healthy, pattern]) => [
      (metric ?? healthy)!,
      pattern!.replaceAll('\\"', '"').replace('${var.late_seconds}', '60'),
    ],
  ),
);

/** Whether CloudWatch would count a line: the part of its language that is used. */
function matches(pattern: string, line: LogLine): boolean {
  return pattern
    .replace(/^\{ | \}$/g, '')
    .split(' && ')
    .every((condition) => {
      const [, name, operator, wanted] = /^\$\.(\w+) (=|>=|IS) (.+)$/.exec(condition)!;
      const value = line[name!];
      if (operator === 'IS') return value === (wanted === 'TRUE');
      if (operator === '>=') return typeof value === 'number' && value >= Number(wanted);
      return wanted === '*' ? value !== undefined : value === JSON.parse(wanted!);
    });
}

/** Which metrics count a line. */
const metricsOf = (line: LogLine): string[] =>
  [...PATTERNS].flatMap(([metric, pattern]) => (matches(pattern, line) ? [metric] : []));

/** How a component is, where all is well. */
function status(
  rest: Partial<ComponentStatus> = {},
  trouble: { refused?: number; waiting?: number } = {},
): ComponentStatus {
  const { refused, waiting } = trouble;
  const ack = ackOf(
    {
      environment: 'lab',
      component: origin.component,
      instance: 'one',
      trusted: [],
      verifiedBy: 'component',
      renewSeconds: 300,
      enforced: position(12),
      stale: false,
      begun: true,
      stopped: false,
      ...(refused && { refused: position(refused), reason: 'no' }),
      ...(waiting && { waiting: { position: position(waiting), reason: 'not yet', since: origin.now } }),
    },
    origin.now,
  );
  return { healthy: true, stale: false, floor: position(12), figures: undefined, ack, ...rest };
}

test('every metric has its pattern', () => {
  assert.equal([...PATTERNS.keys()].sort(), [
    'Behind',
    'CertificateDays',
    'Enforced',
    'EnforcedAfter',
    'EnforcedLate',
    'Healthy',
    'LifePercent',
    'Refused',
    'Stale',
  ]);
});

test('a component that is well counts as healthy, up to date, with the days of its certificate', () => {
  const figures = { certificateNotAfter: '2026-08-01T12:00:00Z' };
  const line = statusLine(status({ figures }), origin);
  assert.equal(line, {
    at: '2026-06-01T12:00:00.000Z',
    event: 'status',
    component: 'connector/apps',
    healthy: true,
    stale: false,
    behind: 0,
    certificateDays: 61,
  });
  assert.equal(metricsOf(line).sort(), ['Behind', 'CertificateDays', 'Healthy']);
});

test('one that is not counts as what it is', () => {
  const line = statusLine(status({ healthy: false, stale: true }), origin);
  assert.equal(metricsOf(line).sort(), ['Behind', 'Stale']);
});

test('it is behind by the entries that it refused or waits for, of its own epoch', () => {
  assert.is(statusLine(status({}, { refused: 14 }), origin)['behind'], 2);
  assert.is(statusLine(status({}, { waiting: 13 }), origin)['behind'], 1);
  assert.is(statusLine(status({ floor: undefined }, { waiting: 3 }), origin)['behind'], 3);
  assert.is(
    statusLine(status({ floor: { ...position(40), epoch: 2 } }, { refused: 14 }), origin)['behind'],
    0,
  );
});

test('an entry has less of its life left each day, and none after it', () => {
  const life = { issuedAt: '2026-05-30T12:00:00Z', expiresAt: '2026-06-04T12:00:00Z' };
  const left = (now: number) => statusLine(status({ life }), { ...origin, now })['lifePercent'];
  assert.is(left(origin.now), 60);
  assert.is(left(origin.now + 86_400_000), 40);
  assert.is(left(origin.now + 9 * 86_400_000), 0);
  assert.ok(metricsOf(statusLine(status({ life }), origin)).includes('LifePercent'));
});

test('an entry that comes into force counts, late or in time, and at a first start not at all', () => {
  const enforcing = (afterMs?: number) =>
    lineOf(
      { type: 'enforcing', sequence: 12, changed: true, ...(afterMs !== undefined && { afterMs }) },
      origin,
    );
  assert.is(enforcing(11_200)['afterSeconds'], 11.2);
  assert.equal(metricsOf(enforcing(11_200)).sort(), ['Enforced', 'EnforcedAfter']);
  assert.equal(metricsOf(enforcing(60_000)).sort(), ['Enforced', 'EnforcedAfter', 'EnforcedLate']);
  assert.equal(metricsOf(enforcing()), []);
});

test('a refusal counts as one, and nothing else that happens does', () => {
  const refused = lineOf({ type: 'refused', sequence: 12, reason: 'no' }, origin);
  assert.equal(refused, {
    at: '2026-06-01T12:00:00.000Z',
    event: 'refused',
    component: 'connector/apps',
    sequence: 12,
    reason: 'no',
  });
  assert.equal(metricsOf(refused), ['Refused']);
  const others = [
    lineOf({ type: 'enforcing', sequence: 12, changed: true }, origin),
    lineOf({ type: 'waiting', sequence: 13, reason: 'not yet' }, origin),
    lineOf({ type: 'renewed', notAfter: origin.now }, origin),
    lineOf({ type: 'denying', reason: 'nothing' }, origin),
    lineOf({ type: 'trouble', reason: 'disk' }, origin),
    lineOf({ type: 'away', reason: 'store' }, origin),
    lineOf({ type: 'back' }, origin),
    lineOf({ type: 'acked', state: 'enforcing' }, origin),
  ];
  assert.equal(others.flatMap(metricsOf), []);
  assert.equal(new Set(others.map(({ event }) => event)).size, others.length);
});

test.run();
