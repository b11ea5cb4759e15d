import { once } from 'node:events';
import { localized } from '../../../tools/local/localize.ts';
import { startPanel } from '../panel.ts';
import { machineSignIn } from '../security/sign-in.ts';
import { workingTreeFiles } from '../state/files.ts';
import type { HostSettings } from './settings.ts';

/** Milliseconds between two looks at the store, which has no rates. */
const POLL_MS = 1000;

/** A panel about one host, for whoever is at it: it shows, and proposes nothing. Serves until told to end. */
export async function serveOnHost(
  { environment, listen, repository, endpoint, trusted, places, machine }: HostSettings,
  signal: AbortSignal,
  tell: (line: object) => void,
): Promise<void> {
  const panel = await startPanel({
    ...listen,
    files: workingTreeFiles(repository, Date.now, async (one) => localized(one, environment, places)),
    environments: [environment],
    revision: 'HEAD',
    state: repository,
    ...{ storeKind: 'embedded', remote: { endpoint, trusted }, pollMs: POLL_MS },
    signIn: machineSignIn(machine),
    accessLogs: { files: () => [] },
    log: tell,
  });
  tell({ serving: panel.url });
  if (!signal.aborted) await once(signal, 'abort');
  await panel.close();
}
