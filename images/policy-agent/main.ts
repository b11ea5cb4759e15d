/** Follows an environment's log for the component beside it, and writes what that must enforce. */
import { jsonText, print, textLine } from '../../tools/contract/terminal-text.ts';
import type { ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../tools/contract/fault.ts';
import type { Follower } from '../../tools/follow/follower.ts';
import { afterLastWords, AT_EMBEDDED_STORE, startFollower } from '../../tools/follow/loop.ts';
import { healthcheck, healthcheckUrl, terminated } from '../../tools/serve/healthcheck.ts';
import { withStore } from '../../tools/store/open.ts';
import { type RunningServer, startServer } from '../../tools/serve/server.ts';
import { lineOf, statusLine } from './lines.ts';
import { type Settings, settingsOf } from './settings.ts';

// The SDK would warn of Node 20, in lines that are none of ours; the lock file keeps a version of it that runs there.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/** Milliseconds between two lines of how the component is: alarms count them by the minute. */
const STATUS = 60_000;
/** Milliseconds until the first: by then the log was read, as a rule. */
const FIRST_STATUS = 5000;

function tell(line: object): void {
  print(process.stdout, jsonText(line));
}

/** Works until told to end; the enforcement file stays until its lease ends. */
async function follow(settings: Settings, signal: AbortSignal): Promise<void> {
  const { state, identity, endpoint, component } = settings;
  const origin = () => ({ component, now: Date.now() });
  const place = { store: endpoint ? 'embedded' : 'aws', region: identity.region, state } as const;
  const target = { ...place, ...(endpoint && { endpoint }), signal: afterLastWords(signal) };
  await withStore(target, async ({ store }) => {
    const { follower, done } = startFollower({
      ...settings,
      ...(endpoint && AT_EMBEDDED_STORE),
      store,
      signal,
      folder: join(state, identity.environment, component),
      onEvent: (event) => tell(lineOf(event, origin())),
    });
    const saying = sayStatus(follower, settings, signal, () => origin());
    const server = await answering(follower, settings);
    await Promise.all([done, saying]).finally(() => server?.close());
  });
}

/**
 * Answers whether it runs, and whether an entry is in force. Whether the store answers says nothing of its health: what is
 * restarted for that would lose the entry that it has.
 */
async function answering(follower: Follower, { http }: Settings): Promise<RunningServer | undefined> {
  if (!http) return undefined;
  const notReady = (): string | undefined => {
    const { state } = follower.ack();
    return state === 'enforcing' || state === 'stale' ? undefined : `no entry is in force: ${state}`;
  };
  const handle = (_: unknown, response: ServerResponse): void => void response.writeHead(404).end();
  return startServer({ ...http, notReady, handle });
}

async function sayStatus(
  follower: Follower,
  { appliedUrl }: Settings,
  signal: AbortSignal,
  origin: () => { component: string; now: number },
): Promise<void> {
  for (let pause = FIRST_STATUS; !signal.aborted; pause = STATUS) {
    await sleep(pause, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const health = appliedUrl ? await healthcheck(new URL('/healthz', appliedUrl).href, () => {}) : 0;
    const { leaseKeeper, parts } = follower;
    const figures = await parts.probe.figures();
    const { stale } = leaseKeeper.state();
    const { floor, content } = leaseKeeper;
    const life = content?.entry.entry;
    tell(statusLine({ healthy: health === 0, stale, floor, life, ack: follower.ack(), figures }, origin()));
  }
}

async function main(): Promise<number> {
  const url = healthcheckUrl(process.argv);
  if (url !== undefined) return healthcheck(url, (reason) => print(process.stderr, textLine(reason)));
  try {
    await follow(settingsOf(process.env, hostname()), terminated(process));
    return 0;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    tell({ at: new Date().toISOString(), event: 'trouble', reason: `${error.message}; ${error.remedy}` });
    return 2;
  }
}

void main().then((status) => (process.exitCode = status));
