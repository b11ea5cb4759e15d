import { join } from 'node:path';
import type { FollowerEvent } from '../../follow/events.ts';
import type { ComponentProgress } from './view.ts';
import { startFollower, type FollowerOptions, type RunningFollower } from '../../follow/loop.ts';

/** How often the store is asked here: it is on this machine and has no rates. */
const POLL_MS = 150;

/** One follower for each component there is. */
export class Followers {
  readonly #running = new Map<string, RunningFollower>();

  readonly options: Pick<FollowerOptions, 'store' | 'identity' | 'trusted'> & {
    /** Below it, each component has a folder of its own. */
    folder: string;
    tell: (component: string, event: FollowerEvent) => void;
    /** Where a component answers what it enforces; undefined where its program does not run. */
    appliedUrl: (component: string) => string | undefined;
  };

  constructor(
    options: Pick<FollowerOptions, 'store' | 'identity' | 'trusted'> & {
      /** Below it, each component has a folder of its own. */
      folder: string;
      tell: (component: string, event: FollowerEvent) => void;
      /** Where a component answers what it enforces; undefined where its program does not run. */
      appliedUrl: (component: string) => string | undefined;
    },
  ) {
    this.options = options;
  }

  /** Starts followers of new components, and stops those of components that are gone. */
  async keep(components: readonly string[]): Promise<void> {
    const gone = [...this.#running].filter(([component]) => !components.includes(component));
    await Promise.all(gone.map(([, running]) => running.stop()));
    for (const [component] of gone) this.#running.delete(component);
    for (const component of components)
      if (!this.#running.has(component)) this.#running.set(component, this.#start(component));
  }

  /** How far each component is, by its follower's own account. */
  progress(): Map<string, ComponentProgress> {
    return new Map(
      [...this.#running]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([component, { follower }]) => {
          const { state, enforced } = follower.ack();
          return [component, { sequence: enforced?.sequence ?? 0, state }];
        }),
    );
  }

  /** Starts them all anew, as where their components answer has changed. */
  async restart(): Promise<void> {
    const components = [...this.#running.keys()];
    await this.keep([]);
    await this.keep(components);
  }

  /** Stops them all. */
  async stop(): Promise<void> {
    await this.keep([]);
  }

  #start(component: string): RunningFollower {
    const { folder, tell, appliedUrl, ...rest } = this.options;
    const url = appliedUrl(component);
    return startFollower({
      ...rest,
      component,
      instance: 'local',
      folder: join(folder, component, 'slots'),
      out: join(folder, component),
      pollMs: POLL_MS,
      ackSpreadMs: 0,
      ...(url !== undefined && { appliedUrl: url }),
      onEvent: (event) => tell(component, event),
    });
  }
}
