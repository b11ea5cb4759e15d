import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { validatePullRequest, type PullRequest } from '../contract/shapes.ts';
import { startGithub, type GithubServer } from '../github/testing/server.ts';
import { copyMiniature } from '../testing/miniature.ts';
import { runIn, type CliResult } from '../testing/run-cli.ts';
import { suite } from '../testing/suite.ts';
import { Fault, faultText } from '../contract/fault.ts';
import type { Context as CommandContext } from './shared/command.ts';
import { pullRequest } from './pull-request.ts';

/** A clone of the company, on its main branch. */
interface Context {
  root: string;
  github: GithubServer;
  /** What a workflow sets beside. */
  env?: Record<string, string>;
}

const AT = '2026-10-05T12:00:00Z';

// slow: it starts processes
const test = suite<Context>('npx ztna pull-request, for real');

/** The company in git, made once: a copy takes no process. */
const COMPANY = mkdtempSync(join(tmpdir(), 'ztna-pull-'));
test.before(() => {
  copyMiniature(COMPANY);
  git(COMPANY, 'init', '-q', '--template=', '-b', 'main');
  commit(COMPANY, 'The company');
});
test.after(() => rmSync(COMPANY, { recursive: true, force: true }));

test.before.each(async (context) => {
  delete context.env;
  context.root = mkdtempSync(join(tmpdir(), 'ztna-pull-'));
  cpSync(COMPANY, context.root, { recursive: true });
  context.github = await startGithub();
  for (const owner of ['platform', 'sre', 'data', 'payments', 'security', 'finance', 'people-ops', 'support'])
    context.github.state.teams.set(owner, [`${owner}-ann`, `${owner}-bob`]);
});

test.after.each(async ({ root, github }) => {
  rmSync(root, { recursive: true, force: true });
  await github.close();
});

function git(root: string, ...words: string[]): string {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...who, ...words], { cwd: root, encoding: 'utf8' }).trim();
}

function commit(root: string, subject: string): string {
  git(root, 'add', '.');
  git(root, 'commit', '-qm', subject);
  return git(root, 'rev-parse', 'HEAD');
}

/** Commits an edit on a branch of its own, and goes back: nothing of it is in the working tree. */
function proposed(root: string, edits: Record<string, (text: string) => string | undefined>): string {
  git(root, 'switch', '-qc', 'proposal');
  for (const [file, edit] of Object.entries(edits)) {
    const path = join(root, file);
    const text = edit(readOr(path));
    mkdirSync(dirname(path), { recursive: true });
    if (text === undefined) rmSync(path);
    else writeFileSync(path, text);
  }
  const head = commit(root, 'A proposal');
  git(root, 'switch', '-q', 'main');
  return head;
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Opens the pull request on GitHub. */
function opened({ github }: Context, sha: string, ...approve: string[]): void {
  github.state.pulls = [
    {
      ...{ number: 7, title: 'A proposal', body: '', state: 'open', author: 'mallory' },
      head: { ref: 'proposal', sha },
      base: { ref: 'main', sha: 'b'.repeat(40) },
      commits: [
        { sha, message: 'A proposal', author: 'mallory', committer: 'web-flow', email: 'm@example.com' },
      ],
      reviews: approve.map((login) => ({ login, state: 'APPROVED', commit: sha })),
    },
  ];
}

const ON_GITHUB = ['--repository', 'example/access', '--number', '7'];

/** Runs the command in this process; a refusal, or a fault of GitHub, is its status with its words. */
async function run({ root, github, env }: Context, ...words: string[]): Promise<CliResult> {
  const ended = { status: 0, stdout: '', stderr: '' };
  const context: CommandContext = {
    root,
    state: join(root, '.ztna'),
    now: () => new Date(),
    out: (text) => void (ended.stdout += text),
    err: (text) => void (ended.stderr += text),
    terminal: false,
    signal: new AbortController().signal,
    // A secret that nobody has set is empty in a workflow.
    env: { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token, GITHUB_TEAMS_TOKEN: '', ...env },
  };
  try {
    ended.status = await pullRequest.run({ arguments: [], options: optionsOf(words) }, context);
    return ended;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...ended, status: error.status, stderr: `${ended.stderr}${faultText(error)}` };
  }
}

/** `--name value`, and `--name` alone. */
function optionsOf(words: readonly string[]): Record<string, unknown> {
  const options: Record<string, unknown> = { base: 'main', head: 'proposal', at: AT };
  words.forEach((word, index) => {
    const value = words[index + 1];
    if (word.startsWith('--')) options[word.slice(2)] = (value?.startsWith('--') ?? true) ? true : value;
  });
  return options;
}

const statuses = ({ github }: Context): string[] =>
  github.state.statuses.map(({ context, state, description }) => `${context} ${state}: ${description}`);

/** Sven gains payments. */
const MORE = {
  'policies/groups/payments-admins.yaml': (text: string) =>
    text.replace('members:', 'members:\n  - sven@example.com'),
};

test('a gain waits for its owner, and passes once the owner approves', async (context) => {
  const head = proposed(context.root, MORE);
  opened(context, head);
  const waiting = await run(context, ...ON_GITHUB, '--execute');
  // A job that waits is not red: nothing would make it green once the review has come.
  assert.equal([waiting.status, waiting.stderr], [0, '']);
  assert.equal(statuses(context), [
    'policy/check success: 74 files, 30 access tests: no errors',
    'policy/tests success: 30 access tests: all hold',
    'policy/guardrails pending: waits for a review by payments',
    'policy/access success: live: 1 person gains access',
  ]);
  const [comment] = context.github.state.comments;
  assert.match(comment!.body, /^<!-- ztna-gitops:pull-request -->\n## Live: 1 person gains access\n/);
  const line = `policies/groups/payments-admins.yaml`;
  assert.match(
    comment!.body,
    `- ⏳ **\`payments\`** is asked to approve: \`sven@example.com\` would gain the protected service \`payments\` in live ([\`${line}:6\`](https://github.com/example/access/blob/${head}/${line}#L6))\n`,
  );
  assert.match(comment!.body, /\nBy `mallory` · waits for `payments`\n/);
  assert.match(comment!.body, /<sub>Looked at `2026-10-05 12:00 UTC` · /);
  assert.equal(context.github.state.pulls[0]!.asked, ['payments']);
  assert.match(comment!.body, /- 🟢 \*\*\+\*\* `sven@example.com` gains `payments` tcp\/443/);

  opened(context, head, 'payments-ann');
  const passing = await run(context, ...ON_GITHUB, '--execute');
  assert.equal([passing.status, passing.stderr], [0, '']);
  assert.is(statuses(context).at(-2), 'policy/guardrails success: no objections');
  assert.is(context.github.state.comments.length, 1);
  const { body } = context.github.state.comments[0]!;
  assert.not.match(body, /### To decide|waits for/);
  assert.match(body, /\nBy `mallory` · approved by `payments-ann` \(`payments`\)\n/);
  assert.match(
    body,
    /### Approved\n\n- ✅ `payments-ann` for \*\*`payments`\*\*: `sven@example.com` would gain /,
  );
  // Whoever is asked already is not asked again, and a review that is not needed is not asked for.
  assert.equal(context.github.state.pulls[0]!.asked, undefined);
  assert.equal(context.github.faults, []);
});

const guardrailsSaid = (context: Context): string[] =>
  statuses(context).filter((one) => one.startsWith('policy/guardrails'));

test('a review that is dismissed while the verdict is worked out does not count', async (context) => {
  const head = proposed(context.root, MORE);
  opened(context, head, 'payments-ann');
  const [review] = context.github.state.pulls[0]!.reviews;
  context.github.meanwhile.push({
    operation: 'pulls/list-reviews',
    happens: () => void (review!.state = 'DISMISSED'),
  });
  const { status } = await run(context, ...ON_GITHUB, '--execute');
  assert.is(status, 0);
  assert.equal(guardrailsSaid(context), ['policy/guardrails pending: waits for a review by payments']);
  assert.match(context.github.state.comments[0]!.body, /waits for a review by payments/);
});

test('of two runs that overlap, the one that began before a review was dismissed does not say that it counts', async (context) => {
  const head = proposed(context.root, MORE);
  opened(context, head, 'payments-ann');
  const { github } = context;
  github.meanwhile.push({
    operation: 'pulls/list-reviews',
    async happens() {
      github.state.pulls[0]!.reviews[0]!.state = 'DISMISSED';
      await run(context, ...ON_GITHUB, '--execute');
    },
  });
  await run(context, ...ON_GITHUB, '--execute');
  const pending = 'policy/guardrails pending: waits for a review by payments';
  assert.equal(guardrailsSaid(context), [pending, pending]);
});

test('an approval of what the pull request has become since says nothing of the commit that is looked at', async (context) => {
  const head = proposed(context.root, MORE);
  opened(context, head);
  context.github.meanwhile.push({
    operation: 'pulls/list-reviews',
    happens() {
      const [pull] = context.github.state.pulls;
      pull!.head.sha = 'd'.repeat(40);
      pull!.reviews.push({ login: 'payments-ann', state: 'APPROVED', commit: 'd'.repeat(40) });
    },
  });
  const { status, stdout } = await run(context, ...ON_GITHUB, '--execute');
  assert.is(status, 0);
  assert.equal(guardrailsSaid(context), ['policy/guardrails pending: waits for a review by payments']);
  assert.match(stdout, /payments-ann approved another commit; the review does not count for this one/);
  assert.is(context.github.state.comments.length, 0);
});

test('what leads to another branch by now, or changes all the time, is left to the run that follows', async (context) => {
  const head = proposed(context.root, MORE);
  const { github } = context;
  const changes: ((state: typeof github.state) => void)[] = [
    ({ pulls }) => void (pulls[0]!.base.ref = 'release'),
    ({ pulls: [pull] }) => void (pull!.author += 'y'),
  ];
  for (const change of changes) {
    opened(context, head, 'payments-ann');
    github.meanwhile = Array.from({ length: 9 }, () => ({
      operation: 'pulls/list-reviews',
      happens: () => change(github.state),
    }));
    const { status, stderr } = await run(context, ...ON_GITHUB, '--execute');
    assert.is(status, 1);
    assert.match(stderr, /changed while it was looked at: nothing is written; the run that follows says/);
  }
  assert.equal([github.state.statuses, github.state.comments], [[], []]);
});

test('in a merge queue nothing waits for a review: what is not approved fails at once', async (context) => {
  const head = proposed(context.root, MORE);
  // What a queue makes of the pull request is another commit, and approved is the pull request's.
  opened(context, 'c'.repeat(40));
  context.env = { GITHUB_EVENT_NAME: 'merge_group' };
  const refused = await run(context, ...ON_GITHUB, '--execute');
  assert.is(refused.status, 1);
  assert.equal(guardrailsSaid(context), [
    'policy/guardrails failure: is not approved by payments, as it must be in a queue',
  ]);
  assert.ok(context.github.state.statuses.every(({ sha }) => sha === head));
  opened(context, 'c'.repeat(40), 'payments-ann');
  context.github.state.pulls[0]!.reviews[0]!.commit = 'c'.repeat(40);
  const passing = await run(context, ...ON_GITHUB, '--execute');
  assert.is(passing.status, 0, passing.stdout);
  assert.is(context.github.state.comments.length, 0);
});

test('dry, it prints what it would write and writes nothing; without GitHub it asks nothing', async (context) => {
  opened(context, proposed(context.root, MORE), 'payments-ann');
  const dry = await run(context, ...ON_GITHUB);
  assert.is(dry.status, 0);
  assert.match(dry.stdout, /## Live: 1 person gains access[\s\S]*policy\/guardrails success: no objections/);
  assert.ok(context.github.calls.every(({ method }) => method === 'GET'));
  const calls = context.github.calls.length;
  const alone = await run(context);
  assert.is(alone.status, 1);
  assert.match(alone.stdout, /policy\/guardrails pending: waits for a review by payments/);
  assert.is(context.github.calls.length, calls);
});

test('nothing of a pull request is checked out or run', async (context) => {
  const before = git(context.root, 'status', '--porcelain');
  const head = proposed(context.root, {
    ...MORE,
    'tools/cli.ts': () => "throw new Error('run');",
    'package.json': () => '{"scripts":{"prepare":"false"}}',
    '.gitattributes': () => '*.yaml filter=evil\n',
  });
  opened(context, head, 'payments-ann');
  const { status, stdout } = await run(context, ...ON_GITHUB, '--execute');
  assert.is(status, 0, stdout);
  assert.is(git(context.root, 'status', '--porcelain'), before);
  assert.is(git(context.root, 'rev-parse', '--abbrev-ref', 'HEAD'), 'main');
});

test('files with errors are said at their lines, and nothing else is looked at', async (context) => {
  const head = proposed(context.root, {
    'policies/services/wiki.yaml': (text) => text.replace('protocol: tcp', 'protocol: @octocat'),
  });
  opened(context, head);
  const { status } = await run(context, ...ON_GITHUB, '--execute');
  assert.is(status, 1);
  assert.equal(
    statuses(context).map((text) => text.split(':')[0]),
    ['policy/check failure', 'policy/tests error', 'policy/guardrails error', 'policy/access error'],
  );
  assert.match(statuses(context)[1]!, /not looked at: files have errors/);
  const [annotation] = context.github.state.checkRuns[0]!.annotations;
  assert.is(annotation.path, 'policies/services/wiki.yaml');
  assert.not.match(context.github.state.comments[0]!.body.replaceAll(/`[^`]*`/g, ''), /@octocat/);
  assert.equal(context.github.faults, []);
});

test('what a change makes of AWS is said, and nothing where it makes nothing', async (context) => {
  const { root } = context;
  proposed(root, MORE);
  assert.not.match((await run(context)).stdout, /Infrastructure/);
  git(root, 'branch', '-qD', 'proposal');
  const head = proposed(root, {
    'environments/live/connectors/berlin.yaml': () => undefined,
    'environments/live/connectors/tools.yaml': (text) => text.replace('instances: 2', 'instances: 3'),
  });
  opened(context, head);
  const { stdout } = await run(context, ...ON_GITHUB, '--execute');
  const [comment] = context.github.state.comments;
  for (const text of [stdout, comment!.body]) {
    assert.match(
      text,
      /\n<details><summary>Infrastructure<\/summary>\n\n- `live`: 0 added, [1-9]\d* removed, 1 changed\n/,
    );
    assert.match(text, /\n {4}- changes: 3 tasks, serving .* \(was: 2 tasks, /);
  }
});

test('the risk is a label, and what a plan came to is in the comment', async (context) => {
  const environment = 'environments/live/environment.yaml';
  const head = proposed(context.root, { [environment]: (text) => `${text}# said\n` });
  opened(context, head);
  const look = async (): Promise<string> => {
    await run(context, ...ON_GITHUB, '--execute');
    return context.github.state.comments[0]!.body;
  };
  assert.match(
    await look(),
    /### Terraform\n\n- ⏳ `live`: not planned yet; a person is asked before it is\n/,
  );
  assert.equal(context.github.state.pullLabels.get(7), ['risk: none', 'infrastructure']);
  const targetUrl = 'https://github.com/example/access/actions/runs/5';
  const plan = { context: 'terraform/live', state: 'success', description: '2 to add', targetUrl };
  context.github.state.statuses.push({ sha: head, ...plan });
  assert.match(await look(), `- ✅ \`live\`: 2 to add · [the plan](${targetUrl})\n`);
  assert.equal(context.github.faults, []);
});

test('a gain, a loss and a guarded service are other risks', async (context) => {
  const risk = async (edits: Parameters<typeof proposed>[1]): Promise<string[] | undefined> => {
    opened(context, proposed(context.root, edits));
    await run(context, ...ON_GITHUB, '--execute');
    git(context.root, 'branch', '-qD', 'proposal');
    return context.github.state.pullLabels.get(7);
  };
  assert.equal(await risk(MORE), ['risk: guarded']);
  const less = (text: string): string => text.replace(/^( *- ).*@example\.com.*\n/m, '');
  assert.equal(await risk({ 'policies/groups/payments-admins.yaml': less }), ['risk: losses only']);
});

test('a CODEOWNERS that is not what the data says fails the check, and so does none where there was one', async (context) => {
  const { root } = context;
  await codeownersWritten(root);
  const edits = [(text: string) => text.replace('/tools/ ', '/tools/x/ '), () => undefined];
  for (const edit of edits) {
    proposed(root, { CODEOWNERS: edit });
    const { stdout, status } = await run(context);
    assert.is(status, 1);
    assert.match(stdout, /policy\/check failure: .*1 error/);
    git(root, 'branch', '-qD', 'proposal');
  }
  proposed(root, MORE);
  assert.match((await run(context)).stdout, /policy\/check success/);
});

/** Commits the CODEOWNERS that the data gives. */
async function codeownersWritten(root: string): Promise<void> {
  assert.is((await runIn(root, ['codeowners'])).status, 0);
  commit(root, 'Owners');
}

test('a base with a date that nobody can read does not stop the pull request that fixes it', async (context) => {
  const file = 'policies/access/payments-closing.yaml';
  const path = join(context.root, file);
  const right = readFileSync(path, 'utf8');
  const bad = right.replace('when:', 'when:\n  expires: 2026-12-31T23:59:60Z');
  assert.is.not(bad, right);
  writeFileSync(path, bad);
  commit(context.root, 'A leap second, by a tool of old');
  const head = proposed(context.root, { [file]: () => right });
  opened(context, head);
  const waiting = await run(context, ...ON_GITHUB, '--execute');
  assert.equal([waiting.status, waiting.stderr], [0, '']);
  assert.match(waiting.stdout, /payments-closing\.yaml:\d+ of the base cannot be read/);
  assert.match(statuses(context).join('\n'), /policy\/check success/);
  assert.match(statuses(context).join('\n'), /policy\/access success/);
  assert.match(statuses(context).join('\n'), /policy\/guardrails pending: waits for a review by security/);
  opened(context, head, 'security-ann');
  assert.is((await run(context, ...ON_GITHUB, '--execute')).status, 0);
});

test('a broken access test is a failure of its own', async (context) => {
  const head = proposed(context.root, {
    'policies/groups/payments-admins.yaml': (text) => text.replace(/ {2}- alice@example.com\n/, ''),
  });
  opened(context, head);
  const { status, stdout } = await run(context, ...ON_GITHUB);
  assert.is(status, 1);
  assert.match(stdout, /policy\/tests failure: 30 access tests: \d answers? (is|are) not as expected/);
});

test('a commit that the pull request has moved on from gets statuses and no comment', async (context) => {
  proposed(context.root, MORE);
  opened(context, 'c'.repeat(40));
  await run(context, ...ON_GITHUB, '--execute');
  assert.equal([context.github.state.comments.length, context.github.state.statuses.length], [0, 4]);
});

test('what GitHub does not let the token do is said, and ends with 2', async (context) => {
  opened(context, proposed(context.root, MORE), 'payments-ann');
  context.github.lacking.add('statuses=write');
  const { status, stderr } = await run(context, ...ON_GITHUB, '--execute');
  assert.is(status, 2);
  assert.match(
    stderr,
    /^GitHub could not write the status policy\/check: the token may not \(Resource not accessible by integration\); give the job, or the app, the permission `statuses: write`\n/,
  );
  context.github.lacking.clear();
  context.github.lacking.add('checks=write');
  const less = await run(context, ...ON_GITHUB, '--execute');
  assert.is(less.status, 0);
  assert.match(less.stderr, /could not write a check run/);
});

test('as JSON it has a shape that stays', async (context) => {
  opened(context, proposed(context.root, MORE));
  const { stdout } = await run(context, ...ON_GITHUB, '--json');
  const json = JSON.parse(stdout);
  assert.ok(validatePullRequest(json), JSON.stringify(validatePullRequest.errors));
  const report: PullRequest = json;
  assert.equal(
    report.objections.map(({ rule, needs }) => [rule, needs]),
    [['protected-services', 'payments']],
  );
  const live = report.environments.find(({ environment }) => environment === 'live');
  assert.is(live?.gains.length, 1);
});

test('what does not fit together is refused with what to type', async (context) => {
  proposed(context.root, MORE);
  const refused: [string[], RegExp][] = [
    [
      ['--execute'],
      /--execute says nothing without a pull request; add --repository <owner\/name> --number <number>/,
    ],
    [
      ['--repository', 'access', '--number', '7'],
      /--repository access: no owner and name; write it as example\/access/,
    ],
    [['--repository', 'example/access'], /--number is missing: no number/],
    [['--repository', 'example/access', '--number', '1e9x'], /--number 1e9x: no number/],
    [['--head', 'nowhere'], /there is no commit `nowhere`/],
  ];
  for (const [words, says] of refused) {
    const { status, stderr } = await run(context, ...words);
    assert.is(status, 2, words.join(' '));
    assert.match(stderr, says);
  }
});

test('in a workflow, the whole text is in the summary of the run, and a finding is beside its line once', async (context) => {
  const head = proposed(context.root, MORE);
  opened(context, head);
  const summary = join(context.root, '.git', 'summary');
  const env = {
    GITHUB_API_URL: context.github.url,
    GITHUB_TOKEN: context.github.token,
    GITHUB_ACTIONS: 'true',
    GITHUB_RUN_ID: '99',
    GITHUB_STEP_SUMMARY: summary,
  };
  const look = async (...words: string[]): Promise<string> => {
    const asked = ['pull-request', '--base', 'main', '--head', 'proposal', ...ON_GITHUB, '--at', AT];
    return (await runIn(context.root, [...asked, ...words], env)).stdout;
  };
  const logged =
    /::error file=policies\/groups\/payments-admins\.yaml,line=6,col=1,title=protected-services::/;
  const placed = (): number[] => [
    context.github.state.checkRuns.at(-1)?.annotations.length ?? 0,
    context.github.state.sarifs.length,
  ];
  assert.not.match(await look('--execute'), logged);
  assert.equal(placed(), [1, 0]);
  assert.not.match(await look('--execute', '--code-scanning'), logged);
  assert.equal(placed(), [0, 1]);
  // Where neither can be, the log has it.
  assert.match(await look(), logged);
  context.github.lacking.add('checks=write');
  assert.match(await look('--execute'), logged);
  assert.match(readFileSync(summary, 'utf8'), /## Live: 1 person gains access/);
  assert.is(context.github.state.statuses[0]!.targetUrl, 'https://github.com/example/access/actions/runs/99');
});

test.run();
