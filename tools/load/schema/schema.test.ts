import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { KINDS, type Kind } from '../../contract/kinds.ts';
import { suite } from '../../testing/suite.ts';
import { line } from '../../finding/finding.ts';
import { loadFile } from '../file.ts';
import { readExamples, placeOf } from '../testing/examples.ts';
import { fixed, PATTERNS } from './patterns.ts';

const test = suite('load: what does not fit the schema, in words');

/** The findings of a text at the place of a kind, from the line number on. */
function said(kind: Kind, text: string, path = placeOf(kind, undefined)): string[] {
  const { findings } = loadFile({ path, bytes: Buffer.from(text) });
  return findings.map((finding) => line(finding).slice(path.length + 1));
}

const SERVICE = `id: example
description: An example
owner: platform
protocol: tcp
ports: [443]
virtualIp: 10.100.0.2
`;

const expecting = (expectation: string): string =>
  `id: example\ndescription: An example\nexpect:\n  - ${expectation}\n`;

test('a misspelt key is one finding, not also a missing one', () => {
  assert.equal(said('service', SERVICE.replace('description', 'discription')), [
    '2:1 schema-additionalProperties `discription` is not a key of the service; did you mean `description`?',
  ]);
  assert.equal(said('access-test', expecting('{ group: all, nevr: { all: true } }')), [
    '4:19 schema-additionalProperties `nevr` is not a key of `expect[0]`; did you mean `never`?',
  ]);
  const connector = 'id: example\ndescription: x\nowner: x\nrun: fargate\nsize: {}\nservices: []\n';
  assert.equal(
    said('connector', connector)[0],
    '4:1 schema-additionalProperties `run` is not a key of the connector; did you mean `runs`?',
  );
});

test('a key in the wrong place is told its place', () => {
  const policy =
    'id: example\ndescription: x\nowner: x\neffect: allow\nwho: {}\nwhat: {}\nexpires: 2027-01-01T00:00:00Z\n';
  assert.equal(said('policy', policy), [
    '7:1 schema-additionalProperties `expires` is not a key of the policy: expected one of when, environments, observe, later, ticket; write it in `when`',
  ]);
});

test('an expectation that expects nothing, or two things', () => {
  const request = 'principal: a@b.c, port: 443, at: "2026-06-01T15:00:00Z"';
  assert.equal(said('access-test', expecting(`{ ${request} }`)), [
    '4:5 schema-oneOf `expect[0]` needs one of `reaches`, `denied`, `never`: found none of them; add one',
  ]);
  assert.equal(said('access-test', expecting(`{ ${request}, reaches: wiki, never: { all: true } }`)), [
    '4:79 schema-oneOf `expect[0]` has several of `reaches`, `denied`, `never`: expected one of them, found reaches, never; keep one',
  ]);
  assert.equal(said('access-test', expecting('{}')).length, 1);
  assert.equal(said('access-test', expecting('wiki')), [
    '4:5 schema-type `expect[0]` is of the wrong type: expected keys and values: principal, group, anyoneElse, withoutCertificate, reaches, denied, never, port, at, from, device, environments, probe, found "wiki"',
  ]);
});

test('a group goes with never alone, and lacks nothing else', () => {
  assert.equal(said('access-test', expecting('{ group: all, reaches: wiki }')), [
    '4:7 schema-dependentSchemas `expect[0].group` needs `never` beside it: expected keys and values: services, labels, all; add `never:`, or remove `group`',
  ]);
});

test('what hangs on a wrong value is not told', () => {
  const fargate = 'id: example\ndescription: x\nowner: x\nruns: fargat\nsubnets: []\nservices: []\n';
  assert.equal(said('connector', fargate), [
    '4:7 schema-enum `runs` is not one of the values it can have: expected one of fargate, external, found "fargat"; did you mean `fargate`?',
    '5:10 schema-minItems `subnets` is empty: expected a list, not empty, found an empty list; add one',
  ]);
  const nowhere = 'id: example\ndescription: x\nowner: x\nservices: []\n';
  assert.equal(said('connector', nowhere).length, 1);
  const external = `${nowhere}runs: external\nsize: { cpu: 1 }\n`;
  assert.equal(said('connector', external), [
    '6:1 schema-if `size` goes only with `runs: fargate`; remove `size`, or write `runs: fargate`',
  ]);
});

test('two faults are two findings', () => {
  const text = SERVICE.replace('tcp', 'http').replace('10.100.0.2', 'web');
  assert.equal(said('service', text), [
    '4:11 schema-enum `protocol` is not one of the values it can have: expected one of tcp, udp, found "http"; write tcp',
    '6:12 schema-format `virtualIp` has the wrong form: expected an IPv4 address such as 10.100.0.2, found "web"',
  ]);
  assert.equal(
    said('access-test', expecting('{ reaches: wiki }')).map((one) => one.split(':')[0]),
    ['4', '4', '4'],
  );
});

test('a near miss is fixed', () => {
  const when = (text: string): string[] =>
    said(
      'policy',
      `id: example\ndescription: x\nowner: x\neffect: allow\nwho: {}\nwhat: {}\nwhen: { ${text} }\n`,
    );
  const remedy = (text: string): string | undefined => when(text)[0]?.split('; ').at(-1);
  assert.is(remedy('start: "2026-01-01"'), 'write 2026-01-01T00:00:00Z');
  assert.is(remedy('start: 2026-01-01T02:00:00+02:00'), 'write 2026-01-01T00:00:00Z');
  assert.is(remedy('hours: { timezone: UTC, from: "8:00", to: "19:00" }'), 'write "08:00"');
  assert.is(remedy('device: { managed: "true" }'), 'write true without quotes');
  assert.is(remedy('from: 203.0.113.7'), 'write a list: [203.0.113.7]');
  assert.is(remedy('from:'), 'write a value, or remove the key');
  const port = said('service', 'ports: ["443", 70]\n').find((one) => one.includes('`ports[0]`'))!;
  assert.ok(port.endsWith('write 443 without quotes'), port);
  const account = said('environment', 'account: 111122223333\n').find((one) => one.includes('`account`'))!;
  assert.match(account, /found 111122223333; quote it: "111122223333"$/);
});

test('no fix makes what does not fit, or changes what does', () => {
  for (const [pattern, { fix }] of Object.entries(PATTERNS)) {
    for (const found of [
      '',
      ' ',
      'x',
      'Web App',
      '10.0.0.0',
      '8:00',
      '2026-01-01',
      'https://a/b',
      'sec-1',
      '1 - 2',
    ]) {
      const better = fix && fixed(pattern, found);
      if (better !== undefined) assert.match(better, new RegExp(pattern), found);
      if (new RegExp(pattern).test(found)) assert.is(better, undefined, found);
    }
  }
});

test('every misspelling of every key of every example is one finding, and names the key', () => {
  let count = 0;
  for (const { kind, value } of readExamples().filter((one) => one.valid)) {
    for (const [path, key] of keysOf(value)) {
      if (path.includes('labels')) continue;
      const copy = structuredClone(value);
      const owner = path.reduce<any>((node, step) => node[step], copy);
      owner[`${key}x`] = owner[key];
      delete owner[key];
      const findings = said(
        kind,
        stringify(copy, { aliasDuplicateObjects: false, version: '1.1' }),
        placeOf(kind, value),
      );
      assert.is(findings.length, 1, `${kind} ${[...path, key].join('.')}: ${findings.join('\n')}`);
      assert.match(findings[0]!, `did you mean \`${key}\`?`);
      count++;
    }
  }
  assert.ok(count > 250, `${count}`);
});

function* keysOf(value: unknown, path: (string | number)[] = []): Iterable<[(string | number)[], string]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) yield [path, key];
    yield* keysOf(inner, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

test("an id is its file's name, or its folder's", () => {
  const path = (name: string): string => `policies/services/${name}.yaml`;
  assert.equal(said('service', SERVICE, path('other')), [
    "1:5 id `id` is not the file's name: expected other, found example; write `id: other`, or rename the file",
  ]);
  assert.equal(said('service', SERVICE, path('Web App')), [
    "1:5 id the file's name `Web App` cannot be an id: expected an id such as web-app: at most 63 lower-case letters, digits and hyphens, the first a letter, found example; rename the file to example.yaml",
  ]);
  const environment = readExamples().find((one) => one.kind === 'environment' && one.valid)!;
  const elsewhere = loadFile({ path: 'environments/lab/environment.yaml', bytes: environment.bytes });
  assert.match(line(elsewhere.findings[0]!), /`id` is not the folder's name: expected lab, found [a-z]+;/);
});

test('every kind of file has words for what it is', () => {
  for (const { kind } of KINDS)
    assert.match(said(kind, '[]')[0]!, /^1:1 schema-type .*wrong type: expected keys and values/);
});

test.run();
