import { release as appendRelease } from '../publish/append.ts';
import { Fault } from '../contract/fault.ts';
import { command } from './shared/command.ts';
import { environmentOf } from './shared/environment.ts';
import { loadEnvironments } from './shared/load.ts';
import { APPENDING, appendTo, FORCE, reasonOf } from './shared/publish.ts';

/** Lifts a hold, so that what it undid may be published again. */
export const release = command({
  name: 'release',
  summary: 'Lift the hold on an entry, so that what was undone may be published again',
  options: [
    ...APPENDING,
    { flags: '--hold <sequence>', description: 'the entry whose change is on hold', required: true },
    { flags: '--reason <text>', description: 'why' },
    FORCE,
  ],
  examples: ['npm run release -- --env prod --hold 42 --reason "it was the connector" --execute'],
  async run({ options }, context) {
    const undone = Number(options.hold);
    if (!Number.isSafeInteger(undone)) throw new Fault('which hold?', 'see: npm run status');
    const reason = reasonOf(options.reason, 'why lift the hold?');
    const repository = await loadEnvironments(context);
    const environment = environmentOf(repository, options.env).value;
    return appendTo(context, environment, options, reason, (append) => appendRelease({ ...append, undone }));
  },
});
