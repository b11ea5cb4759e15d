import { originOf } from '../../git/git.ts';
import { Connection } from '../../github/connection.ts';
import { propose } from '../../github/propose.ts';
import { wordsOf } from '../../github/propose/body.ts';
import { BRANCH } from '../../github/setup/desired.ts';
import { proposedText } from '../../output/proposed.ts';
import type { Proposal } from '../../propose/proposal.ts';
import { Fault } from '../../contract/fault.ts';
import type { Context, Option } from './command.ts';

/** The option by which a command names the repository in which it opens pull requests or issues. */
export const REPOSITORY = {
  flags: '--repository <owner/name>',
  description: 'the repository on GitHub',
  fallback: 'GITHUB_REPOSITORY, or that of the remote origin',
} as const satisfies Option;

/** Where the token is that may open pull requests: a workflow's own may not, everywhere. */
const PROPOSING = ['GITHUB_PROPOSALS_TOKEN', 'GITHUB_TOKEN'];

/** The repository on GitHub. @param named the one that was asked for @param tokens environment variables, the first that is set counts @throws Fault */
export async function connectTo(
  named: string | undefined,
  context: Context,
  tokens: readonly string[] = PROPOSING,
): Promise<Connection> {
  const { root, env, signal } = context;
  const repository = named ?? (env['GITHUB_REPOSITORY'] || (await nameOfOrigin(root)));
  if (!/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/.test(repository))
    throw new Fault('which repository on GitHub?', 'add --repository, such as example/access');
  const token = tokens.map((name) => env[name]).find(Boolean);
  if (!token)
    throw new Fault(
      `${tokens.join(' or ')} is not set`,
      'set it to a token for the repository: docs/github-setup.md',
    );
  const url = env['GITHUB_API_URL'];
  return new Connection({ token, repository, signal, ...(url && { url }) });
}

/** `owner/name` of the remote `origin`; nothing where there is none. */
async function nameOfOrigin(root: string): Promise<string> {
  const url = (await originOf(root)) ?? '';
  return /[/:]([^/:]+\/[^/]+?)(?:\.git)?\/?\s*$/.exec(url)?.[1] ?? '';
}

/** Opens a pull request into the branch that is delivered, or changes it in place, and says so. */
export async function openPull(
  repository: string | undefined,
  context: Context,
  { purpose, ...proposal }: Proposal,
): Promise<void> {
  const connection = await connectTo(repository, context);
  context.out(proposedText(await propose(connection, { ...proposal, ...wordsOf(purpose), base: BRANCH })));
}
