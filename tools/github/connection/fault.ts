import { Fault } from '../../contract/fault.ts';

/** What GitHub's answer, or the lack of one, comes to. */
export type GithubFaultKind =
  'unreachable' | 'broken' | 'busy' | 'denied' | 'missing' | 'refused' | 'credentials';

/** GitHub could not do what was asked: what, why and what to do. */
export class GithubFault extends Fault {
  /** Whether it may be done all the same. */
  unanswered = false;

  readonly kind: GithubFaultKind;

  constructor(kind: GithubFaultKind, what: string, why: string, remedy: string) {
    super(`GitHub could not ${what}`, remedy, { why });
    this.kind = kind;
    this.name = 'GithubFault';
  }
}

/** What of an error of Octokit matters here. */
export interface Failure {
  status: number;
  message: string;
  headers: Readonly<Record<string, string | number | undefined>>;
}

/** What Octokit throws where the GraphQL API answers that it will not; with status 200. */
const REFUSED_QUESTION = 'GraphqlResponseError';

/** Whether an error is of GitHub or the network, and not a mistake of our own. */
export function isAnswer(error: unknown): boolean {
  return ['HttpError', 'AbortError', 'TimeoutError', REFUSED_QUESTION].includes((error as Error).name);
}

/** An error that Octokit, or the network below it, threw. */
export function failureOf(error: unknown): Failure {
  const { name, status, message, response, cause } = error as {
    name?: string;
    status?: number;
    message?: string;
    cause?: { name?: string; cause?: { code?: string } };
    response?: { headers?: Failure['headers'] };
  };
  if (name === REFUSED_QUESTION) return { status: 422, message: said(message ?? ''), headers: {} };
  // Octokit gives 500 to what was never answered; it then has no response.
  if (!response) {
    const why = cause?.cause?.code ?? message ?? 'nothing is known of it';
    return { status: 0, message: why, headers: {} };
  }
  return { status: status ?? 0, message: said(message ?? ''), headers: response.headers ?? {} };
}

/** What GitHub said, in one line and without the link to its documentation. */
function said(message: string): string {
  return message
    .replace(/ - https:\/\/docs\.github\.com\S*$/, '')
    .replace(/\s+/g, ' ')
    .slice(0, 300);
}

/** Whether a failure is a rate limit, of whichever kind. */
export function isBusy({ status, message, headers }: Failure): boolean {
  if (status === 429) return true;
  return (
    status === 403 &&
    (/rate limit/i.test(message) ||
      headers['retry-after'] !== undefined ||
      headers['x-ratelimit-remaining'] === '0')
  );
}

/** Whether it is unknown if what was asked is done. */
export function isUnanswered({ status }: Failure): boolean {
  return status === 0 || status >= 500;
}

/** How GitHub says that an organization's plan, or a licence, does not have something. */
const PLAN =
  /\bupgrade to github\b|\bbilling plan\b|\b(advanced|code) security must be enabled\b|\bnot available (on|for|in) (your|this)\b.*\bplan\b/i;

/**
 * A failure in plain words.
 * @param what was asked, such as `write a comment`
 * @param tokenName the environment variable that has the token
 */
export function faultOf(what: string, failure: Failure, tokenName = 'GITHUB_TOKEN'): GithubFault {
  const { status, message, headers } = failure;
  if (isBusy(failure))
    return new GithubFault('busy', what, `too many calls (${message})`, busyRemedy(headers));
  if (status === 0)
    return new GithubFault('unreachable', what, `no answer (${message})`, 'check the network, then repeat');
  if (status >= 500)
    return new GithubFault(
      'broken',
      what,
      `GitHub failed (${status})`,
      'nothing is wrong here: repeat it later',
    );
  if (PLAN.test(message))
    return new GithubFault(
      status === 403 ? 'denied' : 'refused',
      what,
      `its plan does not have that (${message})`,
      'docs/github-setup.md says under "What it needs of GitHub" which one does, and for what',
    );
  if (status === 401)
    return new GithubFault(
      'credentials',
      what,
      'it does not accept the token',
      `set ${tokenName} to one that is not expired or revoked`,
    );
  if (status === 403)
    return new GithubFault('denied', what, `the token may not (${message})`, deniedRemedy(message, headers));
  if (status === 404)
    return new GithubFault(
      'missing',
      what,
      'there is no such thing, or the token may not see it',
      'check the name, and what the token may read',
    );
  return new GithubFault(
    'refused',
    what,
    `it refuses (${status}: ${message})`,
    'this is a defect of the tool, or a rule of the repository',
  );
}

/** When calls are allowed again, where GitHub says it. */
function busyRemedy(headers: Failure['headers']): string {
  const reset = Number(headers['x-ratelimit-reset']);
  const known = headers['x-ratelimit-remaining'] === '0' && Number.isFinite(reset);
  const when = known ? `after ${new Date(reset * 1000).toISOString().slice(0, 19)}Z` : 'in an hour';
  return `repeat it ${when}, or use a token of its own`;
}

/** Which permission to give, where GitHub says it: `statuses=write` in a header. */
function deniedRemedy(message: string, headers: Failure['headers']): string {
  if (/not permitted to create or approve pull requests/i.test(message))
    return "a workflow's own token opens none here: set GITHUB_PROPOSALS_TOKEN to an app's (docs/github-setup.md)";
  const wanted = String(headers['x-accepted-github-permissions'] ?? '');
  if (wanted === '') return 'give the token the permission, or turn the feature on';
  const [first] = wanted.split(';');
  const lines = first!.split(',').map((one) => one.trim().replaceAll('_', '-').replace('=', ': '));
  return `give the job, or the app, the permission \`${lines.join(', ')}\``;
}
