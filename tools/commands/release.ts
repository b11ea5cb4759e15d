import { type NamedHold, release as appendRelease } from '../publish/append.ts';
import { Fault } from '../contract/fault.ts';
import { command } from './shared/command.ts';
import { environmentOf } from './shared/environment.ts';
import { loadEnvironments } from './shared/load.ts';
import { APPENDING, appendTo, FORCE, reasonOf } from './shared/publish.ts';
import { WAIT } from './shared/record.ts';

/** Lifts a hold, so that what it undid may be published again. */
export const release = command({
  name: 'release',
  summary:
    'Lift the hold on an entry, so that what was undone may be published again; what only takes access away needs none lifted',
  options: [
    ...APPENDING,
    {
      flags: '--hold <sequence>',
      description: 'the entry whose change is on hold; <epoch>/<sequence> of an earlier epoch',
      required: true,
    },
    { flags: '--reason <text>', description: 'why' },
    ...WAIT,
    FORCE,
  ],
  examples: ['npx ztna release --env prod --hold 42 --reason "it was the connector" --execute'],
  async run({ options }, context) {
    const hold = holdOf(options.hold);
    const reason = reasonOf(options.reason, 'why lift the hold?');
    const repository = await loadEnvironments(context);
    const environment = environmentOf(repository, options.env).value;
    return appendTo(
      context,
      environment,
      { ...options, wait: options.wait ?? options.store === 'aws' },
      reason,
      (append) => appendRelease({ ...append, ...hold }),
      repository,
    );
  },
});

function holdOf(text: string): NamedHold {
  const [, epoch, undone] = /^(?:(\d{1,6})\/)?(\d{1,12})$/.exec(text) ?? [];
  if (undone === undefined) throw new Fault(`${text} names no hold`, 'see: npx ztna status');
  return { undone: Number(undone), ...(epoch !== undefined && { epoch: Number(epoch) }) };
}
