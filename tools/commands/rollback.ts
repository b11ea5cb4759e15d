import { jsonText, textLine } from '../contract/terminal-text.ts';
import { Fault } from '../contract/fault.ts';
import { revertText } from '../output/proposals.ts';
import { planRevert, revertProposal } from '../propose/revert.ts';
import { rollback as appendRollback } from '../publish/append.ts';
import { historyOf } from './history.ts';
import { command } from './shared/command.ts';
import { EMBEDDED, environmentOf } from './shared/environment.ts';
import { openPull, REPOSITORY } from './shared/github.ts';
import { loadEnvironments } from './shared/load.ts';
import { APPENDING, appendTo, FORCE, reasonOf } from './shared/publish.ts';
import { WAIT } from './shared/record.ts';

/** Goes back to what an earlier entry wanted: by a pull request, or now, without waiting for a review. */
export const rollback = command({
  name: 'rollback',
  summary:
    'Propose the revert to what an earlier entry wanted; with --now, go back at once and hold the change',
  options: [
    ...APPENDING,
    { flags: '--to <sequence>', description: 'the entry to go back to', required: true },
    { flags: '--now', description: 'append the entry now: an emergency; the revert is reviewed afterwards' },
    { flags: '--reason <text>', description: 'why' },
    ...WAIT,
    FORCE,
    REPOSITORY,
  ],
  examples: [
    'npx ztna rollback --env prod --to 41 --store aws --execute',
    'npx ztna rollback --env prod --to 41 --now --reason "INC-7: payments open to all" --execute',
  ],
  async run({ options }, context) {
    const to = Number(options.to);
    if (!Number.isSafeInteger(to) || to < 1)
      throw new Fault(`${options.to} is not a sequence`, 'choose one: npx ztna history');
    const repository = await loadEnvironments(context);
    const environment = environmentOf(repository, options.env).value;
    if (options.now) {
      const reason = reasonOf(options.reason, 'why go back?');
      return appendTo(
        context,
        environment,
        { ...options, wait: options.wait ?? options.store === 'aws' },
        reason,
        (append) => appendRollback({ ...append, to }),
        repository,
      );
    }
    const history = await historyOf(context, options.store ?? EMBEDDED, environment);
    const revert = await planRevert(context.root, history, to, context.now().getTime());
    const { difference, files } = revert;
    context.out(options.json ? jsonText(difference) : revertText(files, difference));
    if (options.execute) await openPull(options.repository, context, revertProposal(revert, options.reason));
    else context.err(textLine('a pull request with this is opened with --execute'));
    return 0;
  },
});
