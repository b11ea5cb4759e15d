import { jsonText } from '../contract/terminal-text.ts';
import type { Listing } from '../contract/shapes.ts';
import { instantText } from '../access/values/time-zone.ts';
import { concerning } from '../access/concerning.ts';
import { listing } from '../access/difference.ts';
import { listingText } from '../output/difference.ts';
import { horizonOption, instantOption } from './shared/values.ts';
import { command } from './shared/command.ts';
import { environmentOf } from './shared/environment.ts';
import { loadValid } from '../load/load.ts';
import { cacheIn } from './shared/load.ts';
import { noteUnknown, principalNamed, serviceNamed } from './shared/names.ts';

/** Who can reach what: everything, or what concerns one service or principal. */
export const access = command({
  name: 'access',
  summary: 'List who can reach what, under which conditions',
  options: [
    { flags: '--service <id>', description: 'only who reaches this service' },
    { flags: '--principal <name>', description: 'only what this principal reaches' },
    { flags: '--env <id>', description: 'only this environment' },
    { flags: '--at <instant>', description: 'from when on', fallback: 'now' },
    { flags: '--days <number>', description: 'for so many days only', fallback: 'without end' },
    { flags: '--full', description: 'name everybody, where a group or a count would do' },
    { flags: '--json', description: 'print JSON' },
  ],
  examples: [
    'npx ztna access --service payments',
    'npx ztna access --principal alice@example.com --env prod',
  ],
  async run({ options }, context) {
    const { repository } = await loadValid(context.root, undefined, cacheIn(context));
    const at = instantOption(options.at, context.now());
    const to = horizonOption(options.days, at);
    const { service, principal } = options;
    if (service !== undefined) serviceNamed(repository, service);
    if (options.env !== undefined) environmentOf(repository, options.env);
    if (principal !== undefined) noteUnknown(repository, principalNamed(repository, principal), context);
    const only = { environment: options.env, service };
    const environments = listing(repository, { at, ...(to && { to }), only }).map(
      ({ environment, production = true, gains }) => ({
        environment,
        production,
        access: concerning(repository, gains, { service, principal }),
      }),
    );
    const result: Listing = { at: instantText(at), ...(to && { horizon: instantText(to) }), environments };
    context.out(options.json ? jsonText(result) : listingText(environments, options.full ? 'full' : 'short'));
    return 0;
  },
});
