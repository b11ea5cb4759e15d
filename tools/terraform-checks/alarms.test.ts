import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { RENEW_DAYS } from '../doctor/certificates.ts';
import { suite } from '../testing/suite.ts';
import { evaluateMath } from './metric-math.ts';

const test = suite("Terraform's alarms, beside what is measured and what the runbook says");
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** One alarm: the end of its name, and its settings as they are written. */
interface Alarm {
  name: string;
  settings: ReadonlyMap<string, string>;
}

const modules = readdirSync(join(ROOT, 'terraform/modules'));
const sources = modules.flatMap((module) =>
  readdirSync(join(ROOT, 'terraform/modules', module))
    .filter((file) => file.endsWith('.tf'))
    .map((file) => read(`terraform/modules/${module}/${file}`)),
);
const ALARMS: Alarm[] = sources.flatMap((text) =>
  [...text.matchAll(/resource "aws_cloudwatch_metric_alarm" "\w+" \{\n([^]*?)\n\}/g)].map(([, body]) => {
    const lines = [...body!.matchAll(/^ {2}(\w+) += (.*)$/gm)].map(
      ([, key, value]) => [key!, value!] as const,
    );
    const settings = new Map(lines);
    return { name: /\}-([a-z]+(?:-[a-z]+)*)/.exec(settings.get('alarm_name')!)![1]!, settings };
  }),
);

/** The metrics that lines of policy agents are counted into; `lines.test.ts` holds that the program says those lines. */
const METRICS = [
  ...read('terraform/modules/observability/metrics.tf').matchAll(
    /^ {4}(\w+) += \{ pattern|name += "(Healthy)"/gm,
  ),
].map(([, one, healthy]) => `"${one ?? healthy}"`);

test('an alarm on what policy agents say watches a metric that their lines make', () => {
  const ours = ALARMS.filter(({ settings }) => settings.get('namespace') === 'local.namespace');
  assert.is(ours.length, 6);
  for (const { name, settings } of ours) assert.ok(METRICS.includes(settings.get('metric_name')!), name);
});

test('every alarm tells somebody', () => {
  for (const { name, settings } of ALARMS)
    assert.match(settings.get('alarm_actions') ?? '', /alarms\.arn|alarm_topic_arn/, name);
});

test('the runbook has a line for every alarm, and for none that there is not', () => {
  const section = /\n## An alarm rings\n([^]*?)\n## /.exec(read('docs/operations.md'))![1]!;
  const lines = [...section.matchAll(/^\| `([a-z-]+)`/gm)].map(([, name]) => name!);
  assert.equal([...new Set(lines)].sort(), [...new Set(ALARMS.map(({ name }) => name))].sort());
});

test('a certificate is renewed by the doctor well before its alarm', () => {
  const [alarm] = ALARMS.filter(({ settings }) => settings.get('metric_name') === '"CertificateDays"');
  assert.is(alarm!.settings.get('comparison_operator'), '"LessThanThreshold"');
  assert.ok(Number(alarm!.settings.get('threshold')) + 7 <= RENEW_DAYS, 'a week is left to do it in');
});

/** The two windows in which lateness is looked at, and how the alarm sees them. */
const LATE = read('terraform/modules/observability/alarms.tf');
const WINDOWS = [...LATE.matchAll(/^ {4}(\w+) += \{ rate = ([\d.]+), seconds = (\d+) \}$/gm)].map(
  ([, name, rate, seconds]) => ({ name: name!, rate: Number(rate), seconds: Number(seconds) }),
);
const EXPRESSION = /expression +=\s*"(IF\([^"]*\))"/.exec(LATE)![1]!;
const MONTH_SECONDS = 30 * 86_400;

/** Which windows ring, when so many of so many entries came into force late in each. */
function rings(enforced: number | undefined, late: number | undefined): string[] {
  const [rate] = evaluateMath(EXPRESSION, { enforced: [enforced], late: [late] });
  // What is missing breaches nothing.
  return WINDOWS.filter((window) => rate !== undefined && rate >= window.rate).map(({ name }) => name);
}

test('lateness rings where it uses up what a month may be late: a fiftieth within an hour, a twentieth within six', () => {
  assert.equal(
    WINDOWS.map(({ name, rate, seconds }) => [
      name,
      Math.round((1000 * rate * seconds) / MONTH_SECONDS) / 1000,
    ]),
    [
      ['fast', 0.02],
      ['slow', 0.05],
    ],
  );
  const [late] = ALARMS.filter(({ name }) => name === 'late');
  assert.is(late!.settings.get('comparison_operator'), '"GreaterThanOrEqualToThreshold"');
  assert.is(late!.settings.get('threshold'), 'each.value.rate');
  assert.is(late!.settings.get('treat_missing_data'), '"notBreaching"');
  assert.match(LATE, /for_each = \{ enforced = "Enforced", late = "EnforcedLate" \}/);

  // One in a hundred may be late, for ever.
  assert.equal(rings(100, 1), []);
  assert.equal(rings(100, 5), []);
  assert.equal(rings(100, 6), ['slow']);
  assert.equal(rings(1000, 143), ['slow']);
  assert.equal(rings(1000, 144), ['fast', 'slow']);
  // Nobody was late: then there is no such line, and no value.
  assert.equal(rings(40, undefined), []);
  // Nothing was delivered.
  assert.equal(rings(undefined, undefined), []);
  assert.equal(rings(0, 0), []);
  // Of few instances, one that is late is more than may be: of seven and more it is not for the fast one.
  assert.equal(rings(6, 1), ['fast', 'slow']);
  assert.equal(rings(7, 1), ['slow']);
  assert.equal(rings(17, 1), []);
});

test('metric math has a value only where both sides have one, and refuses what it does not know', () => {
  const series = { a: [1, undefined, 3, 0], b: [2, 5, undefined, 0] };
  assert.equal(evaluateMath('a + b * 2', series), [5, undefined, undefined, 0]);
  assert.equal(evaluateMath('FILL(a, 7) - b', series), [-1, 2, undefined, 0]);
  assert.equal(evaluateMath('IF(b > 1, 100 * (a + 1) / b, 0)', series), [100, undefined, undefined, 0]);
  for (const wrong of ['a +* b', 'SUM(a)', 'c', 'a b', 'IF(a, 1, 2', 'a % b'])
    assert.throws(() => evaluateMath(wrong, series), undefined, wrong);
});

test.run();
