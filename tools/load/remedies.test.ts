import * as assert from 'uvu/assert';
import { line } from '../finding/finding.ts';
import { withFixes } from '../finding/fix.ts';
import { suite } from '../testing/suite.ts';
import { loadFile } from './file.ts';

const test = suite('load: the first message is the final answer');

const OWNERS = ['platform', 'sre'];
const POLICY = `id: example
description: Engineers
owner: platform
effect: allow
who: { groups: [engineering] }
what: { services: [web-app] }
`;
const SERVICE = `id: example
description: An example
owner: platform
protocol: tcp
ports: [443]
virtualIp: 10.100.0.2
`;

const PLACES = { policy: 'policies/access/example.yaml', service: 'policies/services/example.yaml' };

function read(kind: keyof typeof PLACES, text: string) {
  const source = { path: PLACES[kind], bytes: Buffer.from(text) };
  return loadFile(source, undefined, undefined, { owners: () => OWNERS }).findings;
}

/** What is typed in the place of something in a file without fault, and what must stand there after the fix. */
type Case = readonly [kind: keyof typeof PLACES, right: string, typed: string, fixed: string];

const when = (typed: string, fixed: string): Case => [
  'policy',
  'what: { services: [web-app] }\n',
  `what: { services: [web-app] }\nwhen:\n  ${typed}\n`,
  `what: { services: [web-app] }\nwhen:\n  ${fixed}\n`,
];
const hours = (typed: string, fixed: string): Case =>
  when(
    `hours: { timezone: UTC, from: "08:00", to: "19:00", ${typed} }`,
    `hours: { timezone: UTC, from: "08:00", to: "19:00", ${fixed} }`,
  );
const zone = (typed: string, fixed: string): Case =>
  when(
    `hours: { timezone: ${typed}, from: "08:00", to: "19:00" }`,
    `hours: { timezone: ${fixed}, from: "08:00", to: "19:00" }`,
  );
const ports = (typed: string, fixed: string): Case => ['service', '[443]', typed, fixed];
const who = (typed: string, fixed: string): Case => ['policy', '{ groups: [engineering] }', typed, fixed];

const CASES: readonly Case[] = [
  hours('days: mon-fri', 'days: [mon, tue, wed, thu, fri]'),
  hours('days: [mon-fri]', 'days: [mon, tue, wed, thu, fri]'),
  hours('days: [sat-mon]', 'days: [sat, sun, mon]'),
  hours('days: [Monday, tue]', 'days: [mon, tue]'),
  hours('days: weekdays', 'days: [mon, tue, wed, thu, fri]'),
  hours('days: mon, Tuesday, fri', 'days: [mon, tue, fri]'),
  when('device: { os: macOS, linux, managed: true }', 'device: { os: [macos, linux], managed: true }'),
  who('{ groups: engineering, sales }', '{ groups: [engineering, sales] }'),
  hours('days: "mon, Tuesday"', 'days: [mon, tue]'),
  when('device: { os: macOS }', 'device: { os: [macos] }'),
  when('device: { os: [Mac OS X] }', 'device: { os: [macos] }'),
  when('device: { managed: yes }', 'device: { managed: true }'),
  when('expires: 2027-12-31', 'expires: 2027-12-31T00:00:00Z'),
  when('expires: "2027-12-31"', 'expires: 2027-12-31T00:00:00Z'),
  when('expires: 2027-12-31T18:00:00', 'expires: 2027-12-31T18:00:00Z'),
  when('expires: 2027-12-31 18:00', 'expires: 2027-12-31T18:00:00Z'),
  when('from: 203.0.113.7', 'from: [203.0.113.7]'),
  zone('UTC+1', 'Etc/GMT-1'),
  zone('+02:00', 'Etc/GMT-2'),
  zone('GMT', 'UTC'),
  zone('europe/berlin', 'Europe/Berlin'),
  zone('New York', 'America/New_York'),
  ports('[0443]', '[443]'),
  ports('["0443"]', '[443]'),
  ports('0443', '[443]'),
  ports('443', '[443]'),
  ports('"80,443"', '[80, 443]'),
  ports('[{ from: 9000, to: 9010 }]', '[9000-9010]'),
  ports('{ from: 9000, to: 9010 }', '[9000-9010]'),
  ports('\n  - from: 9000\n    to: 9010', '\n  - 9000-9010'),
  who('{ principals: ["*"] }', '{ all: true }'),
  who('{ principals: "*" }', '{ all: true }'),
  who('{ principals: [*] }', '{ all: true }'),
  who('{ groups: ["*"] }', '{ all: true }'),
  who('"*"', '{ all: true }'),
  who('*', '{ all: true }'),
  who('{ users: [ann@example.com] }', '{ principals: [ann@example.com] }'),
  who('{ users: ann@example.com }', '{ principals: [ann@example.com] }'),
  who('{ users: ["*"] }', '{ all: true }'),
  who('{ groups: engineering }', '{ groups: [engineering] }'),
  who('{ groups: [engineering, engineering] }', '{ groups: [engineering] }'),
  who('\n  groups:\n    - engineering\n    - engineering', '\n  groups:\n    - engineering'),
  who('{ groups: [engineering\u200b] }', '{ groups: [engineering] }'),
  ['policy', '{ services: [web-app] }', '{ services: ["*"] }', '{ all: true }'],
  ['policy', '{ services: [web-app] }', '{ services: [web-app], ports: "*" }', '{ services: [web-app] }'],
  ['policy', 'effect: allow', 'effect: allow\nenvironments: ["*"]', 'effect: allow'],
  when('device: { managed: true }\n  from: ["*"]', 'device: { managed: true }'),
  ['policy', 'effect: allow', 'effect: allow\nwhen:\n  from: "*"', 'effect: allow'],
  ['policy', 'effect: allow', 'effect: allow\nwhen: { from: ["*"] }', 'effect: allow'],
  when('device: { managed: true }\n  from: any', 'device: { managed: true }'),
  ports('all', '[1-65535]'),
  ports('["*"]', '[1-65535]'),
  ports('"*"', '[1-65535]'),
  ['policy', 'effect: allow', 'effect: permit', 'effect: allow'],
  ['policy', 'effect: allow', 'action: block', 'effect: deny'],
  ['policy', 'owner: platform', 'owner:\u00a0platform', 'owner: platform'],
  ['policy', 'owner: platform', 'owner: Platform', 'owner: platform'],
  ['policy', 'owner: platform', 'owner: "@example/platform"', 'owner: platform'],
  ['policy', 'owner: platform', 'owner: @platform', 'owner: platform'],
  ['policy', 'Engineers', 'Engineers for #123', '"Engineers for #123"'],
  ['policy', 'Engineers', '#1 of the list', '"#1 of the list"'],
  ['policy', 'Engineers', 'People: all', '"People: all"'],
  ['policy', 'id: example\n', '', 'id: example\n'],
  ['service', 'tcp', 'TCP', 'tcp'],
  ['service', '10.100.0.2', '10.100.0.2/32', '10.100.0.2'],
  ['service', 'virtualIp: 10', 'ip: 10', 'virtualIp: 10'],
  ['service', 'virtualIp: 10.100.0.2', 'virtual_ip: 10.100.0.2/32', 'virtualIp: 10.100.0.2'],
  ['service', 'ports: [443]', 'port: 443', 'ports: [443]'],
  ['service', 'id: ', '\ufeffid: ', 'id: '],
];

test('what has one remedy is one finding, whose edits leave nothing to say', () => {
  for (const [kind, right, typed, fixed] of CASES) {
    const good = kind === 'policy' ? POLICY : SERVICE;
    assert.ok(good.includes(right), right);
    const text = good.replace(right, typed);
    const findings = read(kind, text);
    assert.is(findings.length, 1, `${typed}: ${findings.map(line).join('\n')}`);
    assert.ok(findings[0]!.fix, line(findings[0]!));
    const after = withFixes(text, findings[0]!.fix!);
    assert.is(after, good.replace(right, fixed), line(findings[0]!));
    assert.equal(read(kind, after).map(line), [], after);
  }
});

/** What nobody but the author can decide, and the last words of the one finding, which say what to type. */
const DECISIONS: readonly (readonly [...Case, says: RegExp])[] = [
  [...zone('EST', 'America/New_York'), /; write America\/New_York, or Etc\/GMT\+5 for UTC-5 all year$/],
  [...zone('CET', 'Europe/Berlin'), /; write Europe\/Berlin or another city, or Etc\/GMT-1 for UTC\+1/],
  [
    ...when(
      'hours: { from: "08:00", to: "19:00" }',
      'hours: { timezone: Europe/Berlin, from: "08:00", to: "19:00" }',
    ),
    /lacks `timezone`.*; add `timezone: Europe\/Berlin`, or the zone of another city$/,
  ],
  [
    ...when('from: [203.0.113.7/24]', 'from: [203.0.113.0/24]'),
    /has host bits set.*; write 203\.0\.113\.0\/24, or the one address alone$/,
  ],
  [
    ...when('from: [203.0.113.0/33]', 'from: [203.0.113.0/32]'),
    /is longer than the 32 bits of an address.*; write a length from 0 to 32$/,
  ],
  [
    'policy',
    'owner: platform',
    'owner: ann@example.com',
    'owner: sre',
    /`owner` is not the name of a team: .*; write one of platform, sre$/,
  ],
  [
    'policy',
    'owner: platform\n',
    '',
    'owner: sre\n',
    /lacks `owner`.*; add `owner: platform`, or one of sre$/,
  ],
];

test('what a person must decide says what can be typed, and is never decided for him', () => {
  for (const [kind, right, typed, fixed, says] of DECISIONS) {
    const good = kind === 'policy' ? POLICY : SERVICE;
    const [finding, ...more] = read(kind, good.replace(right, typed));
    assert.match(line(finding!), says);
    assert.is(more.length, 0, typed);
    assert.is(finding!.fix, undefined, typed);
    assert.equal(read(kind, good.replace(right, fixed)).map(line), [], fixed);
  }
});

test('a space that does not break is left in peace where it breaks nothing', () => {
  assert.equal(read('policy', POLICY.replace('Engineers', 'Engineers\u00a0all')), []);
});

test('a comment after a text is a comment', () => {
  assert.equal(read('policy', POLICY.replace('Engineers', 'Engineers # for the record')), []);
});

test('where a comment cuts a text off that is wrong without its rest, the finding says that first of all', () => {
  const [finding] = read('policy', `${POLICY.trimEnd()}\nticket: SEC #101\n`);
  assert.match(
    finding!.remedy!,
    /a comment begins at the # and cuts the text off: write "SEC #101" in another way, without #$/,
  );
});

test.run();
