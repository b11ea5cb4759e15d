import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { assemble } from '../../bundle/assemble.ts';
import { validatePast, type Past, type PastAnswer, type PastEntry } from '../../contract/shapes.ts';
import { loadRevision } from '../../load/load.ts';
import { memoryCache } from '../../load/cache.ts';
import { pastText } from '../../output/past.ts';
import { publish } from '../../publish/publish.ts';
import { bundleOf, newSigner, publishing } from '../../publish/testing/publisher.ts';
import { provenEntries } from '../../report/past.ts';
import { memoryStore } from '../../store/testing/memory-store.ts';
import { copyMiniature } from '../../testing/miniature.ts';
import { runIn } from '../../testing/run-cli.ts';
import { suite } from '../../testing/suite.ts';
import { stateAt } from './state.ts';

// slow: it starts processes
const test = suite('commands: what the signed log said before');
const root = mkdtempSync(join(tmpdir(), 'ztna-as-of-'));
test.after(() => rmSync(root, { recursive: true, force: true }));
const WIKI = 'policies/access/everyone-wiki.yaml';
const ASKED = ['ed@example.com', 'wiki', '--env', 'lab', '--device', 'managed=true', '--device', 'os=macos'];

const git = (...words: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', ...words], {
    cwd: root,
    encoding: 'utf8',
  }).trim();

async function ztna(...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await runIn(root, words);
  assert.is(status, 0, stderr + stdout);
  return stdout;
}

async function asked(...words: string[]): Promise<Past> {
  const found: unknown = JSON.parse(await ztna(...words, '--json'));
  assert.ok(validatePast(found), JSON.stringify(validatePast.errors));
  return found;
}

const commits: string[] = [];
test.before(async () => {
  copyMiniature(root);
  writeFileSync(join(root, '.gitignore'), '.ztna/\n');
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-qm', 'The company');
  await ztna('keys', 'init');
  await ztna('publish', '--env', 'lab', '--execute');
  const text = readFileSync(join(root, WIKI), 'utf8');
  writeFileSync(
    join(root, WIKI),
    text.replace('[everyone] }', '[everyone], except: { groups: [interns] } }'),
  );
  git('commit', '-qam', 'Interns read the wiki no more');
  await ztna('publish', '--env', 'lab', '--execute');
  commits.push(git('rev-parse', 'HEAD~1'), git('rev-parse', 'HEAD'));
});

test('explain says what an entry allowed, with the lines of its commit, whatever the files say now', async () => {
  writeFileSync(join(root, WIKI), 'nonsense: [');
  try {
    const [before, after] = [
      await asked('explain', ...ASKED, '--as-of', '1'),
      await asked('explain', ...ASKED, '--as-of', '2'),
    ];
    const answer = ({ environments: [one] }: Past) => {
      const [said] = one!.answers;
      return [one!.entry!.sequence, said!.commit, said!.answer, said!.explanation!.policies[0]?.file];
    };
    assert.equal(answer(before), [
      1,
      commits[0],
      { decision: 'allow', policies: ['everyone-wiki'], reason: 'allowed' },
      WIKI,
    ]);
    assert.equal(answer(after), [
      2,
      commits[1],
      { decision: 'deny', policies: [], reason: 'no-policy-allows' },
      undefined,
    ]);
    assert.equal(
      [before.environments[0]!.entry!.source, before.environments[0]!.entry!.proof],
      ['store', 'signature'],
    );
    const text = await ztna('explain', ...ASKED, '--as-of', '1');
    assert.match(
      text,
      /entry 1 of epoch 1.*The company\n.*it decided from .* to .*\nALLOW {2}ed@example\.com/,
    );
    assert.match(text, /since when it was in force is not recorded/);
  } finally {
    git('checkout', '-q', WIKI);
  }
});

test('access says who had what at an instant, and that nothing was published before the first', async () => {
  const { environments } = await asked('access', '--env', 'lab', '--service', 'wiki', '--as-of', '1');
  const [first] = environments[0]!.answers;
  assert.equal(first!.components, ['intermediate/one']);
  assert.ok(first!.access!.some(({ principals }) => principals.includes('ed@example.com')));
  const later = await asked(
    'access',
    '--env',
    'lab',
    '--service',
    'wiki',
    '--as-of',
    new Date().toISOString(),
  );
  assert.not(
    later.environments[0]!.answers[0]!.access!.some(({ principals }) =>
      principals.includes('ed@example.com'),
    ),
  );
  assert.match(
    await ztna('access', '--env', 'lab', '--as-of', '2020-01-01T00:00:00Z'),
    /nothing was published by 2020/,
  );
  assert.match(await ztna('access', '--env', 'lab', '--service', 'wiki', '--as-of', '1'), /everyone/);
});

test('an instant to come, a sequence that is not there and two instants are refused', async () => {
  const refusal = async (...words: string[]): Promise<string> => {
    const { status, stderr } = await runIn(root, words);
    assert.is(status, 2);
    return stderr;
  };
  assert.match(await refusal('access', '--env', 'lab', '--as-of', '2999-01-01T00:00:00Z'), /is to come/);
  assert.match(
    await refusal('access', '--env', 'lab', '--as-of', '7'),
    /there is no entry 7: the oldest .* is 1/,
  );
  assert.match(await refusal('access', '--env', 'lab', '--as-of', '1', '--at', 'now'), /--as-of says when/);
});

/** A log in memory, of these commits, by their numbers from 0; a text is a commit that git does not have. */
async function logOf(...which: (number | string)[]) {
  const store = memoryStore();
  const signer = newSigner();
  for (const one of which) {
    const commit = typeof one === 'number' ? commits[one]! : one;
    const bundle =
      typeof one === 'number'
        ? assemble((await loadRevision(root, commit)).repository, 'lab')
        : bundleOf('eve');
    await publish(publishing(store, signer, { bundle, commit }));
  }
  const { trusted, identity } = publishing(store, signer);
  const all = await provenEntries(store, identity, trusted);
  const collected = (what: RegExp) => {
    for (const name of [...store.values.keys()]) if (what.test(name)) store.values.delete(name);
  };
  const at = (sequence: number) => stateAt({ store, root, cache: memoryCache() }, all[sequence - 1]!, all);
  return { at, collected };
}

test('what is collected comes out of git again, by the digest in the entry, also after a rollback', async () => {
  const { at, collected } = await logOf(0, 1, 0);
  const stored = await at(2);
  assert.equal([stored.source, stored.sides[0]!.from?.commit], ['store', commits[1]]);
  for (const what of [/\/part\/(?!index)/, /\/part\//]) {
    collected(what);
    for (const [sequence, commit] of [
      [1, 0],
      [2, 1],
      [3, 0],
    ] as const) {
      const { source, sides } = await at(sequence);
      assert.equal([source, sides.length, sides[0]!.from?.commit], ['git', 1, commits[commit]]);
    }
    assert.equal((await at(2)).sides[0]!.part, stored.sides[0]!.part);
  }
});

test('an answer that no commit says is given in the words of every other, with the policies behind it', () => {
  const entry: PastEntry = {
    ...{ sequence: 1, epoch: 1, entry: 'e'.repeat(64), commit: 'f'.repeat(40), reason: 'saved' },
    ...{ issuedAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-06T00:00:00.000Z' },
    ...{ proof: 'signature', source: 'store' },
  };
  const said = (answer: PastAnswer['answer']) =>
    pastText({
      at: entry.issuedAt,
      environments: [
        { environment: 'lab', entry, answers: [{ components: ['intermediate/one'], answer }], enforced: [] },
      ],
    } as Past);
  assert.match(
    said({ decision: 'deny', policies: [], reason: 'no-policy-allows' }),
    '\nDENY  because no policy allows it\n',
  );
  assert.match(
    said({ decision: 'deny', policies: ['no-guests'], reason: 'denied-by-policy' }),
    '\nDENY  because a policy denies it: `no-guests`\n',
  );
});

test('what no commit says is read from the store, and is an error when it is collected: never another answer', async () => {
  const { at, collected } = await logOf(0, 'f'.repeat(40));
  const { source, sides } = await at(2);
  assert.equal([source, sides[0]!.from], ['store', undefined]);
  collected(/\/part\//);
  assert.match(await at(2).then(() => '', String), /comes out of no commit of this clone/);
});

test.run();
