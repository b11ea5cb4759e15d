import { rollback as appendRollback } from '../publish/append.ts';
import type { Environment } from '../contract/shapes.ts';
import { revertText } from '../output/revert.ts';
import { Fault } from '../contract/fault.ts';
import type { Command, Context, Status } from './shared/command.ts';
import { environmentOf, storeKind } from './shared/environment.ts';
import { loadEnvironments } from './shared/load.ts';
import { openPull, REPOSITORY } from './shared/github.ts';
import { revertProposal, revertTo } from '../propose/revert.ts';
import { APPENDING, appendTo, FORCE, reasonOf } from './shared/publish.ts';

/** Goes back to what an earlier entry wanted: by a pull request, or now, without waiting for a review. */
export const rollback: Command = {
  name: 'rollback',
  summary:
    'Propose the revert to what an earlier entry wanted; with --now, go back at once and hold the change',
  options: [
    ...APPENDING,
    { flags: '--to <sequence>', description: 'the entry to go back to', required: true },
    { flags: '--now', description: 'append the entry now: an emergency; the revert is reviewed afterwards' },
    { flags: '--reason <text>', description: 'why' },
    FORCE,
    REPOSITORY,
  ],
  examples: [
    'npm run rollback -- --env prod --to 41 --store aws --execute',
    'npm run rollback -- --env prod --to 41 --now --reason "INC-7: payments open to all" --execute',
  ],
  async run({ options }, context) {
    const to = Number(options['to']);
    if (!Number.isSafeInteger(to) || to < 1)
      throw new Fault(`${String(options['to'])} is not a sequence`, 'choose one: npm run history');
    const repository = await loadEnvironments(context);
    const environment = environmentOf(repository, options['env']).value;
    if (!options['now']) return proposeRevert(environment, to, options, context);
    const reason = reasonOf(options, 'why go back?');
    return appendTo(context, environment, options, reason, (append) => appendRollback({ ...append, to }));
  },
};

/** Shows the revert to an entry, and with `--execute` opens its pull request. */
async function proposeRevert(
  environment: Environment,
  to: number,
  options: Record<string, unknown>,
  context: Context,
): Promise<Status> {
  const revert = await revertTo(context, storeKind(options), environment, to);
  context.out(
    options['json'] === true
      ? `${JSON.stringify(revert.difference)}\n`
      : revertText(revert.files, revert.difference),
  );
  if (options['execute'] !== true) {
    context.err('a pull request with this is opened with --execute\n');
    return 0;
  }
  const reason = options['reason'] as string | undefined;
  await openPull(options, context, revertProposal(revert, reason));
  return 0;
}
