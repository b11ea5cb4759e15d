import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from '../../bundle/assemble.ts';
import type { Signer } from '../../contract/log/dsse.ts';
import { ackName } from '../../contract/names.ts';
import { type Ack, type Enforcement, validateAck, validateEnforcement } from '../../contract/shapes.ts';
import type { Follower } from '../follower.ts';
import type { FollowerEvent } from '../events.ts';
import { type FollowerOptions, makeFollower } from '../loop.ts';
import { heartbeat } from '../../publish/append.ts';
import { publish, type PublishOptions } from '../../publish/publish.ts';
import {
  bundleOf,
  IDENTITY,
  newSigner,
  NOON,
  publishing,
  trusting,
} from '../../publish/testing/publisher.ts';
import { memoryStore, type MemoryStore } from '../../store/testing/memory-store.ts';

const folders: string[] = [];

/** A folder that exists until the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ztna-follow-'));
  folders.push(folder);
  return folder;
}
process.on('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** How a scene's follower is started. */
export interface SceneFollower extends Partial<FollowerOptions> {
  made?: (follower: Follower) => void;
  /** Whether acks are spread as they are by default; else they are written at once. */
  spreads?: boolean;
}

/** A store, a publisher and one follower of `intermediate/one`, on a clock that stands still. */
export interface FollowerScene {
  store: MemoryStore;
  signer: Signer;
  folder: string;
  file: string;
  events: FollowerEvent[];
  /** The instant of the wall clock; tests move it. */
  at: number;
  /** The time that nobody sets: as long as the wall clock was moved forward. */
  readonly elapsed: number;
  /** Publishes for these people, or a bundle. */
  publish(what: string | Bundle, rest?: Partial<PublishOptions>): Promise<void>;
  heartbeat(): Promise<void>;
  /** A follower, started: another call is the same follower after a restart. `made` is told of it before it starts. */
  start(rest?: SceneFollower): Promise<Follower>;
  /** The enforcement file; undefined where there is none. Fails when it does not fit its schema. */
  enforcement(): Enforcement | undefined;
  /** The principals in it, and whether anything is granted. */
  granted(): string[];
  /** The ack in the store. Fails when it does not fit its schema. */
  ack(): Ack | undefined;
}

/** A new scene. */
export function newScene(component = 'intermediate/one'): FollowerScene {
  const folder = temporaryFolder();
  const [store, signer] = [memoryStore(), newSigner()];
  const clocks = { wall: NOON, elapsed: 0 };
  const scene: FollowerScene = {
    store,
    signer,
    folder,
    file: join(folder, 'out', 'enforcement.json'),
    events: [],
    get at() {
      return clocks.wall;
    },
    set at(instant) {
      clocks.elapsed += Math.max(0, instant - clocks.wall);
      clocks.wall = instant;
    },
    get elapsed() {
      return clocks.elapsed;
    },
    async heartbeat() {
      const { executed } = await heartbeat(publishing(store, signer, { now: () => scene.at }));
      if (!executed) throw new Error('no heartbeat');
    },
    async publish(what, rest) {
      const bundle =
        typeof what === 'string' ? bundleOf(...what.split(' ').map((name) => `${name}@example.com`)) : what;
      const { executed, plan } = await publish(
        publishing(store, signer, { bundle, now: () => scene.at, ...rest }),
      );
      if (!executed) throw new Error(plan.problem);
    },
    async start({ made, spreads, ...rest } = {}) {
      const follower = makeFollower({
        identity: IDENTITY,
        trusted: trusting(signer),
        component,
        instance: 'test',
        store,
        folder: join(folder, 'slots'),
        out: join(folder, 'out'),
        ...(!spreads && { ackSpreadMs: 0 }),
        now: () => scene.at,
        elapsed: () => scene.elapsed,
        random: () => 0.5,
        onEvent: (event) => scene.events.push(event),
        ...rest,
      });
      made?.(follower);
      await follower.start();
      return follower;
    },
    enforcement() {
      const text = readIfThere(scene.file);
      const value: unknown = text === undefined ? undefined : JSON.parse(text);
      if (value !== undefined && !validateEnforcement(value)) throw new Error('no enforcement file');
      return value as Enforcement | undefined;
    },
    granted() {
      const classes = scene.enforcement()?.intermediate?.classes ?? [];
      return classes.filter(({ grants }) => grants.length > 0).flatMap(({ principals }) => principals);
    },
    ack() {
      const text = store.values.get(ackName(IDENTITY, component, 'test'));
      const value: unknown = text === undefined ? undefined : JSON.parse(text);
      if (value !== undefined && !validateAck(value)) throw new Error(`no ack: ${text}`);
      return value as Ack | undefined;
    },
  };
  return scene;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
