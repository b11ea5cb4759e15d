import { visible } from '../../contract/visible.ts';
import { appendFileSync } from 'node:fs';
import { originOf } from '../../git/git.ts';
import { Connection } from '../../github/connection/connection.ts';
import { proxiedFetch } from '../../github/connection/proxy.ts';
import { propose, proposeUnasked } from '../../github/propose.ts';
import { wordsOf } from '../../github/propose/body.ts';
import { BRANCH } from '../../github/setup/settings.ts';
import { proposalText } from '../../output/proposals.ts';
import type { Proposal } from '../../propose/proposal.ts';
import { Fault } from '../../contract/fault.ts';
import type { Context, Option } from './command.ts';
import { apiOf, pagesOfServer, PUBLIC_API } from './place.ts';

/** The option by which a command names the repository in which it opens pull requests or issues. */
export const REPOSITORY = {
  flags: '--repository <owner/name>',
  description: 'the repository on GitHub',
  fallback: 'GITHUB_REPOSITORY, or that of the remote origin',
} as const satisfies Option;

/** Where the token is that may open pull requests: a workflow's own may not, everywhere. */
const PROPOSING = ['GITHUB_PROPOSALS_TOKEN', 'GITHUB_TOKEN'];

/** Whether a text is `owner/name`, as GitHub has it. */
export function isRepositoryName(text: string | undefined): text is string {
  return /^[A-Za-z0-9_-]+\/[A-Za-z0-9._-]+$/.test(text ?? '');
}

/**
 * A repository on GitHub, through the proxy that the environment names, if any.
 * @param tokenName the environment variable that has the token
 */
export async function connection(
  repository: string,
  { token, tokenName }: { token: string; tokenName: string },
  context: Context,
): Promise<Connection> {
  const url = await apiOf(context);
  const fetch = await proxiedFetch(url ?? PUBLIC_API, context.env);
  const how = { ...(url !== undefined && { url }), ...(fetch && { fetch }) };
  return new Connection({ token, tokenName, repository, signal: context.signal, ...how });
}

/**
 * Whether a merge queue started this job. GitHub says so, and nothing in a pull request can: the variable cannot be
 * set by a workflow.
 */
export function inQueue({ env }: Pick<Context, 'env'>): boolean {
  return env['GITHUB_EVENT_NAME'] === 'merge_group';
}

/** The repository on GitHub that was named, by the job's own token. @throws Fault where it was not */
export async function connectNamed(repository: string | undefined, context: Context): Promise<Connection> {
  if (!isRepositoryName(repository)) throw unnamed();
  const token = context.env['GITHUB_TOKEN'];
  if (!token) throw new Fault('GITHUB_TOKEN is not set', 'set it to a token for the repository');
  return connection(repository, { token, tokenName: 'GITHUB_TOKEN' }, context);
}

/**
 * The repository on GitHub: the one that was named, else the one that the environment or the remote `origin` names.
 * @param tokens environment variables, the first that is set counts
 * @throws Fault where there is no name or no token
 */
export async function connectTo(
  named: string | undefined,
  context: Context,
  tokens: readonly string[] = PROPOSING,
): Promise<Connection> {
  const { root, env } = context;
  const repository = named ?? (env['GITHUB_REPOSITORY'] || (await nameOfOrigin(root)));
  if (!isRepositoryName(repository)) throw unnamed();
  const tokenName = tokens.find((name) => env[name]);
  if (tokenName === undefined)
    throw new Fault(
      `${tokens.join(' or ')} is not set`,
      'set it to a token for the repository: docs/github-setup.md',
    );
  return connection(repository, { token: env[tokenName]!, tokenName }, context);
}

const unnamed = (): Fault =>
  new Fault('which repository on GitHub?', 'add --repository, such as example/access');

/** `owner/name` of the remote `origin`; nothing where there is none. */
async function nameOfOrigin(root: string): Promise<string> {
  const url = (await originOf(root)) ?? '';
  return /[/:]([^/:]+\/[^/]+?)(?:\.git)?\/?\s*$/.exec(url)?.[1] ?? '';
}

/** Opens a pull request into the branch that is delivered, or changes it in place, and says so. */
export async function openPull(
  repository: string | undefined,
  context: Context,
  { purpose, unasked, ...proposal }: Proposal,
): Promise<void> {
  const connection = await connectTo(repository, context);
  const open = unasked ? proposeUnasked : propose;
  context.out(proposalText(await open(connection, { ...proposal, ...wordsOf(purpose), base: BRANCH })));
}

/** The page of the run that this is a part of; undefined on a laptop. */
export function pageOfRun(context: Context, { repository: { owner, repo } }: Connection): string | undefined {
  const run = context.env['GITHUB_RUN_ID'];
  return run ? `${pagesOfServer(context)}/${owner}/${repo}/actions/runs/${run}` : undefined;
}

/** Hands values to the steps that follow, where this is a step of a job. */
export function outputs({ env }: Context, values: Readonly<Record<string, string>>): void {
  const file = env['GITHUB_OUTPUT'];
  // A line feed in a value would begin another output.
  const lines = Object.entries(values).map(([name, value]) => `${name}=${visible(value)}\n`);
  if (file) appendFileSync(file, lines.join(''));
}
