import { durationOf } from '../contract/duration.ts';
import { Fault } from '../contract/fault.ts';
import { inDeliveryOrder } from '../contract/delivery-order.ts';
import { changedAt, commitOf } from '../git/git.ts';
import { loadValid } from '../load/load.ts';
import type { LoadedEnvironment } from '../load/repository.ts';
import { digestsText } from '../output/proposals.ts';
import { digestChanges, digestsIn, digestsProposal, nextPromotion } from '../propose/digests.ts';
import { command, type Context } from './shared/command.ts';
import { environmentOf } from './shared/environment.ts';
import { openPull, REPOSITORY } from './shared/github.ts';

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
    { flags: '--execute', description: 'open the pull request, or change it in place' },
    REPOSITORY,
  ],
  examples: [
    'npx ztna digests --image policy-agent=sha256:d262f2d97f33d5bee7d13ed0a83665f55fda7253e3359852fcdc76bd764c6334',
    'npx ztna digests --baked 48h --execute --repository example/access',
  ],
  async run({ options: { image = [], env, baked = '24h', execute, repository } }, context) {
    const commit = await commitOf(context.root, 'HEAD');
    const loaded = await loadValid(context.root, commit);
    const environments = [...loaded.repository.environments.values()];
    const changes =
      image.length > 0
        ? digestChanges(target(environments, env, loaded), digestsIn(image))
        : nextPromotion(environments, await bakedAt(environments, context, durationOf(baked)));
    context.out(digestsText(changes));
    const proposal = digestsProposal(loaded, changes, commit);
    if (proposal && execute) await openPull(repository, context, proposal);
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

/** Whether the file of an environment has stayed as it is for so many milliseconds. */
async function bakedAt(
  environments: readonly LoadedEnvironment[],
  { root, now }: Context,
  patience: number,
): Promise<(environment: LoadedEnvironment) => boolean> {
  const since = new Map<string, number>();
  for (const { file } of environments) since.set(file, await changedAt(root, 'HEAD', file));
  return ({ file }) => since.get(file)! + patience <= now().getTime();
}
