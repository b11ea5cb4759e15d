import { git } from '../../git/git.ts';
import { Connection } from '../../github/connection.ts';
import { propose, type Proposal } from '../../github/propose.ts';
import { BRANCH } from '../../github/setup/desired.ts';
import { proposedText } from '../../output/proposed.ts';
import { Fault } from '../../contract/fault.ts';
import type { Context, Option } from './command.ts';

/** The option by which a command names the repository in which it opens pull requests or issues. */
export const REPOSITORY: Option = {
  flags: '--repository <owner/name>',
  description: 'the repository on GitHub',
  fallback: 'GITHUB_REPOSITORY, or that of the remote origin',
};

/** Where the token is that may open pull requests: a workflow's own may not, everywhere. */
const PROPOSING = ['GITHUB_PROPOSALS_TOKEN', 'GITHUB_TOKEN'];

/** The repository on GitHub. @param tokens environment variables, the first that is set counts @throws Fault */
export async function connectTo(
  options: Record<string, unknown>,
  context: Context,
  tokens: readonly string[] = PROPOSING,
): Promise<Connection> {
  const { env, signal } = context;
  const repository = String(options['repository'] ?? (env['GITHUB_REPOSITORY'] || (await originOf(context))));
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
async function originOf({ root }: Context): Promise<string> {
  const url = await git(root, 'remote', 'get-url', 'origin').then(String, () => '');
  return /[/:]([^/:]+\/[^/]+?)(?:\.git)?\/?\s*$/.exec(url)?.[1] ?? '';
}

/** Opens a pull request into the branch that is delivered, or changes it in place, and says so. */
export async function openPull(
  options: Record<string, unknown>,
  context: Context,
  proposal: Omit<Proposal, 'base'>,
): Promise<void> {
  const connection = await connectTo(options, context);
  context.out(proposedText(await propose(connection, { ...proposal, base: BRANCH })));
}
