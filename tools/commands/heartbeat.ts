import { heartbeat as appendHeartbeat } from '../publish/append.ts';
import { command } from './shared/command.ts';
import { environmentOf } from './shared/environment.ts';
import { loadEnvironments } from './shared/load.ts';
import { APPENDING, appendTo, FORCE, reasonOf } from './shared/publish.ts';

/** Renews what is in force, so that it does not expire while nothing changes. */
export const heartbeat = command({
  name: 'heartbeat',
  summary: 'Append an entry that wants what the newest one wants, so that it does not expire',
  options: [...APPENDING, { flags: '--reason <text>', description: 'why', fallback: 'heartbeat' }, FORCE],
  examples: ['npx ztna heartbeat --env prod --execute'],
  async run({ options }, context) {
    if (options.force) reasonOf(options.reason, 'why by force?');
    const reason = options.reason ?? 'heartbeat';
    const repository = await loadEnvironments(context);
    const environment = environmentOf(repository, options.env).value;
    return appendTo(context, environment, options, reason, appendHeartbeat);
  },
});
