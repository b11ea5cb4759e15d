import { jsonText } from '../contract/terminal-text.ts';
import { identityOf } from '../contract/log/entry.ts';
import { Fault } from '../contract/fault.ts';
import { forgottenText } from '../output/collection.ts';
import { forget as forgetInstance } from '../publish/collect/forget.ts';
import { withStore } from '../store/open.ts';
import { command } from './shared/command.ts';
import { EMBEDDED, ENV, environmentOf, STORE, targetOf } from './shared/environment.ts';
import { loadEnvironments } from './shared/load.ts';
import { EXECUTE, reasonOf } from './shared/publish.ts';

/** Says that an instance is gone for good, so that nothing waits for it any more. */
export const forget = command({
  name: 'forget',
  summary: 'Say that an instance is gone for good, so that nothing waits for it any more',
  arguments: [{ name: '<instance>', description: 'as status shows it: connector/<id>/<instance>' }],
  options: [
    ENV,
    { flags: '--reason <text>', description: 'why; it is printed, and kept nowhere else' },
    EXECUTE,
    STORE,
    { flags: '--json', description: 'print JSON' },
  ],
  examples: [
    'npx ztna forget connector/apps/i-0abc --env prod --store aws --reason "the host burnt down" --execute',
  ],
  async run({ arguments: [instance], options }, context) {
    if (!/^(intermediate|connector)\/[a-z][a-z0-9-]{0,62}\/[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(instance))
      throw new Fault(
        `${instance} is no instance`,
        'write connector/<id>/<instance>, as in: npx ztna status',
      );
    const reason = reasonOf(options.reason, 'why is it gone?');
    const repository = await loadEnvironments(context);
    const environment = environmentOf(repository, options.env).value;
    const { store: kind = EMBEDDED, execute = false, json } = options;
    const found = await withStore(targetOf(context, kind, environment), ({ store }) =>
      forgetInstance({
        store,
        log: identityOf(environment),
        instance,
        now: () => context.now().getTime(),
        execute,
      }),
    );
    const { presence, ack } = found;
    const said = { environment: environment.id, instance, presence, reason, executed: execute };
    context.out(
      json
        ? jsonText({ ...said, ...(ack && { ack }) })
        : forgottenText(found, environment.id, reason, execute),
    );
    return 0;
  },
});
