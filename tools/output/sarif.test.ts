import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import type { Finding } from '../finding/finding.ts';
import { findingsSarif } from './sarif.ts';

const test = suite('output: SARIF');

const validate = schema();

/** The published schema, which a package carries; it is of draft 4, and uses nothing that has changed since. */
function schema() {
  const path = createRequire(import.meta.url).resolve(
    '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
  );
  const {
    $schema: _,
    id: __,
    $id: ___,
    ...rest
  } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  (addFormats as unknown as (ajv: Ajv) => void)(ajv);
  return ajv.compile(rest);
}

const FINDINGS: Finding[] = [
  {
    file: 'policies/services/a b.yaml',
    line: 3,
    column: 7,
    rule: 'ports',
    severity: 'error',
    message: 'wrong',
    expected: 'right',
  },
  {
    file: 'policies/revoked.yaml',
    line: 1,
    column: 1,
    rule: 'yaml-empty',
    severity: 'warning',
    message: 'empty',
  },
];
const RULES = [
  { id: 'ports', says: 'Ensure that ports are.', why: 'They must be.' },
  { id: 'zones', says: 'Ensure that zones are.', why: 'They must be.' },
];
const checked = (findings: Finding[]) => ({ findings, files: 2, accessTests: 0 });

interface Log {
  version: string;
  runs: [{ tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; ruleIndex: number }[] }];
}

test('the schema refuses what is no log', () => {
  assert.not.ok(validate({ version: '2.1.0' }));
  assert.not.ok(validate({ version: '2.1.0', runs: [{ tool: {}, results: [] }] }));
  const log = findingsSarif(checked([{ ...FINDINGS[0]!, line: 0 }]), RULES);
  assert.not.ok(validate(log), 'lines count from 1');
});

test('a log fits the schema, with findings and without', () => {
  for (const findings of [FINDINGS, []]) {
    assert.ok(validate(findingsSarif(checked(findings), RULES)), JSON.stringify(validate.errors));
  }
});

test('each result names its rule, level, sentence and place', () => {
  const [run] = (findingsSarif(checked(FINDINGS), RULES) as Log).runs;
  assert.equal(run.results[0], {
    ruleId: 'ports',
    ruleIndex: 0,
    level: 'error',
    message: { text: 'wrong: expected right' },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'policies/services/a%20b.yaml', uriBaseId: '%SRCROOT%' },
          region: { startLine: 3, startColumn: 7 },
        },
      },
    ],
  });
  for (const { ruleId, ruleIndex } of run.results) assert.is(run.tool.driver.rules[ruleIndex]!.id, ruleId);
});

test('every rule is listed, also those that found nothing and those that nobody described', () => {
  const [run] = (findingsSarif(checked(FINDINGS), RULES) as Log).runs;
  assert.equal(run.tool.driver.rules, [
    {
      id: 'ports',
      shortDescription: { text: 'Ensure that ports are.' },
      fullDescription: { text: 'They must be.' },
    },
    { id: 'yaml-empty' },
    {
      id: 'zones',
      shortDescription: { text: 'Ensure that zones are.' },
      fullDescription: { text: 'They must be.' },
    },
  ]);
});

test('no text of a finding becomes a link', () => {
  const evil = [{ ...FINDINGS[0]!, message: '[click](https://evil.example)' }];
  const log = JSON.stringify(findingsSarif(checked(evil), RULES));
  assert.match(log, 'click');
  assert.not.match(log, '](');
});

test.run();
