import type { InvalidEntry, LogPosition, VerifiedEntry } from '../contract/entry.ts';
import { LIMITS } from '../contract/limits.ts';
import { ackName } from '../contract/names.ts';
import type { Ack, Position } from '../contract/shapes.ts';
import type { ParameterStore } from '../store/store.ts';
import { ackOf, substance, substanceIn } from './ack.ts';
import type { ComponentProbe } from './component-probe.ts';
import { type EntryContent, fetchContent, type Subject } from './fetch.ts';
import type { FollowerEvent } from './events.ts';
import { disk, type DurableFiles } from './durable-file.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { orderOf, type OwnEntry, poll, type PollResult } from './poll.ts';
import { Slots } from './slots.ts';

/** What a follower works with. Times are in milliseconds. */
export interface FollowerParts extends Subject {
  store: ParameterStore;
  /** Which instance of the component this is: a task id or host name. */
  instance: string;
  /** Where the slots are; nobody else writes there. */
  folder: string;
  /** The enforcement file. */
  file: string;
  probe: ComponentProbe;
  /** Default: the machine's disk. */
  files?: DurableFiles;
  /** Instead of the poll interval that the part says. */
  pollMs?: number;
  /** What the deployment demands at least, for a start without state. */
  minimum?: LogPosition;
  /** How long after its expiry an entry is accepted at a start without state; default a day. */
  graceMs?: number;
  /** Over how long acks are spread; default: such that all components together use a third of SSM's write rate. */
  ackSpreadMs?: number;
  /** How long the component may take to take up a file; default ten seconds, at most a sixth of the lease. */
  patienceMs?: number;
  /** The wall clock. */
  now(): number;
  /** From 0 to 1, for the jitter. */
  random(): number;
  onEvent(event: FollowerEvent): void;
}

/** Between polls until a part says otherwise. */
const FIRST_POLL = 5000;
/** With the store away, the pause between polls grows to this many poll intervals. */
const LONGEST_PAUSE = 12;
/** Between listings of the log. */
const LISTING = 300_000;
/** How often the entry in force is compared with the store's: each so many polls. */
const COMPARING = 100;
/** No read is as late as this (ours: AWS promises nothing, and reads are late by less than a second). */
const LATEST_READ = 60_000;
const DAY = 86_400_000;

/** What keeps an entry from being taken, as the ack says it. */
interface Trouble {
  position?: Position;
  reason: string;
}

/** Follows one environment's log for one instance of one component; each step can be called by itself. */
export class Follower {
  readonly leaseKeeper: LeaseKeeper;
  #started = false;
  #settled = 0;
  #polls = 0;
  #failures = 0;
  #away = false;
  #listed = -Infinity;
  #trouble: Trouble | undefined;
  #conflict: string | undefined;
  /** How often in a row the store did not have the entry in force. */
  #missed = 0;
  #reported: string | undefined;
  #reportAt: number | undefined;
  #reporting = false;

  constructor(readonly parts: FollowerParts) {
    const files = parts.files ?? disk;
    const slots = new Slots(parts.folder, parts, files);
    this.leaseKeeper = new LeaseKeeper({ ...parts, files, slots });
  }

  /**
   * Puts last known good in force again, before and whether or not the store answers.
   * @throws where the disk does not tell what that is: nothing is taken until it does, as the floor is not known
   */
  async start(): Promise<void> {
    await this.leaseKeeper.start();
    this.#settled = this.#bottom();
    this.#started = true;
  }

  /** Looks for a newer entry and takes it. @returns milliseconds until the next poll */
  async poll(): Promise<number> {
    if (!this.#started && !(await this.#startAgain())) return this.#pause();
    try {
      const failed = await this.#round();
      this.#failures = failed ? this.#failures + 1 : 0;
      this.#polls += 1;
      if (this.#away) this.parts.onEvent({ type: 'back' });
      this.#away = false;
    } catch (error) {
      this.#failures += 1;
      if (!this.#away) this.parts.onEvent({ type: 'away', reason: (error as Error).message });
      this.#away = true;
    }
    await this.report();
    return this.#pause();
  }

  /** Writes the ack if it says something new and its time has come; a write that fails is tried again later. */
  async report(): Promise<void> {
    const { now, store, identity, component, instance, random } = this.parts;
    if (this.#polls === 0 || this.#reporting) return;
    const ack = this.ack();
    if (substance(ack) === this.#reported) return void (this.#reportAt = undefined);
    this.#reportAt ??= now() + this.#spread() * random();
    if (now() < this.#reportAt) return;
    this.#reporting = true;
    try {
      await store.put(ackName(identity, component, instance), JSON.stringify(ack));
      this.#reported = substance(ack);
      this.#reportAt = undefined;
      this.parts.onEvent({ type: 'acked', state: ack.state });
    } catch {
      this.#reportAt = now() + this.#pause();
    } finally {
      this.#reporting = false;
    }
  }

  /** What there is to report at this instant. */
  ack(): Ack {
    const { identity, probe, now } = this.parts;
    const { enforced, stale, denying } = this.leaseKeeper.state();
    const { refused, unconfirmed } = this.leaseKeeper;
    const position = refused?.position ?? this.#trouble?.position;
    const reason = refused?.reason ?? this.#trouble?.reason ?? this.#conflict ?? unconfirmed ?? denying;
    const report = {
      ...this.parts,
      environment: identity.environment,
      verifiedBy: probe.by,
      stale,
      ...(enforced && { enforced }),
      ...(position && { refused: position }),
      ...(reason && { reason }),
    };
    return ackOf(report, now());
  }

  /** Starts where that failed before. @returns whether it is started now */
  async #startAgain(): Promise<boolean> {
    try {
      await this.start();
      this.#failures = 0;
      return true;
    } catch (error) {
      this.#failures += 1;
      const reason = `cannot start, and keeps trying: ${(error as Error).message}`;
      this.parts.onEvent({ type: 'trouble', reason });
      return false;
    }
  }

  /** @returns whether something failed that may do better later */
  async #round(): Promise<boolean> {
    await this.#forgetRefusal();
    const polled = await this.#poll();
    if (polled.reached === this.#settled && !polled.newest && polled.invalid.length === 0) return false;
    this.#setTrouble(invalidTrouble(polled.invalid, this.parts.identity.epoch));
    const settled = polled.newest ? await this.#take(polled.newest) : true;
    if (settled) this.#settled = polled.reached;
    return !settled;
  }

  /** The same entry is tried again only after the component changes. */
  async #forgetRefusal(): Promise<void> {
    const { refused } = this.leaseKeeper;
    const run = refused && (await this.parts.probe.run());
    if (!refused || run === undefined || run === refused.run) return;
    this.leaseKeeper.refused = undefined;
    this.#settled = this.#bottom();
  }

  async #poll(): Promise<PollResult> {
    const { store, now, identity, component, instance } = this.parts;
    const { floor } = this.leaseKeeper;
    const first = this.#polls === 0;
    const own = floor?.epoch === identity.epoch ? floor : undefined;
    const comparing = this.#polls % COMPARING === 0 || this.#missed > 0 || this.#conflict !== undefined;
    const ack = ackName(identity, component, instance);
    const polled = await poll(store, this.parts, {
      settled: this.#settled,
      mayList: now() - this.#listed >= LISTING,
      ...(own && { own: { position: own, comparing } }),
      ...(first && { also: [ack] }),
    });
    if (polled.listed) this.#listed = now();
    if (first) this.#reported = substanceIn(polled.also.get(ack));
    if (polled.compared) this.#compared(polled.compared);
    return polled;
  }

  /** An entry that is not there, and was appended a moment ago, may only not be visible: it is looked for twice. */
  #compared({ conflict: found, missing }: OwnEntry): void {
    this.#missed = missing ? this.#missed + 1 : 0;
    const issued = Date.parse(this.leaseKeeper.content?.entry.entry.issuedAt ?? '');
    const isVisible = this.parts.now() - issued > LATEST_READ;
    const conflict = missing && this.#missed < 2 && !isVisible ? this.#conflict : found;
    if (conflict && conflict !== this.#conflict) this.parts.onEvent({ type: 'trouble', reason: conflict });
    this.#conflict = conflict;
  }

  /** @returns whether the entry is dealt with, for good or ill */
  async #take(entry: VerifiedEntry): Promise<boolean> {
    const { store, minimum } = this.parts;
    const { content, floor, refused } = this.leaseKeeper;
    const position = { epoch: entry.entry.epoch, sequence: entry.entry.sequence, entry: entry.digest };
    const order = orderOf(entry, floor, minimum);
    if (order.state === 'refused') return this.#refuse(position, order.reason, true);
    if (order.state === 'same' && content) return true;
    if (refused?.position?.entry === entry.digest) return true;
    const expired = floor ? undefined : this.#tooOld(entry);
    if (expired) return this.#refuse(position, expired, true);
    const fetched = await fetchContent(store, this.parts, entry, content);
    if (!fetched.ok) return this.#refuse(position, fetched.reason, false);
    return this.#handOver(fetched.content);
  }

  async #handOver(content: EntryContent): Promise<boolean> {
    try {
      const verdict = await this.leaseKeeper.handOver(content);
      if (verdict.state === 'enforcing') return true;
      return this.#refuse(content.position, verdict.reason, verdict.state === 'refused');
    } catch (error) {
      return this.#refuse(content.position, `it cannot be written here: ${(error as Error).message}`, false);
    }
  }

  #refuse(position: Position, reason: string, settled: boolean): boolean {
    this.#setTrouble({ position, reason });
    return settled;
  }

  #setTrouble(trouble: Trouble | undefined): void {
    const before = this.#trouble;
    this.#trouble = trouble;
    if (!trouble || (before?.reason === trouble.reason && before.position?.entry === trouble.position?.entry))
      return;
    const { position, reason } = trouble;
    this.parts.onEvent(
      position ? { type: 'refused', sequence: position.sequence, reason } : { type: 'trouble', reason },
    );
  }

  #tooOld({ entry }: VerifiedEntry): string | undefined {
    const { now, graceMs = DAY } = this.parts;
    return now() > Date.parse(entry.expiresAt) + graceMs
      ? `it expired at ${entry.expiresAt}, too long ago for a start without state`
      : undefined;
  }

  /** The sequence up to which everything is below the floor. With the slot lost, the floor's own entry is taken again. */
  #bottom(): number {
    const { floor, content } = this.leaseKeeper;
    if (floor?.epoch !== this.parts.identity.epoch) return 0;
    return content ? floor.sequence : floor.sequence - 1;
  }

  #pause(): number {
    const { pollMs, random } = this.parts;
    const seconds = this.leaseKeeper.content?.part?.settings.pollSeconds;
    const base = pollMs ?? (seconds === undefined ? FIRST_POLL : seconds * 1000);
    if (this.#failures === 0) return base * (0.9 + 0.2 * random());
    return base * Math.min(LONGEST_PAUSE, 2 ** this.#failures) * (0.5 + random() / 2);
  }

  #spread(): number {
    const components = this.leaseKeeper.content ? componentsIn(this.leaseKeeper.content.indexText) : 1;
    return this.parts.ackSpreadMs ?? (components * 3 * 1000) / LIMITS.writesPerSecond;
  }
}

function componentsIn(indexText: string): number {
  const { components } = JSON.parse(indexText) as { components: object };
  return Object.keys(components).length;
}

/** What is above the newest valid entry is reported, the highest first. */
function invalidTrouble([highest]: readonly InvalidEntry[], epoch: number): Trouble | undefined {
  if (!highest) return undefined;
  const position = { epoch, sequence: highest.sequence, entry: highest.digest };
  return { position, reason: `entry ${highest.sequence} is not valid: ${highest.reason}` };
}
