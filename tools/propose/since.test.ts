import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { policyItem } from '../output/recertification.ts';
import { loadValid } from '../load/load.ts';
import { company, sizeOfFiles } from '../testing/company.ts';
import { filesOf, writeFiles } from '../testing/repository-files.ts';
import { suite } from '../testing/suite.ts';
import { recertificationsOf } from './recertify.ts';
import { givenSince } from './since.ts';

const test = suite('propose: since when each person has what a policy gives');

const root = mkdtempSync(join(tmpdir(), 'ztna-since-'));
test.after(() => rmSync(root, { recursive: true, force: true }));

const commits: string[] = [];

/** Commits some files on a day of 2026. */
function commit(day: string, files: Readonly<Record<string, string>>): void {
  writeFiles(root, new Map(Object.entries(files)));
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  const date = `2026-${day}T12:00:00Z`;
  const env = { ...process.env, GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date };
  const git = (...words: string[]) =>
    execFileSync('git', [...who, ...words], { cwd: root, encoding: 'utf8', env }).trim();
  if (commits.length === 0) git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-qm', day);
  commits.push(git('rev-parse', 'HEAD'));
}

const POLICY = 'policies/access/wiki.yaml';
const GROUP = 'policies/groups/readers.yaml';
const policy = (services: string, rest = ''): string =>
  `id: wiki\ndescription: Readers\nowner: team-x\neffect: allow\nwho: { groups: [readers], principals: [robot@example.com] }\nwhat: { services: [${services}] }\n${rest}`;
const group = (...people: string[]): string =>
  `id: readers\ndescription: Readers\nowner: team-x\nmembers: [${people.map((one) => `${one}@example.com`).join(', ')}]\n`;

test.before(() => {
  commit('01-01', {
    ...Object.fromEntries(filesOf(company(sizeOfFiles(20)))),
    [GROUP]: group('alice', 'bob'),
    [POLICY]: policy('service-0, service-1'),
  });
  commit('02-01', { [GROUP]: group('alice', 'bob', 'carol') });
  // Bob goes and comes back.
  commit('03-01', { [GROUP]: group('alice', 'carol') });
  commit('04-01', {
    [GROUP]: group('alice', 'carol', 'bob'),
    [POLICY]: policy('service-0', 'when: { expires: 2027-01-01T00:00:00Z }\n'),
  });
  commit('05-01', { [GROUP]: group('alice', 'carol', 'bob', 'Dave') });
});

async function daysOf(at: string, most?: number): Promise<Record<string, string>> {
  const loaded = await loadValid(root, at);
  const since = (await givenSince(root, at, loaded, ['wiki'], most)).get('wiki')!;
  return Object.fromEntries(
    [...since]
      .sort()
      .map(([who, { date, atLeast }]) => [who.split('@')[0], `${date.slice(5, 10)}${atLeast ? '+' : ''}`]),
  );
}

test('each since the commit that gave it, without a break; an end and fewer services take nothing of that away', async () => {
  assert.equal(await daysOf(commits[4]!), {
    alice: '01-01',
    bob: '04-01',
    carol: '02-01',
    dave: '05-01',
    robot: '01-01',
  });
  assert.equal(await daysOf(commits[2]!), { alice: '01-01', carol: '02-01', robot: '01-01' });
});

test('where history is looked through only so far, it says that it may be longer', async () => {
  assert.equal(await daysOf(commits[4]!, 2), {
    alice: '04-01+',
    bob: '04-01+',
    carol: '04-01+',
    dave: '05-01',
    robot: '04-01+',
  });
});

test('a service more is given to everybody since then, and what cannot be read says nothing', async () => {
  commit('06-01', { [POLICY]: policy('service-0, service-3') });
  assert.equal(new Set(Object.values(await daysOf(commits[5]!))), new Set(['06-01']));
  commit('07-01', { [POLICY]: 'id: [\n' });
  commit('08-01', { [POLICY]: policy('service-0, service-3') });
  assert.equal(new Set(Object.values(await daysOf(commits[7]!))), new Set(['08-01+']));
});

test('who came last is said first, each with the day', async () => {
  const loaded = await loadValid(root, commits[4]!);
  const since = await givenSince(root, commits[4]!, loaded, ['wiki']);
  const dates = new Map([[POLICY, { first: '2026-01-01T12:00:00Z', last: '2026-04-01T12:00:00Z' }]]);
  const [asked] = recertificationsOf(loaded, 'team-x', { dates, since }, new Set(), Date.parse('2026-05-02'));
  assert.is(
    policyItem(asked!.policies[0]!),
    '`wiki`: Readers: 5 principals (dave@example.com since 2026-05-01, bob@example.com since 2026-04-01, carol@example.com since 2026-02-01, alice@example.com, robot@example.com) to service-0; since 2026-01-01, changed 2026-04-01',
  );
});

test('who is not named is said as such, and a description that has no room shows that it goes on', () => {
  const policy = { id: 'echo', description: 'Whoever comes '.repeat(9), services: ['echo'], principals: [] };
  const item = (anyoneElse: boolean, withoutCertificate: boolean) =>
    policyItem({ ...policy, anyoneElse, withoutCertificate });
  assert.match(item(false, true), /Whoever\.\.\.: clients without certificate to echo; nobody knows/);
  assert.match(item(true, true), /: anyone else and clients without certificate to echo/);
  assert.match(item(false, false), /: nobody to echo/);
});

test.run();
