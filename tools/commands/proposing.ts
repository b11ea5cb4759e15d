import { git } from '../git/git.ts';
import { Connection } from '../github/connection.ts';
import { propose, type Proposal } from '../github/propose.ts';
import { BRANCH } from '../github/setup/desired.ts';
import { proposedText } from '../output/proposed.ts';
import { type Context, type Option, Refusal } from './command.ts';

/** The option by which a command names the repository in which it opens pull requests or issues. */
export const REPOSITORY: Option = {
  flags: '--repository <owner/name>',
  description: 'the repository on GitHub',
  fallback: 'GITHUB_REPOSITORY, or that of the remote origin',
};

/** The repository on GitHub, by the token that may propose changes to it. @throws Refusal */
export async function connectTo(
  options: Record<string, unknown>,
  context: Context,
  token = context.env['GITHUB_PROPOSALS_TOKEN'] || context.env['GITHUB_TOKEN'],
): Promise<Connection> {
  const { env, signal } = context;
  const repository = String(options['repository'] ?? (env['GITHUB_REPOSITORY'] || (await originOf(context))));
  if (!/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/.test(repository))
    throw new Refusal('which repository on GitHub?', 'add --repository, such as example/access');
  if (!token) throw new Refusal('GITHUB_TOKEN is not set', 'set it to a token that may open pull requests');
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
