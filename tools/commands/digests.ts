import { durationOf } from '../contract/duration.ts';
import { Fault } from '../contract/fault.ts';
import { inDeliveryOrder } from '../contract/delivery-order.ts';
import { textLine } from '../contract/terminal-text.ts';
import { commitOf, findCommit, isAncestor, lastChangeOf } from '../git/git.ts';
import { imagesSince } from '../git/infrastructure.ts';
import { reachedAt } from '../github/milestones.ts';
import { loadValid } from '../load/load.ts';
import type { LoadedEnvironment } from '../load/repository.ts';
import { digestsText } from '../output/proposals.ts';
import { digestChanges, digestsIn, digestsProposal, nextPromotion } from '../propose/digests.ts';
import { command, type Context } from './shared/command.ts';
import { environmentOf } from './shared/environment.ts';
import { connectTo, openPull, REPOSITORY } from './shared/github.ts';

/** Images come into use by a pull request: in the first environment when they are built, in the next ones when they have baked. */
export const digests = command({
  name: 'digests',
  summary: 'Propose image digests: new ones for the first environment, baked ones for the next',
  options: [
    {
      flags: '--image <name=digest...>',
      description: 'a new image; without any, what the next environment lacks',
      many: true,
    },
    { flags: '--env <id>', description: 'where new images go', fallback: 'the first that a merge delivers' },
    {
      flags: '--baked <time>',
      description: 'how long the environments before have had them',
      fallback: '24h',
    },
    {
      flags: '--delivered',
      description:
        'count from when GitHub has it on record that every environment had what was merged, and not from the merge',
    },
    {
      flags: '--built-from <commit>',
      description: 'what new images were built from: where a later commit has others, these are left out',
    },
    { flags: '--execute', description: 'open the pull request, or change it in place' },
    REPOSITORY,
  ],
  examples: [
    'npx ztna digests --image policy-agent=sha256:d262f2d97f33d5bee7d13ed0a83665f55fda7253e3359852fcdc76bd764c6334',
    'npx ztna digests --baked 48h --execute --repository example/access',
  ],
  async run({ options }, context) {
    const { image = [], env, baked = '24h', execute, repository } = options;
    const commit = await commitOf(context.root, 'HEAD');
    const later = options.builtFrom === undefined ? undefined : await laterThan(context, options.builtFrom);
    if (later !== undefined) {
      context.out(textLine(`${later} has images of its own: those of ${options.builtFrom} are left out`));
      return 0;
    }
    const loaded = await loadValid(context.root, commit);
    const environments = [...loaded.repository.environments.values()];
    const changes =
      image.length > 0
        ? digestChanges(target(environments, env, loaded), digestsIn(image))
        : nextPromotion(
            environments,
            await bakedAt(environments, context, durationOf(baked), beginning(options, context)),
          );
    context.out(digestsText(changes));
    const proposal = digestsProposal(loaded, changes, commit);
    // Nobody asked for what has baked: whom it does not suit closes it, and it stays closed until there is more.
    const unasked = image.length === 0;
    if (proposal && execute) await openPull(repository, context, { ...proposal, unasked });
    return 0;
  },
});

function target(
  environments: readonly LoadedEnvironment[],
  named: string | undefined,
  { repository }: { repository: Parameters<typeof environmentOf>[0] },
): LoadedEnvironment {
  const [first] = inDeliveryOrder(environments.map(({ value }) => value));
  if (!first) throw new Fault('there is no environment', 'add environments/<id>/environment.yaml');
  return environmentOf(repository, named ?? first.id);
}

/** The first commit after that one that has images of its own. @throws Fault where this history does not have it */
async function laterThan({ root }: Context, built: string): Promise<string | undefined> {
  const found = await imagesSince(root, built);
  if (found !== 'unknown') return found?.commit;
  throw new Fault(
    `--built-from ${built} is no commit before what is checked out`,
    'name one of main in full',
  );
}

/** Since when the file of an environment is in force as it is, in milliseconds since 1970; undefined where it is not. */
type Beginning = (file: string) => Promise<number | undefined>;

/** Counts from the merge, or from when every environment had it. */
function beginning(
  { delivered, repository }: { delivered?: boolean | undefined; repository?: string | undefined },
  context: Context,
): Beginning {
  const { root } = context;
  if (!delivered) return async (file) => (await lastChangeOf(root, 'HEAD', file)).at;
  return async (file) => {
    const { commit } = await lastChangeOf(root, 'HEAD', file);
    const connection = await connectTo(repository, context, ['GITHUB_TOKEN']);
    // A record of a history that is no longer ours says nothing.
    return reachedAt(
      connection,
      'complete',
      async (one) => (await findCommit(root, one)) !== undefined && isAncestor(root, commit, one),
    );
  };
}

/** Whether the file of an environment has stayed as it is for so many milliseconds. */
async function bakedAt(
  environments: readonly LoadedEnvironment[],
  { now }: Context,
  patience: number,
  begun: Beginning,
): Promise<(environment: LoadedEnvironment) => boolean> {
  const since = new Map<string, number | undefined>();
  for (const { file } of environments) since.set(file, await begun(file));
  return ({ file }) => {
    const from = since.get(file);
    return from !== undefined && from + patience <= now().getTime();
  };
}
