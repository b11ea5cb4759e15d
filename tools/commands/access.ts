import { jsonText } from '../contract/terminal-text.ts';
import type { Listing } from '../contract/shapes.ts';
import { instantText } from '../access/values/time-zone.ts';
import { concerning } from '../access/concerning.ts';
import { listing } from '../access/difference.ts';
import { listingText } from '../output/difference.ts';
import { horizonOption, instantOption } from './shared/values.ts';
import { command } from './shared/command.ts';
import { environmentOf, environmentsOf, STORE } from './shared/environment.ts';
import { loadValid } from '../load/load.ts';
import { cacheIn, loadEnvironments } from './shared/load.ts';
import { AS_OF, listingPast, past } from './as-of/as-of.ts';
import { Fault } from '../contract/fault.ts';
import { pastText } from '../output/past.ts';
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
    AS_OF,
    { ...STORE, description: 'with --as-of: whose log, that of the embedded store in .ztna/ or of AWS' },
    { flags: '--json', description: 'print JSON' },
  ],
  examples: [
    'npx ztna access --service payments',
    'npx ztna access --principal alice@example.com --env prod',
    'npx ztna access --service payments --env prod --store aws --as-of 2026-03-01T00:00:00Z',
  ],
  async run({ options }, context) {
    if (options.asOf !== undefined) {
      if (options.at !== undefined || options.days !== undefined)
        throw new Fault('--as-of says when', 'leave --at and --days out');
      const names = await loadEnvironments(context, cacheIn(context));
      const asked = {
        asOf: options.asOf,
        store: options.store,
        environments: environmentsOf(names, options.env),
      };
      const found = await past(context, asked, listingPast(options, names));
      context.out(options.json ? jsonText(found) : pastText(found, options.full ? 'full' : 'short'));
      return 0;
    }
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
