/** The admin panel, behind its load balancer or of one host: what is in force, who reaches what and why, and proposals of changes. */
import { jsonText, print, textLine } from '../../tools/contract/terminal-text.ts';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { appTokens } from '../../tools/github/connection/app.ts';
import { Fault, faultText } from '../../tools/contract/fault.ts';
import { Connection } from '../../tools/github/connection/connection.ts';
import { proxiedFetch } from '../../tools/github/connection/proxy.ts';
import { BRANCH } from '../../tools/github/setup/settings.ts';
import { healthcheck, healthcheckUrl, terminated } from '../../tools/serve/healthcheck.ts';
import { logGroupPage } from './model/access-log.ts';
import { serveOnHost } from './one-host/serve.ts';
import { hostSettingsIn, isWithoutSignIn } from './one-host/settings.ts';
import { type RunningPanel, startPanel } from './panel.ts';
import { albSignIn } from './security/sign-in.ts';
import { PERMISSIONS, type Settings, settingsIn } from './settings.ts';
import type { EnforcedAfter } from './state/reader.ts';
import { remoteFiles } from './state/remote-files.ts';
import { endingOf, inSuccession, joinSuccession, type Successor } from './succession.ts';

// The SDK would warn of Node 20, in lines that are none of ours.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

function tell(line: object): void {
  print(process.stdout, jsonText(line));
}

/** Serves until told to end, or until another one has read what is newer. */
async function serve(
  settings: Settings,
  { handover, ending, drains, ready, goFirst, outdated }: Successor,
): Promise<void> {
  const { host, port, domain, repository, github, api, credentials, environment, pollMs, folder } = settings;
  // As the commands reach it: git asks the same variables.
  const proxied = await proxiedFetch(api, process.env);
  const how = { repository, url: api, ...(proxied && { fetch: proxied }) };
  const token =
    'token' in credentials
      ? async () => credentials.token
      : appTokens(credentials, { ...how, permissions: PERMISSIONS });
  // What is under way ends in its own time.
  const over = new AbortController();
  let serving: RunningPanel | undefined;
  const panel = await startPanel({
    ...{ host, port, names: [domain], environments: [environment], pollMs, prepared: true },
    ...{ state: folder, storeKind: 'aws', revision: `refs/remotes/origin/${BRANCH}` },
    ...endingOf({ drains }),
    goFirst,
    enforcedAfter: handover as EnforcedAfter | undefined,
    files: remoteFiles({
      ...{
        url: `${github}/${repository}.git`,
        branch: BRANCH,
        folder,
        everyMs: pollMs,
        now: Date.now,
        token,
      },
      // What is newer may come before all is read for the first time: it is asked for again then.
      outdated: (again) => (serving ? outdated(serving.enforcedAfter(), again) : again()),
      trouble: (trouble) => tell({ trouble }),
    }),
    signIn: albSignIn({
      albArn: settings.loadBalancer,
      issuer: settings.issuer,
      clientId: settings.clientId,
    }),
    github: new Connection({ ...how, token, signal: over.signal }),
    page: `${github}/${repository}`,
    accessLogs: { files: () => [], pageOf: logGroupPage },
    log: tell,
  });
  serving = panel;
  tell({ serving: panel.url });
  ready();
  if (!ending.aborted) await once(ending, 'abort');
  await panel.close();
  over.abort();
  process.disconnect();
}

async function main(): Promise<number> {
  const url = healthcheckUrl(process.argv);
  if (url !== undefined) return healthcheck(url, (reason) => print(process.stderr, textLine(reason)));
  try {
    if (isWithoutSignIn(process.env)) {
      await serveOnHost(hostSettingsIn(process.env), terminated(process), tell);
      return 0;
    }
    const settings = settingsIn(process.env);
    if (cluster.isPrimary) return await inSuccession(terminated(process), tell);
    await serve(settings, await joinSuccession());
    return 0;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    print(process.stderr, faultText(error));
    if (cluster.isWorker) process.disconnect();
    return 2;
  }
}

void main().then((status) => void (process.exitCode = status));
