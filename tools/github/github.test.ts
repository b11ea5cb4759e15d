import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { startGithub, WAIT, type GithubServer } from './testing/server.ts';
import type { CommitState, PullState } from './testing/state.ts';
import { suite } from '../testing/suite.ts';
import type { Finding } from '../finding/finding.ts';
import { MARKER } from './comment/comment.ts';
import { putComment } from './comments.ts';
import { Connection, PATIENCE } from './connection/connection.ts';
import { factsOf } from './facts.ts';
import type { GithubFault } from './connection/fault.ts';
import { putLabels } from './labels.ts';
import { planLines, plansOf, recordPlan } from './plans.ts';
import { markdown } from '../output/media/markdown.ts';
import { report, type CommitReport } from './report.ts';
import type { CommitStatusToPost } from './statuses.ts';
import { suggestionsOf } from './suggestions.ts';
import type { Fix } from '../finding/fix.ts';

/** A server, a connection to it, and a clock that does not wait. */
interface Context {
  github: GithubServer;
  connection: Connection;
  /** Seconds that were waited, one number for each pause. */
  waited: number[];
}

const test = suite<Context>('github: against GitHub’s own description');

const START = Date.parse('2026-06-01T12:00:00Z');

test.before.each(async (context) => {
  let now = START;
  context.waited = [];
  context.github = await startGithub(() => now);
  const clock = {
    now: () => now,
    async sleep(milliseconds: number) {
      now += milliseconds;
      context.waited.push(milliseconds / 1000);
    },
  };
  context.connection = connect(context.github, clock);
});

test.after.each(async ({ github }) => {
  await github.close();
});

function connect(
  { url, token }: GithubServer,
  clock?: ConstructorParameters<typeof Connection>[0]['clock'],
  signal = new AbortController().signal,
): Connection {
  return new Connection({ token, url, repository: 'example/access', signal, ...(clock && { clock }) });
}

/** A test whose every request fits GitHub's description. */
function fits(name: string, body: (context: Context) => Promise<void>): void {
  test(name, async (context) => {
    await body(context);
    assert.equal(context.github.faults, []);
    assert.ok(context.github.calls.length > 0);
    for (const { version } of context.github.calls) assert.is(version, '2022-11-28');
  });
}

const BODY = `${MARKER}\nFirst`;
const ours = ({ state }: GithubServer): string[] =>
  state.comments.filter(({ type }) => type === 'Bot').map(({ body }) => body);
const operations = ({ calls }: GithubServer): string[] => calls.map(({ operation }) => operation);

/** What a call that is to fail says, and what to do. */
async function faultOf(call: Promise<unknown>): Promise<string> {
  const fault = await call.then(
    () => assert.unreachable('it did not fail'),
    (error: GithubFault) => error,
  );
  return `${fault!.message}; ${fault!.remedy}`;
}

fits(
  'a comment is written once, changed in place, and left alone where it says the same',
  async ({ github, connection }) => {
    await putComment(connection, 7, BODY);
    await putComment(connection, 7, `${MARKER}\nSecond`);
    const written = operations(github).length;
    await putComment(connection, 7, `${MARKER}\nSecond`);
    assert.equal(ours(github), [`${MARKER}\nSecond`]);
    assert.equal(operations(github).slice(written), ['users/get-authenticated', 'issues/list-comments']);
  },
);

fits(
  'a comment is found behind a hundred others; another person’s with the marker is not ours',
  async ({ github, connection }) => {
    for (let id = 1; id <= 230; id++)
      github.state.comments.push({
        id,
        issue: 7,
        login: 'mallory',
        type: 'User',
        body: id % 2 ? BODY : 'Hello',
      });
    github.state.comments.push({ id: 500, issue: 7, login: 'github-actions[bot]', type: 'Bot', body: BODY });
    await putComment(connection, 7, `${MARKER}\nSecond`);
    assert.is(github.state.comments.length, 231);
    assert.equal(ours(github), [`${MARKER}\nSecond`]);
    assert.is(github.state.comments.filter(({ body }) => body.endsWith('Second')).length, 1);
  },
);

fits('a person’s token changes that person’s comment alone', async ({ github, connection }) => {
  github.state.me = { login: 'ann', type: 'User' };
  github.state.comments.push({ id: 1, issue: 7, login: 'github-actions[bot]', type: 'Bot', body: BODY });
  await putComment(connection, 7, BODY);
  await putComment(connection, 7, `${MARKER}\nSecond`);
  assert.equal(
    github.state.comments.map(({ login, body }) => `${login} ${body.split('\n')[1]}`),
    ['github-actions[bot] First', 'ann Second'],
  );
});

fits('another app’s comment with our marker is left to that app', async ({ github, connection }) => {
  github.state.comments.push({ id: 1, issue: 7, login: 'another[bot]', type: 'Bot', body: BODY });
  await putComment(connection, 7, `${MARKER}\nSecond`);
  assert.equal(
    github.state.comments.map(({ login, body }) => `${login} ${body.split('\n')[1]}`),
    ['another[bot] First', 'github-actions[bot] Second'],
  );
});

fits('of two comments that two runs wrote at once, the first is kept', async ({ github, connection }) => {
  for (const id of [3, 4])
    github.state.comments.push({ id, issue: 7, login: 'github-actions[bot]', type: 'Bot', body: BODY });
  await putComment(connection, 7, `${MARKER}\nSecond`);
  assert.equal(
    github.state.comments.map(({ id, body }) => `${id} ${body.split('\n')[1]}`),
    ['3 Second'],
  );
});

for (const kind of ['lost', 'cut', 502] as const)
  fits(
    `a comment is written once although the answer is ${kind}, and again`,
    async ({ github, connection }) => {
      github.troubles.push({ operation: 'issues/create-comment', kind, times: 2 });
      await putComment(connection, 7, BODY);
      assert.equal(ours(github), [BODY]);
    },
  );

fits(
  'whatever is asked is asked again while GitHub fails, and no more than five times',
  async ({ github, connection, waited }) => {
    github.troubles.push({ operation: 'issues/list-comments', kind: 503, times: 4 });
    await putComment(connection, 7, BODY);
    assert.equal(waited, [1, 2, 4, 8]);
    github.troubles.push({ operation: 'issues/update-comment', kind: 500, times: 9 });
    assert.is(
      await faultOf(putComment(connection, 7, `${MARKER}\nSecond`)),
      'GitHub could not change the comment: GitHub failed (500); nothing is wrong here: repeat it later',
    );
    assert.is(github.troubles[0]!.times, 4);
  },
);

fits(
  'rate limits are waited for as long as GitHub says, also before a comment is written',
  async ({ github, connection, waited }) => {
    github.troubles.push(
      { operation: 'issues/create-comment', kind: 'secondary' },
      { operation: 'issues/list-comments', kind: 'rate' },
    );
    await putComment(connection, 7, BODY);
    assert.equal(waited, [WAIT.rate + 1, WAIT.secondary]);
    assert.equal(ours(github), [BODY]);
    github.troubles.push({ operation: '*', kind: 429 });
    await putComment(connection, 7, BODY);
    assert.is(waited.at(-1), 60);
  },
);

fits('what is not there for long is not waited for', async ({ github, waited }) => {
  const early = {
    now: () => START - 3_600_000,
    sleep: async (milliseconds: number) => void waited.push(milliseconds),
  };
  github.troubles.push({ operation: '*', kind: 'rate' });
  assert.match(
    await faultOf(putComment(connect(github, early), 7, BODY)),
    /too many calls .*; repeat it after 2026-06-01T12:01:30Z, or use a token of its own/,
  );
  assert.equal(waited, []);
});

fits('all waiting together stays within a connection’s patience', async ({ github, connection, waited }) => {
  github.troubles.push({ operation: '*', kind: 'rate', times: 4 });
  assert.match(await faultOf(putComment(connection, 7, BODY)), /too many calls/);
  assert.equal(waited, [WAIT.rate + 1, WAIT.rate + 1]);
  assert.ok(waited.reduce((sum, one) => sum + one, 0) * 1000 <= PATIENCE);
});

fits('an interruption ends the waiting', async ({ github }) => {
  const control = new AbortController();
  const clock = { now: () => START, sleep: async () => control.abort() };
  github.troubles.push({ operation: '*', kind: 502, times: 9 });
  const call = putComment(connect(github, clock, control.signal), 7, BODY);
  assert.is((await call.catch((error: Error) => error))!.name, 'AbortError');
  assert.is(github.calls.length, 1);
});

fits('what GitHub refuses is said in plain words, with what to do', async ({ github, connection }) => {
  github.lacking.add('pull_requests=write');
  assert.is(
    await faultOf(putComment(connection, 7, BODY)),
    'GitHub could not write a comment: the token may not (Resource not accessible by integration); give the job, or the app, the permission `pull-requests: write`',
  );
  github.lacking.clear();
  assert.is(
    await faultOf(putComment(connection, 7, `${MARKER}${'x'.repeat(65_536)}`)),
    'GitHub could not write a comment: it refuses (422: Validation Failed: {"resource":"IssueComment","field":"data","code":"custom","message":"body is too long (maximum is 65536 characters)"}); this is a defect of the tool, or a rule of the repository',
  );
  github.token = 'another';
  assert.match(await faultOf(putComment(connection, 7, BODY)), /does not accept the token; set GITHUB_TOKEN/);
});

fits('what is not answered in time is asked again', async ({ github }) => {
  github.troubles.push({ operation: 'issues/list-comments', kind: 'silent' });
  const { url, token } = github;
  const clock = { now: () => START, sleep: async () => {} };
  const { signal } = new AbortController();
  await putComment(
    new Connection({ token, url, repository: 'example/access', signal, clock, timeout: 300 }),
    7,
    BODY,
  );
  assert.equal(ours(github), [BODY]);
});

test('a server that is not there is said to be unreachable', async ({ github, connection }) => {
  await github.close();
  assert.match(
    await faultOf(putComment(connection, 7, BODY)),
    /no answer \(.*ECONNREFUSED.*\); check the network/,
  );
});

const STATUSES: CommitStatusToPost[] = (
  ['policy/check', 'policy/tests', 'policy/guardrails', 'policy/access'] as const
).map((context) => ({ context, state: 'success', description: `${context} is well` }));

const SHA = 'a'.repeat(40);

function findings(count: number): Finding[] {
  return Array.from({ length: count }, (_, index) => ({
    file: 'policies/access/a.yaml',
    line: index + 1,
    column: 1,
    rule: 'hours',
    severity: 'error',
    message: `wrong ${index}`,
  }));
}

function reportWith(rest: Partial<CommitReport> = {}): CommitReport {
  const sarif = { ref: 'refs/pull/7/head', log: { version: '2.1.0', runs: [] } };
  return {
    commit: SHA,
    statuses: STATUSES,
    page: 'https://github.com/example/access/actions/runs/1',
    comment: { number: 7, body: BODY },
    annotations: findings(2),
    sarif,
    ...rest,
  };
}

fits(
  'a report is a comment, four statuses, annotations and findings for code scanning',
  async ({ github, connection }) => {
    const { faults, shortfalls } = await report(connection, reportWith());
    assert.equal([...faults, ...shortfalls], []);
    const { comments, statuses, checkRuns, sarifs } = github.state;
    assert.is(comments.length, 1);
    assert.equal(
      statuses.map(({ sha, context, state }) => `${sha} ${context} ${state}`),
      STATUSES.map(({ context }) => `${SHA} ${context} success`),
    );
    assert.equal(
      checkRuns[0]!.annotations.map((one) => [one.path, one.start_line, one.annotation_level, one.message]),
      [
        ['policies/access/a.yaml', 1, 'failure', 'wrong 0'],
        ['policies/access/a.yaml', 2, 'failure', 'wrong 1'],
      ],
    );
    assert.equal([checkRuns[0]!.body['status'], checkRuns[0]!.body['conclusion']], ['completed', 'success']);
    assert.equal(JSON.parse(gunzipSync(Buffer.from(sarifs[0]!.sarif, 'base64')).toString()), {
      version: '2.1.0',
      runs: [],
    });
    assert.equal([sarifs[0]!.commit, sarifs[0]!.ref], [SHA, 'refs/pull/7/head']);
  },
);

fits(
  'many annotations come fifty at a time; where an answer is lost, a new run has each once',
  async ({ github, connection }) => {
    github.troubles.push({ operation: 'checks/update', kind: 'lost' });
    await report(connection, reportWith({ annotations: findings(120) }));
    const newest = github.state.checkRuns.at(-1)!;
    assert.is(github.state.checkRuns.length, 2);
    assert.equal(
      newest.annotations.map(({ start_line: line }) => line),
      findings(120).map(({ line }) => line),
    );
    assert.is(newest.body['status'], 'completed');
  },
);

fits(
  'annotations that GitHub refuses leave no run in progress: it says that they are missing',
  async ({ github, connection }) => {
    for (const refused of ['checks/create', 'checks/update']) {
      github.state.checkRuns = [];
      github.troubles.push({ operation: refused, kind: 422 });
      const { sarif: _, ...what } = reportWith({ annotations: findings(60) });
      const { faults, shortfalls, annotated } = await report(connection, what);
      assert.equal([faults.length, shortfalls.length, annotated], [0, 1, false]);
      const runs = github.state.checkRuns.map(({ body }) => body);
      assert.equal(
        runs.map(({ status }) => status),
        runs.map(() => 'completed'),
      );
      assert.match(runs.at(-1)!['output'].summary, /\n\nAnnotations are missing: /);
    }
  },
);

fits('labels of ours are what they should be, and those of a person stay', async ({ github, connection }) => {
  github.state.pullLabels.set(7, ['risk: gains', 'infrastructure', 'urgent']);
  await putLabels(connection, 7, ['risk: losses only']);
  assert.equal(github.state.pullLabels.get(7), ['urgent', 'risk: losses only']);
  const before = github.calls.length;
  await putLabels(connection, 7, ['risk: losses only']);
  assert.equal(operations(github).slice(before), ['issues/list-labels-on-issue']);
});

fits('what plans came to is kept at their commit, the newest of each', async ({ github, connection }) => {
  const page = 'https://github.com/example/access/actions/runs/1';
  await recordPlan(connection, SHA, { environment: 'lab', state: 'failure', says: 'the plan failed' });
  await recordPlan(connection, SHA, { environment: 'lab', state: 'success', says: '2 to add', page });
  await recordPlan(connection, 'b'.repeat(40), { environment: 'live', state: 'success', says: 'nothing' });
  const plans = await plansOf(connection, SHA);
  assert.equal(plans, [{ environment: 'lab', state: 'success', says: '2 to add', page }]);
  assert.equal(
    planLines(['lab', 'live'], plans).map((line) => markdown(line)),
    [
      `- ✅ \`lab\`: 2 to add · [the plan](${page})`,
      '- ⏳ `live`: not planned yet; a person is asked before it is',
    ],
  );
  assert.is(github.state.statuses.length, 3);
});

const TYPED = 'id: a\nprotocol: TCP\nports: 443\n';
const at = (line: number, column: number) => ({ line, column });
const edit = (line: number, from: number, to: number, text: string): Fix => ({
  file: 'policies/services/a.yaml',
  start: at(line, from),
  end: at(line, to),
  text,
});

/** What can be put right in the file above, the first over two lines. */
const REMEDIES: Finding[] = [
  { line: 2, fix: [edit(2, 11, 14, 'tcp'), edit(3, 8, 11, '[443]')], message: 'two at once' },
  { line: 1, fix: [edit(1, 5, 6, 'b')], message: 'an `id` of <b>others</b>' },
].map((one) => ({
  ...{ file: 'policies/services/a.yaml', column: 1, rule: 'test', severity: 'error' },
  ...one,
}));

const shownOf = (first: number, last: number) =>
  suggestionsOf(
    REMEDIES,
    new Map([['policies/services/a.yaml', TYPED]]),
    new Map([['policies/services/a.yaml', [{ first, last }]]]),
  );

test('a suggestion is of whole lines, and only of those that the pull request shows', () => {
  assert.equal(
    shownOf(1, 3).map(({ first, last }) => [first, last]),
    [
      [2, 3],
      [1, 1],
    ],
  );
  assert.match(shownOf(1, 3)[0]!.body, /\n```suggestion\nprotocol: tcp\nports: \[443\]\n```\n$/);
  assert.equal(
    shownOf(1, 2).map(({ first }) => first),
    [1],
  );
  assert.match(shownOf(1, 1)[0]!.body, /an `id` of `<b>others<\/b>`\n/);
});

fits('suggestions stay while they are meant, and go when they are not', async ({ github, connection }) => {
  const { reviewComments } = github.state;
  reviewComments.push({
    ...{ id: 1, pull: 7, login: 'ann', type: 'User', commit: SHA },
    ...{ body: 'I would not', path: 'policies/services/a.yaml', line: 2 },
  });
  const put = async (first: number, last: number) =>
    report(connection, reportWith({ suggestions: shownOf(first, last) }));
  assert.equal((await put(1, 3)).shortfalls, []);
  const [, two, one] = [...github.state.reviewComments];
  assert.equal([two!.startLine, two!.line, one!.startLine, one!.line], [2, 3, undefined, 1]);
  await put(1, 3);
  assert.is(github.state.reviewComments.length, 3, 'what is there is not written again');
  await put(1, 1);
  assert.equal(
    github.state.reviewComments.map(({ id }) => id),
    [1, one!.id],
    'and what others wrote is left alone',
  );
});

fits('a line that only the base has is in the comment, and not annotated', async ({ github, connection }) => {
  const [one] = findings(1);
  await report(connection, reportWith({ annotations: [{ ...one!, subject: 'a', side: 'before' }] }));
  assert.equal(github.state.checkRuns[0]!.annotations, []);
});

fits('what cannot be said does not keep the rest from being said', async ({ github, connection }) => {
  for (const one of ['checks=write', 'security_events=write', 'pull_requests=write']) github.lacking.add(one);
  const { faults, shortfalls } = await report(connection, reportWith());
  assert.is(github.state.statuses.length, 4);
  assert.equal(
    faults.map(({ remedy }) => remedy),
    ['give the job, or the app, the permission `pull-requests: write`'],
  );
  assert.equal(
    shortfalls.map(({ remedy }) => remedy),
    [
      'give the job, or the app, the permission `checks: write`',
      'give the job, or the app, the permission `security-events: write`',
    ],
  );
});

fits('a merge queue’s commit has statuses and no comment', async ({ github, connection }) => {
  const { comment: _, sarif: _sarif, ...rest } = reportWith();
  await report(connection, rest);
  assert.equal(
    [github.state.comments.length, github.state.statuses.length, github.state.sarifs.length],
    [0, 4, 0],
  );
});

function commit(rest: Partial<CommitState> = {}): CommitState {
  return {
    sha: SHA,
    message: 'A change',
    author: 'ann',
    committer: 'web-flow',
    email: 'ann@example.com',
    ...rest,
  };
}

/** A pull request by ann. */
function pull({ state }: GithubServer, rest: Partial<PullState> = {}): void {
  state.teams.set('payments', ['Pat', 'paula']).set('security', ['sam']);
  state.pulls.push({
    ...{ number: 7, title: 'More access', body: '', state: 'open', author: 'ann' },
    head: { ref: 'more', sha: SHA },
    base: { ref: 'main', sha: 'b'.repeat(40) },
    commits: [commit()],
    reviews: [],
    ...rest,
  });
}

const review = (login: string, state = 'APPROVED', sha = SHA) => ({ login, state, commit: sha });
const ASKED = { organization: 'example', owners: ['payments', 'security'] };

fits(
  'who approves, by team; what a person said last counts, of this very commit',
  async ({ github, connection }) => {
    const reviews = [
      review('pat', 'CHANGES_REQUESTED'),
      review('pat'),
      review('pat', 'COMMENTED'),
      review('paula'),
      review('paula', 'DISMISSED'),
      review('sam', 'APPROVED', 'c'.repeat(40)),
      review('visitor'),
    ];
    pull(github, { reviews });
    const { pull: facts, notes, head } = await factsOf(connection, 7, ASKED);
    assert.is(head, SHA);
    assert.equal(facts.approvals, [
      { login: 'pat', teams: ['payments'] },
      { login: 'visitor', teams: [] },
    ]);
    assert.equal(
      [...facts.teams!],
      [
        ['payments', ['pat', 'paula']],
        ['security', ['sam']],
      ],
    );
    assert.equal(notes, ['sam approved another commit; the review does not count for this one']);
  },
);

fits(
  'who wrote it: authors, committers and co-authors, by account or by GitHub’s own address',
  async ({ github, connection }) => {
    const message =
      'A change\n\nCo-authored-by: Pat <12345+Pat@users.noreply.github.com>\nco-authored-by: Paula <paula@example.com>\nCo-Authored-By: Someone <who@example.org>';
    const { author: _, ...unnamed } = commit({ email: 'lost@example.org' });
    pull(github, {
      commits: [
        commit({ message }),
        commit({ author: 'paula', email: 'paula@example.com' }),
        commit({ committer: 'sam' }),
        unnamed,
      ],
    });
    const { pull: facts, notes } = await factsOf(connection, 7, ASKED);
    assert.equal([facts.author, facts.coAuthors], ['ann', ['pat', 'paula', 'sam']]);
    assert.equal(
      notes.map((note) => note.split(' ')[0]),
      ['lost@example.org', 'who@example.org'],
    );
  },
);

fits(
  'a login that a company manages is known by its address, on any server',
  async ({ github, connection }) => {
    const message = [
      'A change\n',
      'Co-authored-by: Pat <7+pat_corp@users.noreply.github.com>',
      'Co-authored-by: Sam <8+sam_corp@users.noreply.github.corp.example>',
    ].join('\n');
    pull(github, { commits: [commit({ message })], reviews: [review('pat_corp')] });
    const { pull: facts, notes } = await factsOf(connection, 7, ASKED);
    assert.equal(facts.coAuthors, ['pat_corp', 'sam_corp']);
    assert.equal(notes, []);
  },
);

fits('where the token of the teams has expired, it is said, and no approval counts', async (context) => {
  const { github, connection } = context;
  pull(github, { reviews: [review('pat')] });
  const expired = connect({ ...github, token: 'expired' });
  const { pull: facts, notes } = await factsOf(connection, 7, ASKED, expired);
  assert.equal([facts.teams, facts.approvals], [undefined, [{ login: 'pat', teams: [] }]]);
  assert.match(
    notes.join(),
    /no approval counts: GitHub does not accept GITHUB_TEAMS_TOKEN, which may have expired/,
  );
});

fits('teams, reviews and commits of several pages', async ({ github, connection }) => {
  pull(github, {
    commits: Array.from({ length: 130 }, () => commit()).concat(
      commit({ author: 'zoe', email: 'zoe@example.com' }),
    ),
    reviews: Array.from({ length: 140 }, (_, index) => review(`reviewer-${index}`)),
  });
  github.state.teams.set(
    'payments',
    Array.from({ length: 250 }, (_, index) => `reviewer-${index}`),
  );
  const { pull: facts } = await factsOf(connection, 7, ASKED);
  assert.is(facts.approvals.filter(({ teams }) => teams.includes('payments')).length, 140);
  assert.equal(facts.coAuthors, ['zoe']);
});

fits('where GitHub does not list all commits, no approval counts', async ({ github, connection }) => {
  pull(github, { commits: Array.from({ length: 300 }, () => commit()), reviews: [review('pat')] });
  const { pull: facts, notes } = await factsOf(connection, 7, ASKED);
  assert.equal(facts.approvals, []);
  assert.match(notes.join(), /250 commits or more.*squash it/);
});

fits(
  'a team that is not there has no members; where the token sees none, no approval counts',
  async ({ github, connection }) => {
    pull(github, { reviews: [review('pat')] });
    const { pull: some } = await factsOf(connection, 7, {
      organization: 'example',
      owners: ['payments', 'gone'],
    });
    assert.equal([...some.teams!.keys(), some.teams!.get('gone')], ['payments', 'gone', []]);
    github.lacking.add('members=read');
    const { pull: none, notes } = await factsOf(connection, 7, ASKED);
    assert.equal([none.teams, none.approvals], [undefined, [{ login: 'pat', teams: [] }]]);
    assert.match(
      notes.join(),
      /the teams of example cannot be read, so no approval counts: set GITHUB_TEAMS_TOKEN/,
    );
  },
);

fits('a pull request that is not there is said to be missing', async ({ connection }) => {
  assert.is(
    await faultOf(factsOf(connection, 9, ASKED)),
    'GitHub could not read pull request 9: there is no such thing, or the token may not see it; check the name, and what the token may read',
  );
});

test.run();
