import { textLine } from '../contract/terminal-text.ts';
import { inDeliveryOrder } from '../contract/delivery-order.ts';
import { join } from 'node:path';
import { findStore } from '../store/embedded/folder-lock.ts';
import { loadWorkingTree, loadValid } from '../load/load.ts';
import { type LoadedEnvironment, type Repository, componentsOf } from '../load/repository.ts';
import { findingsText } from '../output/findings.ts';
import { changeText } from '../output/publish.ts';
import { ensureKey, fileSigner, keyFile, LOCAL_KEY, trustedKeys } from '../publish/keys/keys.ts';
import { Fault } from '../contract/fault.ts';
import type { RunningServer } from '../serve/server.ts';
import { command, type Context } from './shared/command.ts';
import { toldOf } from './shared/publish.ts';
import { environmentOf } from './shared/environment.ts';
import { Followers } from './start/followers.ts';
import { LivePublisher, type PublishAttempt } from '../local/publisher.ts';
import { Tunnel } from '../local/tunnel.ts';
import { View } from './start/view.ts';
import { watchFolders } from '../local/watch.ts';
import { standingOf } from '../git/standing.ts';
import { openTarget } from '../store/open.ts';
import { identityOf } from '../contract/log/entry.ts';

/** Everything on one machine: the YAML is published on each save, and every component follows it. */
export const start = command({
  name: 'start',
  summary: 'Run it all here: publish the YAML on each save, and bring it into force',
  options: [
    { flags: '--env <id>', description: 'the environment', fallback: 'the first that a merge delivers' },
    {
      flags: '--once',
      description: 'end when everything is in force, with status 1 where it is not; no data plane runs',
    },
    {
      flags: '--as <principal>',
      description: 'who tries the services',
      fallback: 'whom most access tests name',
    },
  ],
  examples: ['npm start', 'npm start -- --env prod', 'npx ztna start --as alice@example.com'],
  async run({ options }, context) {
    await refuseSecond(context);
    const { repository, loaded } = await atStart(context, options.env);
    const environment = loaded.value.id;
    const key = keyFile(context.state, LOCAL_KEY);
    if (ensureKey(key)) context.out(textLine('made a signing key for this machine: .ztna/keys/local.pem'));
    const { region } = loaded.value;
    const target = await openTarget({ store: 'embedded', region, state: context.state, signal: NEVER });
    const view = new View(context, environment);
    const folder = join(context.state, 'follow', environment);
    const tunnel = await Tunnel.open(
      {
        root: context.root,
        state: context.state,
        environment,
        principal: options.as,
        out: (component) => join(folder, component),
        say: (sentence) => view.say(sentence),
        building: (done, all) => view.building(done, all),
        answered: (answer, at) => view.answer(answer, at),
        signal: context.signal,
        env: context.env,
      },
      repository,
    );
    const followers = new Followers({
      store: target.store,
      identity: identityOf(loaded.value),
      trusted: trustedKeys(context.state, loaded.value, 'embedded'),
      folder,
      tell: (component, event) => view.tell(component, event),
      appliedUrl: (component) => tunnel.appliedUrl(component),
    });
    try {
      view.say(`${environment} on ${target.describe}; edit policies/ or environments/, Ctrl-C ends it`);
      const publisher = new LivePublisher({
        context,
        started: loaded.value,
        store: target.store,
        signer: fileSigner(key, LOCAL_KEY),
        localized: (one) => tunnel.localized(one),
        commit: async () => (await standingOf(context.root)).commit,
      });
      const last = await serve(publisher, { followers, tunnel, view }, context, {
        once: options.once === true,
        components: componentsOf(loaded),
      });
      return options.once && last !== 'published' ? 1 : 0;
    } finally {
      await tunnel.stop();
      await followers.stop();
      await target.close();
    }
  },
});

/** The admin panel beside it, about the environment as it is moved to this machine; on any port where its own is in use. */
async function panelBeside(context: Context, tunnel: Tunnel, view: View): Promise<RunningServer> {
  // Much is behind it, which no other part of a start waits for.
  const { figuresFrom, localPanel, LOCAL_POLLS, PANEL_PORT } = await import('./panel.ts');
  const options = {
    ...{ storeKind: 'embedded' as const, ...LOCAL_POLLS },
    delivered: (repository: Repository) => tunnel.localized(repository),
    figuresOf: figuresFrom((component) => tunnel.appliedUrl(component)),
  };
  const panel = await localPanel(context, { ...options, port: PANEL_PORT }).catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
    return localPanel(context, { ...options, port: 0 });
  });
  view.say(`the admin panel: ${panel.url}`);
  return panel;
}

/** The store outlives the interrupt, so that followers can end in order. */
const NEVER = new AbortController().signal;

/** The environment as it is at the start; its own file must be in order, others may have findings. */
async function atStart(
  context: Context,
  named: string | undefined,
): Promise<{ repository: Repository; loaded: LoadedEnvironment }> {
  const { repository, findings } = await loadWorkingTree(context.root);
  // While a file is broken, it cannot be known which environment comes first.
  const broken = findings.some(
    ({ file }) => file === `environments/${named ?? file.split('/')[1]}/environment.yaml`,
  );
  const valid = broken ? (await loadValid(context.root)).repository : repository;
  const first = inDeliveryOrder([...valid.environments.values()].map(({ value }) => value))[0]?.id;
  return { repository, loaded: environmentOf(repository, named ?? first) };
}

async function refuseSecond({ state }: Context): Promise<void> {
  const running = await findStore(join(state, 'store'));
  if (running)
    throw new Fault(
      `npm start already runs here, as process ${running.pid}`,
      'use that one, or end it first',
    );
}

/** What runs here beside the publisher. */
interface Running {
  followers: Followers;
  tunnel: Tunnel;
  view: View;
}

/** How often the view looks at the followers. */
const DRAWING_MS = 30;

/** Publishes now and after every change, one at a time, until interrupted. @returns what became of the first */
async function serve(
  publisher: LivePublisher,
  running: Running,
  context: Context,
  { once, components }: { once: boolean; components: readonly string[] },
): Promise<PublishAttempt['type']> {
  const { followers, tunnel, view } = running;
  const turn = async (seen: number): Promise<PublishAttempt['type']> => {
    const outcome = await publisher
      .run()
      // What is in force must not end because of it: the next save is published again.
      .catch((error: Error): PublishAttempt => ({ type: 'stopped', reason: reasonOf(error) }));
    await show(outcome, seen, running, context, publisher.options.started.id);
    return outcome.type;
  };
  const first = await turn(Date.now());
  // Also where nothing could be published: what was in force last time comes into force again.
  await followers.keep(components);
  const drawing = setInterval(() => view.update(followers.progress()), DRAWING_MS);
  context.signal.addEventListener('abort', () => clearInterval(drawing));
  if (once) {
    const settled = await view.settled(context.signal).finally(() => clearInterval(drawing));
    return settled ? first : 'stopped';
  }
  view.whenSettled(() => void tunnel.tryAll());
  const beginning = begin(running);
  // What is in force must not wait for who looks at it.
  const panel = panelBeside(context, tunnel, view).catch((error: Error) =>
    view.say(`no admin panel: ${reasonOf(error)}`),
  );
  let busy: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve) => {
    if (context.signal.aborted) return resolve();
    context.signal.addEventListener('abort', () => resolve());
    void watchFolders(context.root, context.signal, (seen) => (busy = busy.then(() => turn(seen))));
  });
  await Promise.all([busy, beginning]);
  await (await panel)?.close();
  return first;
}

/** The data plane is found or built behind; what it enforces is then its own word and no more the follower's. */
async function begin({ followers, tunnel }: Running): Promise<void> {
  if (!(await tunnel.begin())) return;
  await followers.restart();
  await tunnel.tryAll();
}

function reasonOf(error: Error): string {
  return error instanceof Fault
    ? `${error.message}; ${error.remedy}`
    : `this is a defect of the tool: ${error.message}`;
}

const testsIn = ({ tests }: Repository): number =>
  [...tests.values()].reduce((sum, { value }) => sum + value.expect.length, 0);

async function show(
  outcome: PublishAttempt,
  seen: number,
  { followers, tunnel, view }: Running,
  context: Context,
  environment: string,
): Promise<void> {
  if (outcome.type === 'nothing') return;
  if (outcome.type === 'refused') {
    view.show(
      findingsText(
        { findings: outcome.findings, files: outcome.texts.size, accessTests: 0 },
        context.terminal ? outcome.texts : undefined,
      ),
    );
    return view.say('refused: what was in force stays in force');
  }
  if (outcome.type === 'stopped')
    return view.say(`not published: ${outcome.reason}; what was in force stays in force`);
  const { difference, plan, sequence, unchanged, repository, warnings, texts } = outcome;
  if (warnings.length > 0)
    view.show(
      findingsText(
        { findings: warnings, files: texts.size, accessTests: testsIn(repository) },
        context.terminal ? texts : undefined,
      ),
    );
  // From save to save the files say more, as they have lines; what was in force before the first is in the store.
  const change = difference ?? toldOf(plan, repository, Date.now()).difference;
  if (change) view.show(changeText(change, plan.newest !== undefined));
  view.say(unchanged ? `sequence ${sequence} says the same already` : `published sequence ${sequence}`);
  const components = componentsOf(environmentOf(repository, environment));
  view.want(sequence, seen);
  await tunnel.keep(repository);
  await followers.keep(components);
}
