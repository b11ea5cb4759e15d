import { rollback as appendRollback } from '../publish/append.ts';
import { type Command, Refusal } from './command.ts';
import { environmentOf } from './delivering.ts';
import { loadEnvironments } from './loading.ts';
import { APPENDING, appendTo, reasonOf } from './writing.ts';

/** Goes back to what an earlier entry wanted, now, without waiting for a review. */
export const rollback: Command = {
  name: 'rollback',
  summary: 'Go back to what an earlier entry wanted, at once, and hold the change that it undoes',
  options: [
    ...APPENDING,
    { flags: '--to <sequence>', description: 'the entry to go back to', required: true },
    { flags: '--now', description: 'append the entry now: an emergency; the revert is reviewed afterwards' },
    { flags: '--reason <text>', description: 'why' },
  ],
  examples: ['npm run rollback -- --env prod --to 41 --now --reason "INC-7: payments open to all" --execute'],
  async run({ options }, context) {
    const to = Number(options['to']);
    if (!Number.isSafeInteger(to) || to < 1)
      throw new Refusal(`${String(options['to'])} is not a sequence`, 'choose one: npm run history');
    if (!options['now'])
      throw new Refusal(
        'a rollback that can wait is a revert in git',
        'revert the commit in a pull request, or add --now in an emergency',
      );
    const reason = reasonOf(options, 'why go back?');
    const repository = await loadEnvironments(context);
    const environment = environmentOf(repository, options['env']).value;
    return appendTo(context, environment, options, reason, (append) => appendRollback({ ...append, to }));
  },
};
