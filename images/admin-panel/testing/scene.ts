import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Followers } from '../../../tools/commands/start/followers.ts';
import { LivePublisher, type PublishAttempt } from '../../../tools/local/publisher.ts';
import type { Context } from '../../../tools/commands/shared/command.ts';
import { identityOf } from '../../../tools/contract/log/entry.ts';
import type { Environment } from '../../../tools/contract/shapes.ts';
import { standingOf } from '../../../tools/git/standing.ts';
import { codeownersText } from '../../../tools/check/codeowners.ts';
import { loadValid } from '../../../tools/load/load.ts';
import { componentsOf } from '../../../tools/load/repository.ts';
import { ensureKey, fileSigner, keyFile, LOCAL_KEY, trustedKeys } from '../../../tools/publish/keys/keys.ts';
import type { RunningServer } from '../../../tools/serve/server.ts';
import { openTarget, type StoreTarget } from '../../../tools/store/open.ts';
import { copyMiniature } from '../../../tools/testing/miniature.ts';
import { startPanel, type PanelOptions } from '../panel.ts';
import { loopbackSignIn } from '../security/sign-in.ts';
import { workingTreeFiles } from '../state/files.ts';

/** The miniature company as a repository, with a store, followers and a panel that all really run. */
export interface PanelScene {
  root: string;
  state: string;
  panel: RunningServer;
  followers: Followers;
  /** Lines of the panel's log. */
  log: Record<string, unknown>[];
  git(...words: string[]): string;
  write(path: string, text: string): void;
  text(path: string): string;
  /** Publishes the files as they are. */
  publish(): Promise<PublishAttempt>;
  /** Starts followers of all components of `live`. */
  follow(): Promise<void>;
  /** Ends the store, as if it were away. */
  loseStore(): Promise<void>;
  findStore(): Promise<void>;
  /** Asks the panel, with the answer's status and body. */
  ask(path: string, options?: RequestInit): Promise<{ status: number; headers: Headers; body: any }>;
  close(): Promise<void>;
}

/** The environment that is published. */
export const LIVE = 'live';

/** Who sits at the machine. */
export const ROSA = { name: 'Rosa', email: 'rosa@example.com' };

const NEVER = new AbortController().signal;

/** Starts everything. @param options what the panel has otherwise */
export async function newScene(options: Partial<PanelOptions> = {}): Promise<PanelScene> {
  const root = mkdtempSync(join(tmpdir(), 'panel-'));
  const state = join(root, '.ztna');
  copyMiniature(root);
  writeFileSync(join(root, '.gitignore'), '.ztna/\n');
  writeFileSync(join(root, 'CODEOWNERS'), codeownersText((await loadValid(root)).repository)!);
  const git = (...words: string[]): string =>
    execFileSync('git', ['-c', `user.name=${ROSA.name}`, '-c', `user.email=${ROSA.email}`, ...words], {
      ...{ cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    }).trim();
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-qm', 'The company');
  ensureKey(keyFile(state, LOCAL_KEY));
  const live = (await loadValid(root)).repository.environments.get(LIVE)!;
  let target = await storeOf(live.value, state);
  const followers = followersOf(live.value, state, target);
  const publisher = publisherOf(live.value, { root, state } as Context, () => target);
  const log: Record<string, unknown>[] = [];
  const panel = await startPanel({
    ...{ host: '127.0.0.1', port: 0, revision: 'HEAD', state, storeKind: 'embedded', pollMs: 60 },
    files: workingTreeFiles(root, Date.now),
    signIn: loopbackSignIn(ROSA),
    accessLogs: { files: () => [join(state, 'access.log')] },
    log: (line) => void log.push(line as Record<string, unknown>),
    ...options,
  });
  return {
    ...{ root, state, panel, followers, log, git },
    write(path, text) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    text: (path) => readFileSync(join(root, path), 'utf8'),
    publish: () => publisher.run(),
    follow: async () =>
      followers.keep(componentsOf((await loadValid(root)).repository.environments.get(LIVE)!)),
    loseStore: () => target.close(),
    async findStore() {
      target = await storeOf(live.value, state);
    },
    async ask(path, request) {
      const answer = await fetch(`${panel.url}${path}`, { redirect: 'manual', ...request });
      const text = await answer.text();
      const json = /json/.test(answer.headers.get('content-type') ?? '');
      return { status: answer.status, headers: answer.headers, body: json ? JSON.parse(text) : text };
    },
    async close() {
      await panel.close();
      await followers.stop();
      await target.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

const storeOf = ({ region }: Environment, state: string): Promise<StoreTarget> =>
  openTarget({ store: 'embedded', region, state, signal: NEVER });

function followersOf(environment: Environment, state: string, { store }: StoreTarget): Followers {
  return new Followers({
    store,
    identity: identityOf(environment),
    trusted: trustedKeys(state, environment, 'embedded'),
    folder: join(state, 'follow', environment.id),
    tell: () => {},
    appliedUrl: () => undefined,
  });
}

function publisherOf(started: Environment, context: Context, target: () => StoreTarget) {
  const signer = fileSigner(keyFile(context.state, LOCAL_KEY), LOCAL_KEY);
  return {
    run: () =>
      new LivePublisher({
        ...{ context, started, store: target().store, signer },
        localized: async (one) => one,
        commit: async () => (await standingOf(context.root)).commit,
      }).run(),
  };
}

/** Waits until something is so. @throws Error where it is not within some seconds */
export async function until(what: string, is: () => Promise<boolean> | boolean, seconds = 30): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await is())) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
