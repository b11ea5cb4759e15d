import { Fault } from '../contract/fault.ts';
import { ownFolder } from '../files/own-files.ts';
import type { VerifiedEntry } from '../contract/log/entry.ts';
import { LIMITS } from '../contract/limits.ts';
import { ackSpreadSeconds } from '../contract/log/budget.ts';
import { renewalSeconds } from '../contract/log/liveness.ts';
import type { Ack, Figures, Position } from '../contract/shapes.ts';
import { listAcks } from '../store/acks.ts';
import { type AckReport, ackOf, type Waiting } from './ack.ts';
import { type EntryContent, fetchContent } from './content/fetch.ts';
import { disk } from '../files/durable-file.ts';
import { LeaseKeeper } from './lease/lease-keeper.ts';
import { ENFORCED, invalidTrouble, type NotEnforced, type Outcome, refusal, wait } from './outcome.ts';
import type { FollowerParts } from './parts.ts';
import { orderOf, type OwnEntry, poll, type PollResult } from './poll.ts';
import { Reporter } from './reporter.ts';
import { Slots } from './slots.ts';

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

/** Follows one environment's log for one instance of one component; each step can be called by itself. */
export class Follower {
  readonly leaseKeeper: LeaseKeeper;
  #started = false;
  #settled = 0;
  #polls = 0;
  #failures = 0;
  #listed = -Infinity;
  /** What became of the newest entry, where it is not in force. */
  #trouble: NotEnforced | undefined;
  #conflict: string | undefined;
  /** Since when something is waited for. */
  #waitingSince: number | undefined;
  /** Why the log cannot be read. */
  #unreadable: string | undefined;
  /** How often in a row the store did not have the entry in force. */
  #missed = 0;
  /** How many instances the component has, as far as is known: they share its part of the writes. */
  #instances = 1;
  readonly #reporter: Reporter;

  readonly parts: FollowerParts;

  constructor(parts: FollowerParts) {
    this.parts = parts;
    const files = parts.files ?? disk;
    const slots = new Slots(parts.folder, parts, files);
    this.leaseKeeper = new LeaseKeeper({ ...parts, files, slots });
    this.#reporter = new Reporter({
      ...parts,
      ack: (figures) => this.ack(figures),
      spread: () => this.#spread(),
      pause: () => this.#pause(),
      reported: () => this.#countInstances(),
    });
  }

  /**
   * Puts last known good in force again, before and whether or not the store answers.
   * @throws where the disk does not tell what that is: nothing is taken until it does, as the floor is not known
   */
  async start(): Promise<void> {
    if (!this.parts.files) this.#close();
    await this.leaseKeeper.start();
    this.#settled = this.#bottom();
    this.#started = true;
  }

  /** Closes the folder to others. A disk that cannot be written now is no reason to stop: what was in force is read from it. */
  #close(): void {
    try {
      ownFolder(this.parts.folder);
    } catch (error) {
      if (error instanceof Fault) throw error;
    }
  }

  /** Looks for a newer entry and takes it. @returns milliseconds until the next poll */
  async poll(): Promise<number> {
    if (!this.#started && !(await this.#startAgain())) return this.#pause();
    try {
      const failed = await this.#round();
      this.#failures = failed ? this.#failures + 1 : 0;
      this.#polls += 1;
      if (this.#unreadable) this.parts.onEvent({ type: 'back' });
      this.#unreadable = undefined;
    } catch (error) {
      this.#failures += 1;
      const reason = (error as Error).message;
      if (!this.#unreadable) this.parts.onEvent({ type: 'away', reason });
      this.#unreadable = reason;
    }
    await this.report();
    return this.#pause();
  }

  /** Writes the ack if it is time to: once the log was read, on a change and at each renewal. */
  async report(): Promise<void> {
    if (this.#polls > 0) await this.#reporter.report();
  }

  /** Says that this instance ends; nothing is reported after it. @throws StoreFault where that cannot be written */
  stop(): Promise<void> {
    return this.#reporter.stop();
  }

  /** What there is to report at this instant. */
  ack(figures?: Figures): Ack {
    const { identity, probe, now } = this.parts;
    const { enforced, since, stale, denying } = this.leaseKeeper.state();
    const { refused, content } = this.leaseKeeper;
    const trouble = this.#trouble?.state === 'refused' ? this.#trouble : undefined;
    // What it says of what is in force goes before what is in the store.
    const told = this.#refusedAgain() ?? trouble;
    const position = refused?.position ?? told?.position;
    const waiting = this.#waiting();
    const begun = content !== undefined;
    const news = waiting && (!begun || denying === waiting.reason) ? undefined : denying;
    const reason = refused?.reason ?? told?.reason ?? this.#conflict ?? news;
    const report: AckReport = {
      ...this.parts,
      environment: identity.environment,
      verifiedBy: probe.by,
      renewSeconds: renewalSeconds(this.#components(), this.#instances, this.#writes()),
      stale,
      begun,
      stopped: this.#reporter.stopped,
      ...(enforced && { enforced }),
      ...(since !== undefined && { since }),
      ...(enforced && content?.position.entry === enforced.entry && { shown: content.entry }),
      ...(position && { refused: position }),
      ...(reason && { reason }),
      ...(waiting && { waiting }),
      ...(figures && { figures }),
    };
    return ackOf(report, now());
  }

  /** That the component has changed its mind about last known good, which is in force until its lease ends. */
  #refusedAgain(): { position: Position; reason: string } | undefined {
    const { unconfirmed, content } = this.leaseKeeper;
    if (unconfirmed?.state !== 'refused' || !content) return undefined;
    return { position: content.position, reason: unconfirmed.reason };
  }

  /** What is waited for: the newest entry, or else the file of the one in force; or the log, where it cannot be read. */
  #waiting(): Waiting | undefined {
    const { unconfirmed, content } = this.leaseKeeper;
    const found =
      this.#trouble?.state === 'waiting'
        ? { position: this.#trouble.position, reason: this.#trouble.reason }
        : unconfirmed?.state === 'waiting' && content
          ? { position: content.position, reason: unconfirmed.reason }
          : this.#unreadable && { reason: `the log cannot be read: ${this.#unreadable}` };
    if (!found) return void (this.#waitingSince = undefined);
    this.#waitingSince ??= this.parts.now();
    return { ...found, since: this.#waitingSince };
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
    const invalid = invalidTrouble(polled.invalid, this.parts.identity.epoch);
    const outcome = polled.newest ? await this.#take(polled.newest) : ENFORCED;
    this.#setTrouble(outcome.state === 'enforced' ? invalid : outcome);
    const again = outcome.state === 'waiting' || (outcome.state === 'refused' && outcome.again);
    if (!again) this.#settled = polled.reached;
    return again;
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
    const { store, elapsed, identity } = this.parts;
    const { floor } = this.leaseKeeper;
    const first = this.#polls === 0;
    const own = floor?.epoch === identity.epoch ? floor : undefined;
    const comparing = this.#polls % COMPARING === 0 || this.#missed > 0 || this.#conflict !== undefined;
    const polled = await poll(store, this.parts, {
      settled: this.#settled,
      mayList: elapsed() - this.#listed >= LISTING,
      ...(own && { own: { position: own, comparing } }),
      ...(first && { also: [this.#reporter.name] }),
    });
    if (polled.listed) this.#listed = elapsed();
    if (first) {
      this.#reporter.begin(polled.also.get(this.#reporter.name));
      await this.#countInstances();
    }
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

  /** Takes an entry, and says what became of it. */
  async #take(entry: VerifiedEntry): Promise<Outcome> {
    const { store, minimum } = this.parts;
    const { content, floor, refused } = this.leaseKeeper;
    const position = { epoch: entry.entry.epoch, sequence: entry.entry.sequence, entry: entry.digest };
    const order = orderOf(entry, floor, minimum);
    if (order.state === 'refused') return refusal(position, order.reason);
    if (order.state === 'same' && content) return ENFORCED;
    if (refused?.position?.entry === entry.digest) return refusal(position, refused.reason);
    const expired = floor ? undefined : this.#tooOld(entry);
    if (expired) return refusal(position, expired);
    const fetched = await fetchContent(store, this.parts, entry, content);
    if (fetched.ok) return this.#handOver(fetched.content);
    if (fetched.outcome === 'waiting') return wait(position, fetched.reason);
    // What is proved bad may be put right in the store: only what a component refuses is not tried again.
    return { state: 'refused', position, reason: fetched.reason, again: true };
  }

  async #handOver(content: EntryContent): Promise<Outcome> {
    const { position } = content;
    try {
      const verdict = await this.leaseKeeper.handOver(content);
      if (verdict.state === 'enforcing') return ENFORCED;
      return verdict.state === 'refused' ? refusal(position, verdict.reason) : wait(position, verdict.reason);
    } catch (error) {
      return wait(position, `it cannot be written here: ${(error as Error).message}`);
    }
  }

  #setTrouble(trouble: NotEnforced | undefined): void {
    const before = this.#trouble;
    this.#trouble = trouble;
    if (before?.position.entry !== trouble?.position.entry) this.#waitingSince = undefined;
    if (!trouble || (before?.reason === trouble.reason && before.position.entry === trouble.position.entry))
      return;
    const { state, position, reason } = trouble;
    this.parts.onEvent({ type: state, sequence: position.sequence, reason });
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
    const [components, instances, writes] = [this.#components(), this.#instances, this.#writes()];
    return this.parts.ackSpreadMs ?? 1000 * ackSpreadSeconds({ components, instances, writes });
  }

  /** Writes a second that all acks share with others. */
  #writes(): number {
    return this.leaseKeeper.content?.part?.settings.writesPerSecond ?? LIMITS.writesPerSecond;
  }

  /** Counts the live instances of the component, itself among them; where that cannot be read, those known stay. */
  async #countInstances(): Promise<void> {
    const { store, identity, component, ackSpreadMs, now } = this.parts;
    if (ackSpreadMs !== undefined) return;
    const acks = await listAcks(store, identity, now(), [component]).catch(() => undefined);
    if (!acks) return;
    const live = acks.filter(({ presence }) => presence === 'live').map(({ name }) => name);
    this.#instances = new Set([...live, this.#reporter.name]).size;
  }

  #components(): number {
    return this.leaseKeeper.content?.components ?? 1;
  }
}
