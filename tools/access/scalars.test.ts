import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { accessTests } from '../check/rules/access-tests.ts';
import { base, policy, type ExampleRepository } from '../check/testing/base.ts';
import { loadWorld } from '../check/testing/run.ts';
import { instantOption } from '../commands/shared/values.ts';
import type { AccessTest, Expectation, IntermediatePart, Policy, Request } from '../contract/shapes.ts';
import { flatten } from '../enforce/flatten.ts';
import type { Repository } from '../load/repository.ts';
import { readSchemas, validator } from '../load/testing/constraints.ts';
import { cases } from '../testing/cases.ts';
import { suite } from '../testing/suite.ts';
import { Answers } from './answers.ts';
import { compile } from './compile.ts';
import { decide } from './decide.ts';
import { difference } from './difference.ts';
import { indexPolicies } from './model.ts';
import { typed } from './request.ts';
import { answer } from './testing/oracle.ts';
import { parseAddress, sourcesOf } from './values/address.ts';
import { includes } from './values/intervals.ts';

/**
 * A value that one reader accepts and the next reads otherwise opens what was meant to be closed. Each kind of scalar is
 * put where it matters, in every spelling that a person may think of: either the file is refused with a finding, or all
 * who answer from it agree.
 */
// slow: over 5 s
const test = suite('access: every scalar means one thing to all readers, or nothing to any');
const RUNS = cases(60);
const SEED = Number(process.env['ZTNA_SEED'] ?? 7);
const NOON = Date.parse('2026-06-01T12:00:00Z');

/** Small changes by which a right text becomes one that some readers take and others do not. */
const EDITS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text,
  (text) => text.toLowerCase(),
  (text) => text.toUpperCase(),
  (text) => ` ${text}`,
  (text) => `${text}\n`,
  (text) => `${text}.`,
  (text) => `0${text}`,
  (text) => text.replace(/(\d)(?=\D|$)/, '0$1'),
  (text) => text.replace(/\d\d(?=\D*$)/, '60'),
  (text) => text.replace(/\d\d/, '24'),
  (text) => text.replace(/-\d\d/, '-02').replace(/(-02)-\d\d/, '$1-30'),
  (text) => text.replace('Z', '.0001Z'),
  (text) => text.replace('Z', '.5Z'),
  (text) => text.replace('Z', '+02:00'),
  (text) => text.replace('T', ' '),
  (text) => text.slice(0, -1),
  (text) => text.replace(/\.\d+/, ''),
  (text) => `::ffff:${text}`,
  (text) => `${text}%eth0`,
  (text) => `${text}/24`,
  (text) => `${text}/032`,
  (text) => text.replace(/(\d+)-(\d+)/, '$2-$1'),
  (text) => text.replace(/\d/, '*'),
  (text) => text.replace(/^[^@]*/, '*'),
  (text) => `group:${text}`,
  (text) => text.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit))),
];

const spelled = (right: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...right), fc.constantFrom(...EDITS), fc.constantFrom(...EDITS))
    .map(([text, one, other]) => other(one(text)));

const INSTANTS = [
  '2026-06-01T12:00:00Z',
  '2026-06-30T23:59:59Z',
  '2026-06-01T12:00:00.250Z',
  '2027-12-31T23:59:59Z',
  '1970-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
];
const ADDRESSES = ['203.0.113.7', '198.51.100.200', '2001:db8::7', '::ffff:203.0.113.7', '::', '10.0.0.10'];
const PREFIXES = [...ADDRESSES, '203.0.113.0/24', '2001:db8::/32', '::ffff:203.0.113.0/120', '0.0.0.0/0'];
const ZONES = ['Europe/Berlin', 'UTC', 'Asia/Kolkata', 'US/Eastern', 'Etc/GMT-2', 'PST', 'EST5EDT', '+02:00'];
const PRINCIPALS = ['ann@example.com', 'Bob.Smith+x@eu.example.net', 'ci-builds', 'Robot_1.x', '@x'];
const RANGES = ['440-450', '443-443', '1-65535', '65535-65535', '443', '9000-9010'];
const HOURS = ['08:00', '00:00', '23:59', '12:00', '24:00', '8:00'];

/** A deny that has one scalar somewhere. */
const DENIES: Record<string, [fc.Arbitrary<string>, (text: string) => Partial<Policy>]> = {
  expires: [spelled(INSTANTS), (text) => ({ when: { expires: text } })],
  start: [spelled(INSTANTS), (text) => ({ when: { start: text } })],
  from: [spelled(PREFIXES), (text) => ({ when: { from: [text] } })],
  timezone: [spelled(ZONES), (text) => ({ when: { hours: { timezone: text, from: '11:00', to: '15:00' } } })],
  'hours.from': [
    spelled(HOURS),
    (text) => ({ when: { hours: { timezone: 'UTC', from: text, to: '15:00' } } }),
  ],
  'hours.to': [spelled(HOURS), (text) => ({ when: { hours: { timezone: 'UTC', from: '11:00', to: text } } })],
  principals: [spelled(PRINCIPALS), (text) => ({ who: { principals: [text] } })],
  except: [spelled(PRINCIPALS), (text) => ({ who: { all: true, except: { principals: [text] } } })],
  ports: [spelled(RANGES), (text) => ({ what: { services: ['wiki'], ports: [text] } })],
  os: [spelled(['macos', 'linux']), (text) => ({ when: { device: { os: [text] } } }) as Partial<Policy>],
};

/** Everybody may reach every port of the wiki, but for what the deny says. */
function worldWith(deny: Partial<Policy> | undefined, expectation?: Expectation): ExampleRepository {
  const world = base();
  world.services[0]!.ports = ['1-65535'];
  world.policies = [policy('all-wiki', { who: { all: true }, what: { services: ['wiki'] } })];
  world.tests = [];
  const common = { who: { all: true as const }, what: { services: ['wiki'] } };
  if (deny) world.policies.push(policy('deny', { ...common, ...deny, effect: 'deny' }));
  const file: AccessTest = { id: 'one', description: 'One', expect: [expectation!] };
  if (expectation) world.tests.push(file);
  return world;
}

/** Requests on both sides of what the text may mean. */
function probes(text: string): Request[] {
  const edge = Date.parse(text.trim());
  const instants = [NOON, NOON + 1, Date.parse('2026-12-01T03:30:00Z')];
  if (edge > 0 && edge < Date.parse('9999-12-31T00:00:00Z')) instants.push(edge - 1, edge, edge + 1);
  const request = { service: 'wiki', environment: 'lab', device: { os: 'macos' } };
  return instants.flatMap((at) =>
    [
      ...['203.0.113.7', '198.51.100.1', '2001:db8::7'].map((from) => ({
        principal: 'ann@example.com',
        from,
        port: 443,
      })),
      ...['bob.smith+x@eu.example.net', 'ci-builds', 'robot_1.x'].map((principal) => ({
        principal,
        from: '10.0.0.10',
        port: 9005,
      })),
    ].map((facts): Request => ({ ...request, ...facts, at: new Date(at).toISOString() })),
  );
}

test('a deny either is refused, or denies the same to every reader', () => {
  const valid = validator(readSchemas());
  for (const [name, [texts, denyOf]] of Object.entries(DENIES)) {
    const share = { refused: 0, read: 0 };
    const before = loadWorld(worldWith(undefined)).repository;
    fc.assert(
      fc.property(texts, (text) => {
        const deny = denyOf(text);
        const { repository: after, findings } = loadWorld(worldWith(deny));
        if (!after.policies.has('deny')) {
          share.refused++;
          assert.ok(
            findings.some(({ file, severity }) => file.endsWith('deny.yaml') && severity === 'error'),
          );
          return;
        }
        share.read++;
        assert.ok(valid('policy', after.policies.get('deny')!.value), `the schema alone refuses ${text}`);
        for (const request of probes(text)) agreed(before, after, request);
      }),
      { numRuns: RUNS, seed: SEED },
    );
    assert.ok(share.refused > 2 && share.read > 2, `${name}: ${JSON.stringify(share)}`);
  }
});

/** Asks every reader one request, and the second evaluator, which reads the texts for itself. */
function agreed(before: Repository, after: Repository, request: Request): void {
  const { allowed } = answer(after, request);
  const model = compile(after, request.environment);
  const said = { request, when: after.policies.get('deny')!.value };
  const note = (reader: string): string => `${reader}: ${JSON.stringify(said)}`;
  const decision = decide(indexPolicies(model), typed(request)).decision === 'allow';
  assert.is(decision, allowed, note('decide'));
  assert.is(new Answers(after).request(request).decision === 'allow', allowed, note('requests'));
  assert.is(isLost(before, after, request), !allowed, note('difference'));
  assert.is(isGranted(model, request), allowed, note('flatten'));
  assert.is(testHolds(after, request, 'reaches'), allowed, note('access test'));
}

function isLost(
  before: Repository,
  after: Repository,
  { environment, principal = '', port, ...request }: Request,
): boolean {
  const at = Date.parse(request.at!);
  const known = new Set(
    [...after.policies.values()]
      .flatMap(({ value }) =>
        [...(value.who.principals ?? []), ...(value.who.except?.principals ?? [])].map((one) =>
          one.toLowerCase(),
        ),
      )
      .concat([...after.groups.values()].flatMap(({ value }) => value.members ?? [])),
  );
  const found = difference(before, after, { at, to: at + 1 }).find((one) => one.environment === environment);
  return found!.losses.some(
    (loss) =>
      (known.has(principal) ? loss.principals.includes(principal) : loss.anyoneElse) &&
      loss.services.some(({ ports }) =>
        ports.some(([first, last]) => first <= Number(port) && Number(port) <= last),
      ) &&
      loss.conditions.some(
        ({ sources, device }) =>
          isFrom(sources, request.from!) && (!device?.['os'] || device['os'].includes('macos')),
      ),
  );
}

function isGranted(
  model: IntermediatePart['access'],
  { principal = '', port, from, ...request }: Request,
): boolean {
  const settings = { leaseSeconds: 300, pollSeconds: 5, onStale: { action: 'keep' as const } };
  const head = { schemaVersion: 1 as const, kind: 'intermediate' as const, environment: 'lab', settings };
  const part: IntermediatePart = { ...head, virtualNetwork: '10.100.0.0/24', access: model, revoked: [] };
  const at = Date.parse(request.at!);
  const { intermediate } = flatten(part, 'intermediate/one', { epoch: 1, sequence: 1 }, at, at + 1000);
  const { classes } = intermediate!;
  const mine = classes.find(({ principals }) => principals.includes(principal)) ?? classes[0]!;
  return mine.grants.some(
    ({ ports, sources, device, notBefore, notAfter }) =>
      ports.some(([first, last]) => first <= Number(port) && Number(port) <= last) &&
      isFrom(sources, from!) &&
      (!device?.['os'] || device['os'].includes('macos')) &&
      Date.parse(notBefore) <= at &&
      at < Date.parse(notAfter),
  );
}

function isFrom(sources: readonly string[] | undefined, from: string): boolean {
  if (!sources) return true;
  const { v4, v6 } = sourcesOf(sources.filter((one) => one !== 'unknown'));
  const address = parseAddress(from)!;
  return address.family === 4 ? includes(v4, address.value) : includes(v6, address.value);
}

function testHolds(
  after: Repository,
  { service, environment, ...facts }: Request,
  key: 'reaches' | 'denied',
): boolean {
  const expectation = { ...facts, [key]: service, environments: [environment] } as Expectation;
  const value = { id: 'one', description: 'One', expect: [expectation] };
  const file = { file: 'policies/tests/one.yaml', value, place: () => ({ file: '', line: 1, column: 1 }) };
  return [...accessTests.check({ ...after, tests: new Map([['one', file]]) }, NOON)].length === 0;
}

/** A fact of a request, as an access test and a line of a file state it. */
const FACTS: Record<string, fc.Arbitrary<string>> = {
  at: spelled(INSTANTS),
  from: spelled(ADDRESSES),
  principal: spelled(PRINCIPALS),
};

test('a request is refused in a line exactly where it is refused in an access test, and on the command line', () => {
  for (const [name, texts] of Object.entries(FACTS)) {
    const share = { refused: 0, read: 0 };
    fc.assert(
      fc.property(texts, (text) => {
        const right = { principal: 'ann@example.com', port: 443, at: INSTANTS[0]!, from: ADDRESSES[0]! };
        const facts = { ...right, [name]: text };
        const { repository, findings } = loadWorld(worldWith(undefined, { ...facts, reaches: 'wiki' }));
        const line = new Answers(repository).line(
          JSON.stringify({ ...facts, service: 'wiki', environment: 'lab' }),
        );
        const isRefused = !repository.tests.has('one');
        assert.is('error' in line, isRefused, `${JSON.stringify(text)} ${JSON.stringify([line, findings])}`);
        if (name === 'at') assert.is(isRefusedAsOption(text), isRefused, text);
        share[isRefused ? 'refused' : 'read']++;
      }),
      { numRuns: 3 * RUNS, seed: SEED },
    );
    assert.ok(share.refused > 2 && share.read > 2, `${name}: ${JSON.stringify(share)}`);
  }
});

function isRefusedAsOption(text: string): boolean {
  try {
    instantOption(text, new Date(0));
    return false;
  } catch {
    return true;
  }
}

test('what cannot be read never becomes an answer, also where nothing checked it', () => {
  const { repository } = loadWorld(worldWith(undefined));
  const request = { principal: 'ann@example.com', service: 'wiki', environment: 'lab', port: 443 };
  const answers = new Answers(repository);
  assert.match(
    JSON.stringify(answers.line(JSON.stringify({ ...request, principal: 'Staff' }))),
    /is a group/,
  );
  assert.throws(() => answers.request({ ...request, at: '2026-12-31T23:59:60Z' }), RangeError);
  assert.throws(() => answers.request({ ...request, from: '010.0.0.1' }), RangeError);
  const late = {
    ...repository.policies.get('all-wiki')!,
    value: policy('late', { ...worldWith({ when: { expires: '2026-12-31T23:59:60Z' } }).policies[1]! }),
  };
  const unread = { ...repository, policies: new Map([['late', late]]) };
  assert.throws(() => indexPolicies(compile(unread, 'lab')), RangeError);
});

test.run();
