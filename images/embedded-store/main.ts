/**
 * The store of a deployment on one host, and what AWS and Terraform are elsewhere: it lays out secrets, publishes the
 * YAML at each change, and answers as Parameter Store does. It checks no credentials: for a network that nobody else is on.
 */
import { jsonText, print, textLine } from '../../tools/contract/terminal-text.ts';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { agentConfigOf } from '../../tools/bundle/agent-config.ts';
import { faultText, Fault } from '../../tools/contract/fault.ts';
import { inDeliveryOrder } from '../../tools/contract/delivery-order.ts';
import { IN_NO_REPOSITORY } from '../../tools/git/standing.ts';
import { loadValid } from '../../tools/load/load.ts';
import type { LoadedEnvironment, Repository } from '../../tools/load/repository.ts';
import { localized } from '../../tools/local/localize.ts';
import { LivePublisher, type PublishAttempt } from '../../tools/local/publisher.ts';
import { sampleDevice, sampleOf } from '../../tools/local/sample.ts';
import { Secrets } from '../../tools/local/secrets.ts';
import { watchFolders } from '../../tools/local/watch.ts';
import { ensureKey, fileSigner, keyFile, LOCAL_KEY, publicHalf } from '../../tools/publish/keys/keys.ts';
import { healthcheck, healthcheckUrl, terminated } from '../../tools/serve/healthcheck.ts';
import { startStore } from '../../tools/store/embedded/server.ts';
import { withStore } from '../../tools/store/open.ts';
import { Layout } from './layout.ts';
import { type Settings, settingsOf } from './settings.ts';

// The SDK would warn of Node 20, in lines that are none of ours; the lock file keeps a version of it that runs there.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

function tell(line: object): void {
  print(process.stdout, jsonText({ at: new Date().toISOString(), ...line }));
}

async function serve(settings: Settings, signal: AbortSignal): Promise<void> {
  const { repository } = await loadValid(settings.repository);
  const loaded = environmentOf(repository, settings.environment);
  const key = keyFile(settings.state, LOCAL_KEY);
  ensureKey(key);
  const secrets = new Secrets(join(settings.state, 'certificates'), () => new Date());
  const layout = new Layout(settings.components, secrets);
  const places = { authority: await secrets.authorityText(), ...settings.places };
  const moved = (one: Repository) => localized(one, loaded.value.id, places);
  const trusted = [publicHalf(key, LOCAL_KEY)!, ...loaded.value.bundle.trustedKeys];
  await layout.components(loaded, trusted);
  await layout.panel(trusted);
  await layOutAgent(layout, moved(repository), loaded.value.id, settings.principal);
  const running = await startStore({
    folder: join(settings.state, 'store'),
    ...settings.store,
    names: settings.names,
  });
  const target = { store: 'embedded', region: loaded.value.region, state: settings.state, signal } as const;
  try {
    await withStore({ ...target, endpoint: `http://127.0.0.1:${settings.store.port}` }, async ({ store }) => {
      const publisher = new LivePublisher({
        context: { root: settings.repository, state: settings.state },
        started: loaded.value,
        store,
        signer: fileSigner(key, LOCAL_KEY),
        localized: async (one) => moved(one),
        commit: async () => IN_NO_REPOSITORY,
      });
      await publishUntil(publisher, settings, signal);
    });
  } finally {
    await running.close();
  }
}

/** Publishes now, says that it is ready, and publishes again after every change until told to end. */
async function publishUntil(
  publisher: LivePublisher,
  settings: Settings,
  signal: AbortSignal,
): Promise<void> {
  const turn = async (): Promise<void> => {
    const attempt = await publisher.run();
    if (attempt.type !== 'nothing') tell(lineOf(attempt));
  };
  await turn();
  const health = createServer((_, response) => response.end('ok\n'));
  health.listen(settings.health.port, settings.health.host);
  let busy: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    const again = () =>
      void (busy = busy
        .then(turn)
        .catch((error: Error) => tell({ event: 'trouble', reason: error.message })));
    void watchFolders(settings.repository, signal, again);
  });
  await busy;
  await new Promise((resolve) => health.close(resolve));
}

/** What became of publishing, as a line of the log. */
function lineOf(attempt: PublishAttempt): object {
  if (attempt.type === 'refused')
    return { event: 'refused', findings: attempt.findings.map(({ file, message }) => `${file}: ${message}`) };
  if (attempt.type === 'published')
    return { event: 'published', sequence: attempt.sequence, unchanged: attempt.unchanged };
  return { event: 'stopped', ...(attempt.type === 'stopped' && { reason: attempt.reason }) };
}

function environmentOf(repository: Repository, named: string | undefined): LoadedEnvironment {
  const values = [...repository.environments.values()].map(({ value }) => value);
  const id = named ?? inDeliveryOrder(values)[0]?.id ?? '';
  const found = repository.environments.get(id);
  if (found) return found;
  throw new Fault(
    `there is no environment ${id}`,
    `use one of: ${[...repository.environments.keys()].join(', ')}`,
  );
}

async function layOutAgent(
  layout: Layout,
  repository: Repository,
  environment: string,
  named: string | undefined,
): Promise<void> {
  const principal = named ?? sampleOf(repository, environment, () => 0);
  if (principal === undefined)
    return tell({ event: 'note', reason: 'the company names nobody: the agent gets no certificate' });
  await layout.agent(
    principal,
    sampleDevice('linux'),
    agentConfigOf(repository, environment, principal, undefined),
  );
  tell({ event: 'agent', principal });
}

async function main(): Promise<number> {
  const url = healthcheckUrl(process.argv);
  if (url !== undefined) return healthcheck(url, (reason) => print(process.stderr, textLine(reason)));
  try {
    await serve(settingsOf(process.env), terminated(process));
    return 0;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    print(process.stderr, faultText(error));
    return 2;
  }
}

void main().then((status) => (process.exitCode = status));
