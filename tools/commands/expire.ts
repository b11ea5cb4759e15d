import { textLine } from '../contract/terminal-text.ts';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { durationOf } from '../contract/duration.ts';
import { commitOf } from '../git/git.ts';
import { withdraw } from '../github/propose.ts';
import { loadValid } from '../load/load.ts';
import { expiryText } from '../output/proposals.ts';
import { EXPIRY_BRANCH, expiryOf, expiryProposal } from '../propose/expire.ts';
import type { Proposal } from '../propose/proposal.ts';
import { command, type Context } from './shared/command.ts';
import { connectTo, openPull, REPOSITORY } from './shared/github.ts';

/** Policies that have expired, or will soon; and the pull request that removes the former. */
export const expire = command({
  name: 'expire',
  summary: 'List policies that have expired or will soon, and remove those that have',
  options: [
    { flags: '--within <time>', description: 'what is soon: 36h or 14d', fallback: '14d' },
    { flags: '--write', description: 'delete the files of those that have expired, here' },
    {
      flags: '--execute',
      description: 'open a pull request that deletes them as they are committed; close it when none is left',
    },
    REPOSITORY,
  ],
  examples: ['npx ztna expire --within 30d', 'npx ztna expire --execute --repository example/access'],
  async run({ options: { within = '14d', write, execute, repository } }, context) {
    const { root } = context;
    const head = execute ? await commitOf(root, 'HEAD') : undefined;
    const expiry = expiryOf(await loadValid(root, head), context.now().getTime(), durationOf(within));
    context.out(expiryText(expiry));
    if (write) for (const { file } of expiry.expired) rmSync(join(root, file));
    if (head !== undefined) await settle(expiryProposal(expiry, head), repository, context);
    return 0;
  },
});

/** Makes the pull request say what is so now, or closes it where nothing is left to propose. */
async function settle(
  proposal: Proposal | undefined,
  repository: string | undefined,
  context: Context,
): Promise<void> {
  if (proposal) return openPull(repository, context, proposal);
  const closed = await withdraw(await connectTo(repository, context), EXPIRY_BRANCH);
  if (closed !== undefined)
    context.out(textLine(`pull request ${closed} is closed: nothing is left to remove`));
}
