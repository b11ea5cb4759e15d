import { textLine } from '../contract/terminal-text.ts';
import { commitOf } from '../git/git.ts';
import { datesOf } from '../git/dates.ts';
import type { Connection } from '../github/connection/connection.ts';
import { newestPull, withdraw } from '../github/propose.ts';
import { confirmedIn } from '../github/propose/boxes.ts';
import { BRANCH } from '../github/setup/settings.ts';
import { type LoadResult, loadValid } from '../load/load.ts';
import { recertificationText } from '../output/recertification.ts';
import {
  type AccessHistory,
  ownersToAsk,
  policiesAsked,
  quarterOf,
  recertificationBranch,
  recertificationsOf,
  recertificationProposal,
  type Recertification,
} from '../propose/recertify.ts';
import { givenSince } from '../propose/since.ts';
import { command, type Context } from './shared/command.ts';
import { connectTo, openPull, REPOSITORY } from './shared/github.ts';
import { ownerNamed } from './shared/names.ts';

/** Asks each owner once a quarter what is still needed; what nobody confirms gets an end. */
export const recertify = command({
  name: 'recertify',
  summary: 'Ask each owner who still needs what, once a quarter; what nobody confirms gets an end',
  options: [
    { flags: '--owner <team>', description: 'only what this owner gives' },
    { flags: '--execute', description: 'open or change a pull request for each owner' },
    REPOSITORY,
  ],
  examples: [
    'npx ztna recertify --owner payments',
    'npx ztna recertify --execute --repository example/access',
  ],
  async run({ options: { owner, execute, repository } }, context) {
    const at = context.now().getTime();
    const commit = await commitOf(context.root, 'HEAD');
    // What is shown is what is committed: so is what is proposed.
    const loaded = await loadValid(context.root, commit);
    if (owner !== undefined) ownerNamed(loaded.repository, owner);
    const owners = ownersToAsk(loaded, at).filter((one) => owner === undefined || one === owner);
    const dates = await datesOf(context.root, commit, 'policies/access');
    const since = await givenSince(context.root, commit, loaded, policiesAsked(loaded, owners, at));
    const history = { dates, since };
    const connection = execute ? await connectTo(repository, context) : undefined;
    for (const one of owners) {
      const asked = { loaded, history, commit, owner: one, at };
      if (connection) await askOwner(asked, connection, repository, context);
      else
        for (const part of recertificationsOf(loaded, one, history, new Set(), at))
          context.out(recertificationText(part));
    }
    if (owners.length === 0)
      context.out(
        textLine(`${owner ?? 'no owner'} gives ${owner ? 'nothing' : 'anything'} beyond this quarter`),
      );
    if (!execute) context.err(textLine('no pull request is opened without --execute'));
    return 0;
  },
});

/** Whom to ask, of what. */
interface Asked {
  loaded: LoadResult;
  history: AccessHistory;
  commit: string;
  owner: string;
  at: number;
}

/**
 * Makes the owner's pull requests of the quarter say what is so now. One that is merged was approved, and is done; one that
 * was closed confirms nothing: it is opened anew.
 */
async function askOwner(
  { loaded, history, commit, owner, at }: Asked,
  connection: Connection,
  repository: string | undefined,
  context: Context,
): Promise<void> {
  const count = recertificationsOf(loaded, owner, history, new Set(), at).length;
  const branches = Array.from({ length: count }, (_, index) =>
    recertificationBranch(owner, quarterOf(at).name, index + 1),
  );
  const pulls = await Promise.all(branches.map((branch) => newestPull(connection, branch, BRANCH)));
  // A policy may be in another part since a box was ticked. Anybody may tick: it counts once the line is approved and merged.
  const ticked = pulls.flatMap((pull) => (pull?.state === 'open' ? [...confirmedIn(pull.body)] : []));
  const confirmed = new Set(ticked);
  for (const part of recertificationsOf(loaded, owner, history, confirmed, at)) {
    const [pull, branch] = [pulls[part.part - 1], branches[part.part - 1]!];
    if (pull?.state === 'merged') context.out(textLine(`${owner}: done by pull request ${pull.number}`));
    else await settlePart(part, branch, { loaded, commit, connection, repository, context });
  }
}

/** What a pull request of ours is made of, and where. */
interface Way extends Pick<Asked, 'loaded' | 'commit'> {
  connection: Connection;
  repository: string | undefined;
  context: Context;
}

async function settlePart(
  part: Recertification,
  branch: string,
  { loaded, commit, connection, repository, context }: Way,
): Promise<void> {
  const proposal = recertificationProposal(loaded, part, commit);
  context.out(textLine(`${part.owner}:`));
  if (proposal) return openPull(repository, context, proposal);
  const closed = await withdraw(connection, branch);
  const closing = closed === undefined ? '' : `: pull request ${closed} is closed`;
  context.out(textLine(`everything is answered in the files${closing}`));
}
