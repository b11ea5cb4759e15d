/**
 * The admin panel as its image runs it, for a benchmark: `<repository> <state> <clone>`, in place of AWS the embedded store
 * of a state folder, and without sign-in. Its address is said first.
 */
import cluster from 'node:cluster';
import { once } from 'node:events';
import { startPanel } from '../../../images/admin-panel/panel.ts';
import { loopbackSignIn } from '../../../images/admin-panel/security/sign-in.ts';
import { remoteFiles } from '../../../images/admin-panel/state/remote-files.ts';
import type { EnforcedAfter } from '../../../images/admin-panel/state/reader.ts';
import { endingOf, inSuccession, joinSuccession } from '../../../images/admin-panel/succession.ts';
import { terminated } from '../../serve/healthcheck.ts';

/** Nobody is turned away. */
const LOOKS = { burst: 1_000_000, perSecond: 1_000_000 };

/** Milliseconds between two looks at the repository: three times as often as the image looks. */
const FETCH_MS = 5000;

const [repository = '', state = '', folder = ''] = process.argv.slice(2);
const tell = (line: object): void => void process.stderr.write(`${JSON.stringify(line)}\n`);

async function serve(): Promise<void> {
  const { handover, ending, drains, ready, goFirst, outdated } = await joinSuccession();
  const panel = await startPanel({
    ...{
      host: '127.0.0.1',
      port: 0,
      revision: 'refs/remotes/origin/main',
      storeKind: 'embedded',
      pollMs: 1000,
    },
    ...{
      state,
      looks: LOOKS,
      prepared: true,
      ...endingOf({ drains }),
      goFirst,
      drainMs: 0,
      enforcedAfter: handover as EnforcedAfter | undefined,
    },
    files: remoteFiles({
      ...{ url: `file://${repository}`, branch: 'main', folder, everyMs: FETCH_MS, now: Date.now },
      token: async () => undefined,
      outdated: (again) => outdated(panel.enforcedAfter(), again),
      trouble: (trouble) => tell({ trouble }),
    }),
    signIn: loopbackSignIn({ name: 'Rosa', email: 'rosa@example.com' }),
    accessLogs: { files: () => [] },
    log: tell,
  });
  process.stdout.write(`${panel.url}\n`);
  ready();
  if (!ending.aborted) await once(ending, 'abort');
  await panel.close();
  process.disconnect();
}

void (cluster.isPrimary ? inSuccession(terminated(process), tell) : serve());
