import { createHash } from 'node:crypto';
import { APPS } from './app.ts';
import { GIT_DATA } from './git-data.ts';
import { commitsOf, headOf } from './pulls.ts';
import { HttpError } from './http-error.ts';
import type { IssueState, PullState, GithubState } from './state.ts';

/** What an operation is asked: parameters as they were sent, and the body. */
export interface HandlerInput {
  path: Record<string, string>;
  query: URLSearchParams;
  body: any;
}

/** What an operation answers; a list is cut into pages. */
export interface Output {
  status: number;
  value?: unknown;
  /** The name of the list in the value, where the value is an object around one. */
  list?: string;
}

export { HttpError };

/** GitHub's own limits (REST API reference, and what it answers beyond them). */
export const MOST = { comment: 65_536, description: 140, annotations: 50, output: 65_535, commits: 250 };

const user = (login: string, type = login.endsWith('[bot]') ? 'Bot' : 'User') => ({
  login,
  id: idOf(login),
  type,
});
const idOf = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE(0);
const shaOf = (text: string): string => createHash('sha1').update(text).digest('hex');

function found<T>(one: T | undefined): T {
  if (one === undefined) throw new HttpError(404, 'Not Found');
  return one;
}

function invalid(resource: string, field: string, message: string): never {
  throw new HttpError(422, 'Validation Failed', [{ resource, field, code: 'custom', message }]);
}

const pullOf = ({ pulls }: GithubState, { path }: HandlerInput): PullState =>
  found(pulls.find(({ number }) => number === Number(path['pull_number'])));

const pullValue = (
  all: GithubState,
  { number, title, body, state, author, head, base, mergeable, merged }: PullState,
) => ({
  number,
  title,
  body,
  state,
  mergeable: mergeable ?? true,
  merged_at: merged ? '2026-06-01T12:00:00Z' : null,
  html_url: `https://github.com/${all.owner}/${all.repo}/pull/${number}`,
  user: user(author),
  head: { ...head, sha: headOf(all, head), label: head.ref },
  base: { ...base, label: base.ref },
});

const commentValue = ({ id, body, login, type }: GithubState['comments'][number]) => ({
  id,
  body,
  user: user(login, type),
});

const reviewCommentValue = (one: GithubState['reviewComments'][number]) => ({
  ...{ id: one.id, body: one.body, path: one.path, line: one.line, commit_id: one.commit },
  ...{ start_line: one.startLine ?? null, side: 'RIGHT', user: user(one.login, one.type) },
});

const issueValue = (
  { owner, repo }: GithubState,
  { number, title, body, state, login, labels }: IssueState,
) => ({
  html_url: `https://github.com/${owner}/${repo}/issues/${number}`,
  number,
  title,
  body,
  state,
  user: user(login),
  labels: labels.map((name) => ({ name })),
});

const next = (items: readonly { id?: number; number?: number }[]): number =>
  1 + Math.max(0, ...items.map(({ id, number }) => id ?? number ?? 0));

const nextNumber = ({ issues, pulls }: GithubState): number => next([...issues, ...pulls]);

function limitComment(body: string): void {
  if (body.length > MOST.comment)
    invalid('IssueComment', 'data', `body is too long (maximum is ${MOST.comment} characters)`);
}

function limitRun({
  output,
}: {
  output?: { summary?: string; text?: string; annotations?: unknown[] };
}): void {
  if ((output?.annotations?.length ?? 0) > MOST.annotations)
    throw new HttpError(422, `Invalid request.\n\nNo more than ${MOST.annotations} items are allowed`);
  for (const text of [output?.summary, output?.text])
    if ((text?.length ?? 0) > MOST.output) throw new HttpError(422, 'Only 65535 characters are allowed');
}

const runValue = ({ id, name, headSha, externalId }: GithubState['checkRuns'][number]) => ({
  id,
  name,
  head_sha: headSha,
  external_id: externalId,
});

const deploymentValue = ({ id, ref, environment, at }: GithubState['deployments'][number]) => ({
  ...{ id, ref, environment, ...(at !== undefined && { created_at: at }) },
  sha: /^[0-9a-f]{40}$/.test(ref) ? ref : shaOf(ref),
});

const refValue = (ref: string, sha: string) => ({ ref, object: { sha, type: 'commit' } });

const contentKey = ({ path, query, body }: HandlerInput): string =>
  `${body?.branch ?? query.get('ref') ?? 'main'} ${path['path']}`;

const labelsOf = ({ pullLabels }: GithubState, { path }: HandlerInput) =>
  (pullLabels.get(Number(path['issue_number'])) ?? []).map((name) => ({ name }));

export type Handler = (state: GithubState, input: HandlerInput) => Output;

/** What each operation does, by its id. */
export const HANDLERS: Readonly<Record<string, Handler>> = {
  ...GIT_DATA,
  ...APPS,
  'users/get-authenticated': ({ me }) => {
    if (me.type === 'Bot') throw new HttpError(403, 'Resource not accessible by integration');
    return { status: 200, value: user(me.login) };
  },
  'repos/get': ({ owner, repo }) => ({
    status: 200,
    value: { name: repo, full_name: `${owner}/${repo}`, default_branch: 'main' },
  }),
  'pulls/list': (all, { query }) => {
    const { pulls } = all;
    const [state, head] = [query.get('state') ?? 'open', query.get('head')?.split(':').at(-1)];
    const base = query.get('base');
    const wanted = pulls.filter(
      (one) => (state === 'all' || one.state === state) && (base === null || one.base.ref === base),
    );
    return {
      status: 200,
      value: wanted
        .filter((one) => head === undefined || one.head.ref === head)
        .sort((a, b) => (query.get('direction') === 'desc' ? b.number - a.number : a.number - b.number))
        .map((one) => pullValue(all, one)),
    };
  },
  'pulls/create': (state, { body }) => {
    if (!state.actionsOpenPulls)
      throw new HttpError(403, 'GitHub Actions is not permitted to create or approve pull requests.');
    const ref = String(body.head);
    const sha = state.refs.get(`refs/heads/${ref}`);
    if (!sha) invalid('PullRequest', 'head', 'head is invalid');
    if (state.pulls.some((one) => one.head.ref === ref && one.state === 'open'))
      invalid('PullRequest', 'head', `A pull request already exists for ${state.owner}:${ref}.`);
    if (state.bare?.ask('merge-base', '--is-ancestor', sha!, `refs/heads/${body.base}`) !== undefined)
      invalid('PullRequest', 'head', `No commits between ${body.base} and ${ref}`);
    const base = { ref: body.base, sha: state.refs.get(`refs/heads/${body.base}`) ?? shaOf(body.base) };
    const made: PullState = {
      number: nextNumber(state),
      title: body.title ?? '',
      body: body.body ?? '',
      state: 'open',
      author: state.me.login,
      head: { ref, sha: sha! },
      base,
      commits: [],
      reviews: [],
    };
    state.pulls.push(made);
    state.bare?.git(['update-ref', `refs/pull/${made.number}/head`, sha!]);
    return { status: 201, value: pullValue(state, made) };
  },
  'pulls/get': (state, input) => ({ status: 200, value: pullValue(state, pullOf(state, input)) }),
  'pulls/update': (state, input) => {
    const { title, body, state: now } = input.body;
    const pull = Object.assign(pullOf(state, input), {
      ...(title && { title }),
      ...(body && { body }),
      ...(now && { state: now }),
    });
    return { status: 200, value: pullValue(state, pull) };
  },
  'pulls/list-commits': (state, input) => ({
    status: 200,
    value: commitsOf(state, pullOf(state, input))
      .slice(0, MOST.commits)
      .map(({ sha, message, author, committer, email }) => ({
        sha,
        commit: {
          message,
          author: { name: author ?? 'Somebody', email },
          committer: {
            name: committer ?? 'Somebody',
            email: committer === 'web-flow' ? 'noreply@github.com' : email,
          },
        },
        author: author === undefined ? null : user(author),
        committer: committer === undefined ? null : user(committer),
      })),
  }),
  'repos/list-pull-requests-associated-with-commit': (state, { path }) => ({
    status: 200,
    value: state.pulls
      .filter((one) => one.merged === path['commit_sha'] || headOf(state, one.head) === path['commit_sha'])
      .map((one) => ({ ...pullValue(state, one), merge_commit_sha: one.merged ?? null })),
  }),
  'pulls/list-reviews': (state, input) => ({
    status: 200,
    value: pullOf(state, input).reviews.map(({ login, state: said, commit }, index) => ({
      id: index + 1,
      user: user(login),
      state: said,
      commit_id: commit,
      body: '',
    })),
  }),
  'pulls/list-requested-reviewers': (state, input) => ({
    status: 200,
    value: { users: [], teams: (pullOf(state, input).asked ?? []).map((slug) => ({ slug, name: slug })) },
  }),
  'pulls/request-reviewers': (state, input) => {
    const pull = pullOf(state, input);
    const teams: string[] = input.body.team_reviewers ?? [];
    if (teams.some((team) => !state.teams.has(team)))
      throw new HttpError(422, 'Reviews may only be requested from collaborators.');
    pull.asked = [...new Set([...(pull.asked ?? []), ...teams])];
    return { status: 201, value: pullValue(state, pull) };
  },
  'teams/list-members-in-org': ({ owner, teams }, { path }) => {
    const members = path['org'] === owner ? teams.get(path['team_slug']!) : undefined;
    return { status: 200, value: found(members).map((login) => user(login)) };
  },
  'issues/list-for-repo': (all, { query }) => {
    const { issues } = all;
    const state = query.get('state') ?? 'open';
    const labels = query.get('labels')?.split(',') ?? [];
    const wanted = issues.filter((one) => state === 'all' || one.state === state);
    return {
      status: 200,
      value: wanted
        .filter((one) => labels.every((label) => one.labels.includes(label)))
        .map((one) => issueValue(all, one)),
    };
  },
  'issues/create': (state, { body }) => {
    limitComment(body.body ?? '');
    const { title, body: text = '', labels = [] } = body;
    const made: IssueState = {
      number: nextNumber(state),
      title,
      body: text,
      state: 'open',
      login: state.me.login,
      labels,
    };
    state.issues.push(made);
    return { status: 201, value: issueValue(state, made) };
  },
  'issues/update': (all, { path, body }) => {
    limitComment(body.body ?? '');
    const issue = found(all.issues.find(({ number }) => number === Number(path['issue_number'])));
    return { status: 200, value: issueValue(all, Object.assign(issue, body)) };
  },
  'issues/list-comments': ({ comments }, { path }) => ({
    status: 200,
    value: comments.filter(({ issue }) => issue === Number(path['issue_number'])).map(commentValue),
  }),
  'issues/create-comment': (state, { path, body }) => {
    limitComment(body.body);
    const made = {
      id: next(state.comments),
      issue: Number(path['issue_number']),
      ...state.me,
      body: body.body,
    };
    state.comments.push(made);
    return { status: 201, value: commentValue(made) };
  },
  'issues/update-comment': ({ comments }, { path, body }) => {
    limitComment(body.body);
    const comment = found(comments.find(({ id }) => id === Number(path['comment_id'])));
    return { status: 200, value: commentValue(Object.assign(comment, { body: body.body })) };
  },
  'issues/delete-comment': ({ comments }, { path }) => {
    const index = comments.findIndex(({ id }) => id === Number(path['comment_id']));
    if (index < 0) throw new HttpError(404, 'Not Found');
    comments.splice(index, 1);
    return { status: 204 };
  },
  'issues/list-labels-on-issue': (state, input) => ({ status: 200, value: labelsOf(state, input) }),
  'issues/add-labels': (state, input) => {
    const names = Array.isArray(input.body) ? input.body : input.body.labels;
    const labels = state.pullLabels.get(Number(input.path['issue_number'])) ?? [];
    state.pullLabels.set(Number(input.path['issue_number']), [...new Set([...labels, ...names])]);
    return { status: 200, value: labelsOf(state, input) };
  },
  'issues/remove-label': (state, input) => {
    const number = Number(input.path['issue_number']);
    const labels = state.pullLabels.get(number) ?? [];
    if (!labels.includes(input.path['name']!)) throw new HttpError(404, 'Label does not exist');
    state.pullLabels.set(
      number,
      labels.filter((one) => one !== input.path['name']),
    );
    return { status: 200, value: labelsOf(state, input) };
  },
  'apps/get-by-slug': ({ apps }, { path }) => ({
    status: 200,
    value: { id: found(apps.get(path['app_slug']!)), slug: path['app_slug'] },
  }),
  'pulls/list-review-comments': ({ reviewComments }, { path }) => ({
    status: 200,
    value: reviewComments.filter(({ pull }) => pull === Number(path['pull_number'])).map(reviewCommentValue),
  }),
  'pulls/create-review-comment': (state, { path, body }) => {
    limitComment(body.body);
    const made = {
      ...{ id: next(state.reviewComments), pull: Number(path['pull_number']), ...state.me },
      ...{ body: body.body, commit: body.commit_id, path: body.path, line: body.line },
      ...(body.start_line !== undefined && { startLine: body.start_line }),
    };
    if (made.startLine >= made.line)
      invalid('PullRequestReviewComment', 'start_line', 'start_line must precede the end line.');
    state.reviewComments.push(made);
    return { status: 201, value: reviewCommentValue(made) };
  },
  'pulls/delete-review-comment': ({ reviewComments }, { path }) => {
    const index = reviewComments.findIndex(({ id }) => id === Number(path['comment_id']));
    if (index < 0) throw new HttpError(404, 'Not Found');
    reviewComments.splice(index, 1);
    return { status: 204 };
  },
  'repos/create-commit-status': ({ statuses }, { path, body }) => {
    const { state, context = 'default', description = '', target_url: targetUrl = '' } = body;
    if (description.length > MOST.description)
      invalid('Status', 'description', `description is too long (maximum is ${MOST.description} characters)`);
    statuses.push({ sha: path['sha']!, context, state, description, targetUrl });
    return { status: 201, value: { context, state, description } };
  },
  'repos/list-commit-statuses-for-ref': ({ statuses }, { path }) => ({
    status: 200,
    value: statuses
      .filter(({ sha }) => sha === path['ref'])
      .map(({ context, state, description, targetUrl }) => ({
        ...{ context, state, description, target_url: targetUrl || null },
      }))
      .reverse(),
  }),
  'checks/create': ({ checkRuns }, { body }) => {
    limitRun(body);
    const { name, head_sha: headSha, external_id: externalId = '' } = body;
    const made = {
      id: next(checkRuns),
      name,
      headSha,
      externalId,
      body,
      annotations: [...(body.output?.annotations ?? [])],
    };
    checkRuns.push(made);
    return { status: 201, value: runValue(made) };
  },
  'checks/update': ({ checkRuns }, { path, body }) => {
    limitRun(body);
    const run = found(checkRuns.find(({ id }) => id === Number(path['check_run_id'])));
    run.body = { ...run.body, ...body };
    run.annotations.push(...(body.output?.annotations ?? []));
    return { status: 200, value: runValue(run) };
  },
  'checks/list-for-ref': ({ checkRuns }, { path, query }) => {
    const name = query.get('check_name');
    const runs = checkRuns.filter(
      (one) => one.headSha === path['ref'] && (name === null || one.name === name),
    );
    return {
      status: 200,
      value: { total_count: runs.length, check_runs: runs.map(runValue) },
      list: 'check_runs',
    };
  },
  'code-scanning/upload-sarif': ({ sarifs }, { body }) => {
    sarifs.push({ commit: body.commit_sha, ref: body.ref, sarif: body.sarif });
    return { status: 202, value: { id: shaOf(body.sarif) } };
  },
  'git/get-ref': ({ refs }, { path }) => {
    const ref = `refs/${path['ref']}`;
    return { status: 200, value: refValue(ref, found(refs.get(ref))) };
  },
  'git/create-ref': ({ refs }, { body }) => {
    if (refs.has(body.ref)) throw new HttpError(422, 'Reference already exists');
    refs.set(body.ref, body.sha);
    return { status: 201, value: refValue(body.ref, body.sha) };
  },
  'git/update-ref': ({ refs, bare, pulls }, { path, body }) => {
    const ref = `refs/${path['ref']}`;
    const before = refs.get(ref);
    if (before === undefined) throw new HttpError(422, 'Reference does not exist');
    if (
      bare &&
      body.force !== true &&
      bare.ask('merge-base', '--is-ancestor', before, body.sha) === undefined
    )
      throw new HttpError(422, 'Update is not a fast forward');
    refs.set(ref, body.sha);
    for (const { number, head, state } of pulls)
      if (state === 'open' && `refs/heads/${head.ref}` === ref)
        bare?.git(['update-ref', `refs/pull/${number}/head`, body.sha]);
    return { status: 200, value: refValue(ref, body.sha) };
  },
  'git/delete-ref': ({ refs }, { path }) => {
    if (!refs.delete(`refs/${path['ref']}`)) throw new HttpError(422, 'Reference does not exist');
    return { status: 204 };
  },
  'repos/get-content': ({ contents }, input) => {
    const text = found(contents.get(contentKey(input)));
    const content = Buffer.from(text).toString('base64');
    const path = input.path['path']!;
    const value = {
      type: 'file',
      encoding: 'base64',
      size: text.length,
      name: path.split('/').at(-1),
      path,
      content,
      sha: shaOf(text),
    };
    return { status: 200, value };
  },
  'repos/create-or-update-file-contents': ({ contents }, input) => {
    const key = contentKey(input);
    const before = contents.get(key);
    if (input.body.sha !== (before === undefined ? undefined : shaOf(before)))
      throw new HttpError(409, `${input.path['path']} does not match ${input.body.sha}`);
    contents.set(key, Buffer.from(input.body.content, 'base64').toString());
    return { status: before === undefined ? 201 : 200, value: {} };
  },
  'repos/list-deployments': ({ deployments }, { query }) => {
    const environment = query.get('environment');
    const found = deployments.filter((one) => environment === null || one.environment === environment);
    return { status: 200, value: found.map(deploymentValue).reverse() };
  },
  'repos/list-deployment-statuses': ({ deployments }, { path }) => {
    const deployment = found(deployments.find(({ id }) => id === Number(path['deployment_id'])));
    return { status: 200, value: [...deployment.statuses].reverse() };
  },
  'repos/create-deployment': ({ deployments }, { body }) => {
    const made = {
      id: next(deployments),
      ref: body.ref,
      environment: body.environment ?? 'production',
      statuses: [],
    };
    deployments.push(made);
    return { status: 201, value: deploymentValue(made) };
  },
  'repos/create-deployment-status': ({ deployments }, { path, body }) => {
    const deployment = found(deployments.find(({ id }) => id === Number(path['deployment_id'])));
    const { state, description = '' } = body;
    if (description.length > MOST.description)
      invalid('DeploymentStatus', 'description', 'description is too long');
    // As GitHub does, unless it is asked not to: only the newest of an environment is active.
    if (state === 'success')
      for (const one of deployments)
        if (one !== deployment && one.environment === deployment.environment)
          if (one.statuses.at(-1)?.state === 'success')
            one.statuses.push({ state: 'inactive', description: '' });
    deployment.statuses.push({ state, description });
    return { status: 201, value: { state, description } };
  },
};

/** The permission of an app that an operation asks for, as GitHub's header has it. */
export const PERMISSIONS: Readonly<Record<string, string>> = {
  'teams/list-members-in-org': 'members=read',
  'issues/create-comment': 'pull_requests=write',
  'issues/update-comment': 'pull_requests=write',
  'repos/create-commit-status': 'statuses=write',
  'issues/add-labels': 'pull_requests=write',
  'issues/remove-label': 'pull_requests=write',
  'checks/create': 'checks=write',
  'checks/update': 'checks=write',
  'code-scanning/upload-sarif': 'security_events=write',
  'issues/create': 'issues=write',
  'pulls/create': 'pull_requests=write',
  'git/create-ref': 'contents=write',
  'git/update-ref': 'contents=write',
  'git/delete-ref': 'contents=write',
  'git/create-tree': 'contents=write',
  'git/create-commit': 'contents=write',
  'issues/update': 'issues=write',
  'pulls/update': 'pull_requests=write',
  'repos/create-deployment': 'deployments=write',
  'repos/create-deployment-status': 'deployments=write',
};
