import { jsonText, textLine } from '../contract/terminal-text.ts';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Localize, workingTreeFiles } from '../../images/admin-panel/state/files.ts';
export { figuresFrom } from '../../images/admin-panel/state/traffic.ts';
import { startPanel, type PanelOptions } from '../../images/admin-panel/panel.ts';
import { loopbackSignIn } from '../../images/admin-panel/security/sign-in.ts';
import { Fault } from '../contract/fault.ts';
import { isRepository } from '../git/git.ts';
import { personOf } from '../git/commit.ts';
import type { RunningServer } from '../serve/server.ts';
import { command, type Context } from './shared/command.ts';
import { EMBEDDED, STORE } from './shared/environment.ts';
import { connectTo } from './shared/github.ts';

/** The port of the loopback interface on which it is where nothing else is said. */
export const PANEL_PORT = 4480;
/** Milliseconds between two looks at a store on this machine, which has no rates; and while somebody has a page open. */
export const LOCAL_POLLS = { pollMs: 1000, watchedPollMs: 400 } as const;
/** Milliseconds between two looks at AWS, whose rates all components share. */
const POLL_AWS_MS = 15_000;

/** The admin panel, for whoever is at this machine. */
export const panel = command({
  name: 'panel',
  summary: 'Show what is in force, who reaches what and why, in a browser on this machine',
  options: [
    STORE,
    {
      flags: '--port <number>',
      description: 'the port on the loopback interface',
      fallback: String(PANEL_PORT),
    },
    { flags: '--github', description: 'open pull requests on GitHub instead of branches here' },
  ],
  examples: ['npm run panel', 'npm run panel -- --port 0'],
  async run({ options }, context) {
    const { store = EMBEDDED, port: asked = String(PANEL_PORT), github } = options;
    const port = Number(asked);
    if (!/^\d{1,5}$/.test(asked) || port > 65_535)
      throw new Fault(`${asked} is no port`, 'give one such as 4480');
    const server = await localPanel(context, {
      port,
      storeKind: store,
      ...(store === 'aws' ? { pollMs: POLL_AWS_MS } : LOCAL_POLLS),
      ...(github && { github: await connectTo(undefined, context) }),
    });
    context.out(textLine(`the admin panel is at ${server.url}; Ctrl-C ends it`));
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve();
      context.signal.addEventListener('abort', () => resolve());
    });
    await server.close();
    return 0;
  },
});

/** A panel on the loopback interface, about the working tree and for the person at this machine. */
export async function localPanel(
  { root, state, err, now }: Context,
  {
    delivered,
    ...options
  }: Pick<PanelOptions, 'port' | 'storeKind' | 'pollMs' | 'watchedPollMs' | 'github' | 'figuresOf'> & {
    delivered?: Localize;
  },
): Promise<RunningServer> {
  const person = (await isRepository(root)) ? await personOf(root) : undefined;
  return startPanel({
    host: '127.0.0.1',
    files: workingTreeFiles(root, () => now().getTime(), delivered),
    revision: 'HEAD',
    state,
    signIn: loopbackSignIn(person ?? { name: 'you', email: 'you@localhost' }),
    accessLogs: { files: () => accessLogFiles(state) },
    now: () => now().getTime(),
    log: (line) => err(jsonText(line)),
    ...options,
  });
}

/** Where intermediates that run here write their access logs, among other lines. */
function accessLogFiles(state: string): string[] {
  const folder = join(state, 'logs');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^intermediate-.*\.log$/.test(name))
    .map((name) => join(folder, name));
}
