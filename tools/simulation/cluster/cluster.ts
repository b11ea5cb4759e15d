import { type PublicKey, type Signer } from '../../contract/log/dsse.ts';
import { IDENTITY, newSigner, NOON, trusting } from '../../publish/testing/publisher.ts';
import type { LogIdentity, LogPosition } from '../../contract/log/entry.ts';
import { Commits } from '../oracle/commits.ts';
import { SimulatedFollower } from './follower.ts';
import { Oracle } from '../oracle/oracle.ts';
import { PastStore } from './stale-store.ts';
import { type Process, Scheduler } from '../scheduler/scheduler.ts';
import { verifyKey, verifyParts, verifyPromotion } from '../oracle/append-rules.ts';
import type { Coverage } from '../scheduler/coverage.ts';

const SIGNER = newSigner('publisher');
const SUCCESSOR = newSigner('successor');
const [TRUSTED, BOTH] = [trusting(SIGNER), trusting(SIGNER, SUCCESSOR)];

/** What environment.yaml says, for publishers at once and for followers from when they are deployed anew. */
export interface FollowerDeployment {
  identity: LogIdentity;
  trusted: readonly PublicKey[];
  minimum?: LogPosition;
}

/** One store, its publishers and its followers, on one scheduler and one clock. */
export class Cluster {
  /** The instant, for everybody. */
  at = NOON;
  readonly scheduler: Scheduler;
  readonly past = new PastStore(() => this.at);
  readonly oracle = new Oracle(new Commits());
  /** Who signs. */
  signer: Signer = SIGNER;
  deployment: FollowerDeployment = { identity: IDENTITY, trusted: TRUSTED };
  readonly followers: readonly SimulatedFollower[];
  /** How many publishers and collectors ended before they were done. */
  interrupted = 0;
  /** The publishers that are not done. */
  readonly atWork = new Set<Process>();
  /** Publishers beside which another was at work: a delivery then decides by what it saw. */
  readonly overlapped = new Set<Process>();
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
    this.past.watch = (name, value, before) => {
      if (value === undefined && name.includes('/part/')) this.collected += 1;
      if (name.includes('/log/')) this.oracle.logChanges(name, value, before);
    };
    this.oracle.watch.push(
      (signed) => verifyParts(this, signed),
      (signed, before) => verifyKey(this, signed, before),
      (signed, before) => verifyPromotion(this, signed, before),
    );
  }

  get identity(): LogIdentity {
    return this.deployment.identity;
  }

  get trusted(): readonly PublicKey[] {
    return this.deployment.trusted;
  }

  /** Names the next key in environment.yaml, too; followers trust it when they are deployed anew. */
  trustNext(): void {
    this.deployment = { ...this.deployment, trusted: BOTH };
  }

  /** Changes to the key that is named, or back. */
  changeKey(): void {
    this.signer = this.signer === SIGNER && this.trusted === BOTH ? SUCCESSOR : SIGNER;
  }

  /** Signs with a key that nobody was told to trust. */
  takeWrongKey(): void {
    this.signer = SUCCESSOR;
  }

  /** Raises the epoch: publishers begin a new log at once, followers look there when they are deployed anew. */
  raiseEpoch(): void {
    const { identity } = this;
    this.deployment = { ...this.deployment, identity: { ...identity, epoch: identity.epoch + 1 } };
  }

  /** What an attacker put in the place of chunks, with what was there: a person puts it right. */
  readonly spoiled = new Map<string, string | undefined>();

  /** Whether some chunk ever had other bytes than its name says: who read it may say so long after it was put right. */
  wereForged = false;

  /** Whether chunks are changed at any time, also after a publisher has looked at them for the last time. */
  unsafe = false;

  /** Undoes what an attacker did to chunks. */
  repair(): void {
    for (const [name, value] of this.spoiled) this.past.set(name, value);
    this.spoiled.clear();
  }

  /** A person puts right what an attacker spoiled and which key signs, and followers are deployed as is written. */
  putRight(): void {
    this.repair();
    if (!this.trusted.some(({ id }) => id === this.signer.id)) this.signer = SIGNER;
    this.deploy();
  }

  /** Deploys those followers anew that do not know what environment.yaml says. */
  deploy(): void {
    for (const follower of this.followers) if (follower.deployment !== this.deployment) follower.start();
  }

  /**
   * Whether the newest entry may have lost its parts, until the next publish: who removes parts or names old
   * ones puts back what the other needs, unless it ends before it can.
   */
  get excused(): boolean {
    return this.collected > 0 && this.interrupted > 0;
  }

  /** Whether an epoch is raised, and nothing is published in it yet. */
  get unbegun(): boolean {
    return this.identity.epoch > (this.oracle.newest?.entry.epoch ?? this.identity.epoch);
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
