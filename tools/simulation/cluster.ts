import { type PublicKey, type Signer } from '../contract/dsse.ts';
import { IDENTITY, newSigner, NOON, trusting } from '../publish/testing/publisher.ts';
import { logFolder } from '../contract/names.ts';
import { Commits } from './commits.ts';
import { SimulatedFollower } from './follower.ts';
import { Oracle } from './oracle.ts';
import { PastStore } from './stale-store.ts';
import { type Process, Scheduler } from './scheduler.ts';
import type { Coverage } from './coverage.ts';

const SIGNER = newSigner('publisher');
const TRUSTED = trusting(SIGNER);

/** One store, its publishers and its followers, on one scheduler and one clock. */
export class Cluster {
  /** The instant, for everybody. */
  at = NOON;
  readonly scheduler: Scheduler;
  readonly past = new PastStore(() => this.at);
  readonly oracle = new Oracle(new Commits());
  readonly signer: Signer = SIGNER;
  readonly trusted: readonly PublicKey[] = TRUSTED;
  readonly followers: readonly SimulatedFollower[];
  /** How many publishers and collectors ended before they were done. */
  interrupted = 0;
  /** How many names were collected. */
  collected = 0;
  /** For a stale answer: how many changes ago it was true of a name. */
  back = (): number => 1;

  constructor(
    coverage: Coverage,
    components: readonly (readonly [string, string])[] = [
      ['intermediate/one', 'a'],
      ['intermediate/one', 'b'],
      ['connector/apps', 'c'],
    ],
  ) {
    this.scheduler = new Scheduler(coverage);
    this.followers = components.map(([id, instance]) => new SimulatedFollower(this, id, instance));
    const folder = `${logFolder(IDENTITY)}/`;
    this.past.watch = (name, value, before) => {
      if (value === undefined && name.includes('/part/')) this.collected += 1;
      if (name.startsWith(folder)) this.oracle.logChanges(name, value, before);
    };
  }

  /**
   * Whether the newest entry may have lost its parts, until the next publish: who removes parts or names old
   * ones puts back what the other needs, unless it ends before it can.
   */
  get excused(): boolean {
    return this.collected > 0 && this.interrupted > 0;
  }

  /** Time passes while a process waits. */
  async pause(process: Process, milliseconds: number): Promise<void> {
    await this.scheduler.turn(process, 'wait');
    this.at += milliseconds;
  }

  /** Lets everything come to rest without faults. @returns who is still behind, and how */
  async settle(rounds: number): Promise<string | undefined> {
    this.scheduler.decide = () => undefined;
    await this.scheduler.finish();
    for (let round = 0; round < rounds; round += 1) {
      this.at += 301_000;
      for (const task of ['poll', 'renew', 'report'] as const) {
        for (const follower of this.followers) follower.begin(task);
        await this.scheduler.finish();
      }
      if (!this.#behind()) return undefined;
    }
    return this.#behind();
  }

  #behind(): string | undefined {
    for (const follower of this.followers) {
      const behind = follower.behind();
      if (behind) return `${follower.id} ${follower.instance}: ${behind}`;
    }
    return undefined;
  }
}
