import { textLine } from '../contract/terminal-text.ts';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { sentenceOf } from '../follow/events.ts';
import {
  afterLastWords,
  AT_EMBEDDED_STORE,
  type FollowerOptions,
  followOnce,
  startFollower,
} from '../follow/loop.ts';
import { instanceOf, verifyComponent, verifyInstance } from '../contract/component.ts';
import { Fault } from '../contract/fault.ts';
import { command, type Context } from './shared/command.ts';
import { ENV, environmentOf, STORE, EMBEDDED, targetOf } from './shared/environment.ts';
import { loadEnvironments } from './shared/load.ts';
import { componentsOf } from '../load/repository.ts';
import { identityOf } from '../contract/log/entry.ts';
import { type StoreKind, withStore } from '../store/open.ts';
import { trustedKeys } from '../publish/keys/keys.ts';

/** Does for one component what its policy agent does. */
export const follow = command({
  name: 'follow',
  summary: "Follow an environment's log for one component, and write its enforcement file",
  options: [
    ENV,
    { flags: '--component <id>', description: 'intermediate/<id> or connector/<id>', required: true },
    { flags: '--out <folder>', description: 'where enforcement.json is written', required: true },
    {
      flags: '--applied-url <url>',
      description: "the component's /applied; without it, the file is only checked here",
    },
    { flags: '--instance <name>', description: 'the name to report under', fallback: "the machine's" },
    {
      flags: '--state <folder>',
      description: 'where it keeps what it has put in force',
      fallback: 'in .ztna/follow/, by environment, component and instance',
    },
    { flags: '--once', description: 'look once, report, and end' },
    STORE,
  ],
  examples: ['npx ztna follow --env dev --component intermediate/one --out out/one'],
  async run({ options }, context) {
    const repository = await loadEnvironments(context);
    const loaded = environmentOf(repository, options.env);
    const environment = loaded.value;
    const { store: kind = EMBEDDED } = options;
    const component = verifyComponent(options.component);
    const known = componentsOf(loaded);
    // It may have been taken out a moment ago, and still be in force.
    if (!known.includes(component))
      context.err(
        textLine(
          `note: no file makes ${component} a component of ${environment.id}; there are: ${known.join(', ')}`,
        ),
      );
    const target = targetOf(context, kind, environment);
    const signal = options.once ? context.signal : afterLastWords(context.signal);
    return withStore({ ...target, signal }, async ({ store, describe }) => {
      const following: FollowerOptions = {
        store,
        identity: identityOf(environment),
        trusted: trustedKeys(context.state, environment, kind),
        component,
        onEvent: (event) =>
          context.out(textLine(`${context.now().toISOString()} ${component}: ${sentenceOf(event)}`)),
        ...howTo(options, environment.id, kind, context),
      };
      context.err(textLine(`following ${environment.id} in ${describe}`));
      if (options.once) return (await followOnce(following)) ? 0 : 1;
      await startFollower(following).done;
      return 0;
    });
  },
});

/** Of the options, those that say how to follow. */
interface Following {
  readonly component: string;
  readonly out: string;
  readonly state?: string | undefined;
  readonly instance?: string | undefined;
  readonly appliedUrl?: string | undefined;
}

/** What the options say of how to follow. */
function howTo(options: Following, environment: string, kind: StoreKind, { state, signal }: Context) {
  const instance = verifyInstance(options.instance ?? instanceOf(hostname()));
  const url = options.appliedUrl;
  if (url !== undefined && !URL.canParse(url))
    throw new Fault(`${url} is not a URL`, 'write http://host:port/applied');
  return {
    instance,
    signal,
    out: resolve(options.out),
    // By instance, so that two of a component can run from one checkout.
    folder: resolve(options.state ?? join(state, 'follow', environment, options.component, instance)),
    ...(url !== undefined && { appliedUrl: url }),
    ...(kind === 'embedded' && AT_EMBEDDED_STORE),
  };
}
