import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseDocument, type Document } from 'yaml';
import { assemble } from '../../bundle/assemble.ts';
import { Fault } from '../../contract/fault.ts';
import { identityOf } from '../../contract/log/entry.ts';
import type { Environment, Part } from '../../contract/shapes.ts';
import { git, gitWith } from '../../git/run.ts';
import { PUBLISHED } from '../../git/standing.ts';
import { loadValid } from '../../load/load.ts';
import { ensureKey, keyFile, LOCAL_KEY, trustedKeys } from '../../publish/keys/keys.ts';
import { partsOf } from '../../publish/state.ts';
import { type EmbeddedStore, startStore } from '../../store/embedded/server.ts';
import { openTarget, type StoreTarget } from '../../store/open.ts';
import { listAcks } from '../../store/acks.ts';
import { drift } from '../drift.ts';
import { heartbeat } from '../heartbeat.ts';
import { keys } from '../keys.ts';
import { merge } from '../merge.ts';
import { publish } from '../publish.ts';
import { rollback } from '../rollback.ts';
import type { Command, Context, ExitStatus } from '../shared/command.ts';
import { environmentOf } from '../shared/environment.ts';
import { Followers } from '../start/followers.ts';
import { runLine } from './line.ts';
import { AccessWatch } from './watch.ts';

/** What the runbook's lines call. */
const COMMANDS: Readonly<Record<string, Command>> = { drift, heartbeat, keys, merge, publish, rollback };

/** How long components may take until they have what is wanted, in milliseconds. */
const PATIENCE = 30_000;

/** Who commits in a drill. */
const BY = {
  ...{ GIT_AUTHOR_NAME: 'drill', GIT_AUTHOR_EMAIL: 'drill@localhost' },
  ...{ GIT_COMMITTER_NAME: 'drill', GIT_COMMITTER_EMAIL: 'drill@localhost' },
};

/**
 * The company of the working tree in a folder of its own, with a store, a key and a follower for each component of one
 * environment. Nothing of it touches what it is a copy of.
 */
export class Scene {
  readonly root: string;
  readonly state: string;
  readonly id: string;
  readonly watch: AccessWatch;
  #store: EmbeddedStore | undefined;
  #target: StoreTarget | undefined;
  #followers: Followers | undefined;
  #deployedAt = 0;

  private constructor(root: string, id: string, wanted: ReadonlyMap<string, Part>) {
    [this.root, this.id] = [root, id];
    this.state = join(root, '.ztna');
    this.watch = new AccessWatch(join(this.state, 'follow'), wanted);
  }

  /** Makes the copy, and starts what is empty: nothing is published yet. */
  static async open(from: string, id: string): Promise<Scene> {
    const root = mkdtempSync(join(tmpdir(), 'ztna-drill-'));
    for (const folder of PUBLISHED) cpSync(join(from, folder), join(root, folder), { recursive: true });
    writeFileSync(join(root, '.gitignore'), '.ztna/\n');
    await git(root, 'init', '-q', '-b', 'main');
    const scene = new Scene(root, id, new Map());
    // A ring that bakes for an hour says nothing more here.
    scene.edit('environment.yaml', (file) => {
      const rings = (file.toJS() as { rings?: unknown[] }).rings ?? [];
      rings.forEach((_, index) => file.setIn(['rings', index, 'bakeSeconds'], 0));
    });
    await scene.commit('As it is');
    ensureKey(keyFile(scene.state, LOCAL_KEY));
    await scene.begin();
    return scene;
  }

  /** Starts a store, which is empty where the one before was removed. */
  async begin(): Promise<void> {
    this.#store = await startStore({ folder: join(this.state, 'store') });
  }

  /** Ends the store, and removes everything in it. */
  async loseStore(): Promise<void> {
    await this.#store?.close();
    rmSync(join(this.state, 'store'), { recursive: true, force: true });
  }

  /** The environment as its file says now. */
  async environment(): Promise<Environment> {
    return environmentOf((await loadValid(this.root)).repository, this.id).value;
  }

  /** What the files want of each component, as of a revision; the working tree without one. */
  async parts(revision?: string): Promise<ReadonlyMap<string, Part>> {
    return partsOf(assemble((await loadValid(this.root, revision)).repository, this.id));
  }

  /** Starts the followers, or starts them anew with the epoch and the keys that the file has now, as Terraform does. */
  async deploy(): Promise<void> {
    const environment = await this.environment();
    const components = [...(await this.parts()).keys()];
    this.#target ??= await openTarget({
      ...{
        store: 'embedded',
        region: environment.region,
        state: this.state,
        signal: new AbortController().signal,
      },
    });
    await this.#followers?.stop();
    this.#deployedAt = Date.now();
    this.#followers = new Followers({
      store: this.#target.store,
      identity: identityOf(environment),
      trusted: trustedKeys(this.state, environment, 'embedded'),
      folder: this.watch.folder,
      tell: () => {},
      appliedUrl: () => undefined,
    });
    await this.#followers.keep(components);
  }

  /** Changes a file of the environment, or of policies where its path says so. */
  edit(file: string, change: (document: Document) => void): void {
    const path = join(this.root, file.startsWith('policies/') ? file : `environments/${this.id}/${file}`);
    const document = parseDocument(readFileSync(path, 'utf8'));
    change(document);
    writeFileSync(path, document.toString({ lineWidth: 0 }));
  }

  /** Commits everything. @returns the commit */
  async commit(subject: string): Promise<string> {
    await git(this.root, 'add', '-A');
    await gitWith(this.root, { env: BY }, 'commit', '-q', '--no-gpg-sign', '-m', subject);
    return (await git(this.root, 'rev-parse', 'HEAD')).toString().trim();
  }

  /** Undoes the newest commit by another one. */
  async revert(): Promise<void> {
    await gitWith(this.root, { env: BY }, 'revert', '--no-edit', '--no-gpg-sign', 'HEAD');
  }

  /** Waits until every follower that was started has said in the store what it enforces. */
  async reported(): Promise<void> {
    const log = identityOf(await this.environment());
    const from = performance.now();
    for (;;) {
      const acks = await listAcks(this.#target!.store, log, Date.now());
      const fresh = acks.filter(({ ack }) => ack && Date.parse(ack.at) >= this.#deployedAt);
      if (fresh.length >= (await this.parts()).size) return;
      if (performance.now() - from > PATIENCE)
        throw new Fault('components do not report', 'this is a fault of the runbook or the tools');
      await sleep(25);
    }
  }

  /**
   * Carries out a line of the runbook, `<env>` being the environment.
   * @returns what it printed @throws Fault where it ends with another status
   */
  async run(line: string, context: Context, status: ExitStatus = 0): Promise<string> {
    const told: string[] = [];
    const name = line.split(' ')[2]!;
    const ended = await runLine(
      COMMANDS[name]!,
      line.replaceAll('<env>', this.id),
      this.#inside(context, told),
    );
    const output = told.join('');
    if (ended === status) return output;
    throw new Fault(
      `${line} ended with status ${ended}, expected ${status}`,
      output.trim() || 'it said nothing',
    );
  }

  /** Waits until every component enforces what is wanted. @returns milliseconds @throws Fault where it does not come to that */
  async settled(): Promise<number> {
    const from = performance.now();
    while ((await this.watch.look()) !== 'right') {
      if (performance.now() - from > PATIENCE)
        throw new Fault(
          'components do not come to enforce what is wanted',
          'this is a fault of the runbook or the tools',
        );
      await sleep(25);
    }
    return performance.now() - from;
  }

  /** The world of a command that works on the copy. @param told what it prints */
  #inside({ signal, now }: Context, told: string[]): Context {
    const tell = (text: string): void => void told.push(text);
    return {
      root: this.root,
      state: this.state,
      signal,
      now,
      out: tell,
      err: tell,
      terminal: false,
      env: {},
    };
  }

  /** Ends everything and removes the copy. */
  async close(): Promise<void> {
    await this.watch.stop();
    await this.#followers?.stop();
    await this.#target?.close();
    await this.#store?.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}
