import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { RENEW_DAYS } from '../doctor/certificates.ts';
import { suite } from '../testing/suite.ts';

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

test.run();
