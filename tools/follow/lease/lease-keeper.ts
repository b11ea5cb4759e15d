import type { Position } from '../../contract/shapes.ts';
import type { ComponentProbe, ProbeVerdict } from '../component-probe.ts';
import type { EntryContent } from '../content/fetch.ts';
import type { FollowerEvent } from '../events.ts';
import type { DurableFiles } from '../../files/durable-file.ts';
import { isStale, type Lease, leaseOf } from './lease.ts';
import { type RefusedEntry, type Slots } from '../slots.ts';

/** What a lease keeper works with. */
export interface LeaseKeeperOptions {
  component: string;
  /** Where the enforcement file is. */
  file: string;
  files: DurableFiles;
  slots: Slots;
  probe: ComponentProbe;
  /** How long a component may take to take up a file, in milliseconds; at most a sixth of the lease. */
  patienceMs?: number;
  now(): number;
  onEvent(event: FollowerEvent): void;
}

/** Unless said otherwise, how long a component may take to take up a file. */
const PATIENCE = 10_000;
/** Milliseconds until a renewal that was not confirmed is tried again. */
const AGAIN = 2000;

/**
 * Keeps the enforcement file: hands over new content, goes back to last known good when that is refused, renews
 * the lease. One thing at a time, whichever caller asks.
 */
export class LeaseKeeper {
  /** Last known good. */
  content: EntryContent | undefined;
  /** Nothing below this is enforced again. */
  floor: Position | undefined;
  /** What the component refused, until it enforces something newer. */
  refused: RefusedEntry | undefined;
  /** Why the file of last known good is not confirmed: what it says was refused now, or it is not in force yet. */
  unconfirmed: Exclude<ProbeVerdict, { state: 'enforcing' }> | undefined;

  #confirmed: { position: Position; notAfter: number } | undefined;
  /** What is in force without a break, and since when. */
  #unbroken: { partText: string | undefined; since: number } | undefined;
  #denying: string | undefined = 'no entry was found yet';
  #written = -Infinity;
  #renewAt = -Infinity;
  /** What the other slot has, where nothing says which of the two was in force. */
  #fallback: EntryContent | undefined;
  /** Whether some file of ours was found damaged, and the content in force came from what was whole. */
  #damaged = false;
  #turn: Promise<unknown> = Promise.resolve();

  readonly options: LeaseKeeperOptions;

  constructor(options: LeaseKeeperOptions) {
    this.options = options;
  }

  /**
   * Takes up what the slots hold, and writes the file from it; without content there is to be no file.
   * @throws the disk's error where it cannot be told what was in force: the file stays, and it is to be tried again
   */
  async start(): Promise<void> {
    const { memory, refused, content, fallback, problem, damaged } = await this.options.slots.load();
    this.floor = memory?.floor;
    this.refused = refused;
    this.content = content;
    this.#fallback = fallback;
    this.#damaged = damaged === true;
    if (problem) this.options.onEvent({ type: 'trouble', reason: problem });
    if (!content) return this.options.files.remove(this.options.file);
    await this.renew();
  }

  /**
   * What is in force at this instant, with what is wrong about it; and since when what it wants of the component is so
   * without a break, in milliseconds.
   */
  state(): { enforced?: Position; since?: number; stale: boolean; denying?: string } {
    const now = this.options.now();
    const confirmed = this.#confirmed;
    const stale = this.content !== undefined && isStale(this.content, now);
    if (this.#denying) return { stale, denying: this.#denying };
    if (!confirmed || now >= confirmed.notAfter)
      return { stale, denying: this.unconfirmed?.reason ?? 'the lease has ended' };
    return {
      stale,
      enforced: confirmed.position,
      ...(this.#unbroken && { since: this.#unbroken.since }),
    };
  }

  /** Hands content over to the component; when that does not enforce it, last known good is put back. */
  handOver(content: EntryContent): Promise<ProbeVerdict> {
    return this.#exclusively(async () => {
      const { slots, onEvent } = this.options;
      // Whatever happens from here on, the file is written anew from what is then last known good.
      this.#renewAt = -Infinity;
      await slots.stage(content);
      const { verdict, lease } = await this.#write(content);
      if (verdict.state !== 'enforcing') {
        await this.#goBack(content, verdict);
        return verdict;
      }
      await slots.switchTo(content);
      const changed = this.content?.position.content !== content.position.content || !this.content;
      // Without a predecessor it is a first start, at which an entry may be days old.
      const afterMs =
        this.content && Math.max(0, this.options.now() - Date.parse(content.entry.entry.issuedAt));
      [this.content, this.floor, this.refused] = [content, content.position, undefined];
      [this.#fallback, this.#damaged] = [undefined, false];
      this.#settle(content, lease);
      onEvent({
        type: 'enforcing',
        sequence: content.position.sequence,
        changed,
        ...(afterMs !== undefined && { afterMs }),
      });
      await this.#keepTwice(content, () => slots.stage(content));
      return verdict;
    });
  }

  /** Renews the lease if it is time. @returns milliseconds until it may be time again, at most a second */
  async renew(): Promise<number> {
    // A clock that was set back would leave a file that is not yet valid.
    const due = () => this.options.now() >= this.#renewAt || this.options.now() < this.#written;
    if (this.content && due()) {
      await this.#exclusively(async () => {
        if (this.content && due()) await this.#rewrite(this.content);
      });
    }
    return Math.min(1000, Math.max(10, this.#renewAt - this.options.now()));
  }

  async #goBack(
    content: EntryContent,
    verdict: Exclude<ProbeVerdict, { state: 'enforcing' }>,
  ): Promise<void> {
    if (verdict.state === 'refused') {
      this.refused = { position: content.position, reason: verdict.reason, run: verdict.run };
      await this.options.slots.remember(this.refused);
    }
    const { content: good } = this;
    if (good) await this.#rewrite(good);
    if (good && verdict.state === 'refused')
      await this.#keepTwice(good, () => this.options.slots.stage(good));
    // A component that is still starting may take up its first file yet; one that refused it must not find it.
    if (!good && verdict.state === 'refused') await this.options.files.remove(this.options.file);
    this.#denying = good ? this.#denying : verdict.reason;
  }

  async #rewrite(content: EntryContent): Promise<void> {
    const { verdict, lease } = await this.#write(content).catch(unwritten);
    if (verdict.state === 'enforcing') {
      this.#settle(content, lease);
      if (lease) this.options.onEvent({ type: 'renewed', notAfter: lease.notAfter });
      if (this.#damaged) await this.#keepTwice(content, () => this.options.slots.repair(content));
      this.#fallback = undefined;
      return;
    }
    if (verdict.state === 'refused' && this.#fallback)
      return this.#fallBack(content, this.#fallback, verdict);
    if (this.unconfirmed?.reason !== verdict.reason)
      this.options.onEvent({ type: 'trouble', reason: verdict.reason });
    this.unconfirmed = verdict;
    this.#renewAt = this.options.now() + AGAIN;
  }

  /** What was found was only staged: the component refuses it, so that it was never in force. */
  async #fallBack(
    staged: EntryContent,
    content: EntryContent,
    { reason, run }: Extract<ProbeVerdict, { state: 'refused' }>,
  ): Promise<void> {
    const refused = { position: staged.position, reason, run };
    await this.options.slots.fallBackTo(content, refused);
    [this.content, this.floor, this.refused] = [content, content.position, refused];
    this.#fallback = undefined;
    await this.#rewrite(content);
  }

  /** Both slots are to have what is in force. One that cannot be written is said: what is in force stays so. */
  async #keepTwice(content: EntryContent, write: () => Promise<void>): Promise<void> {
    try {
      await write();
      this.#damaged = false;
    } catch (error) {
      const reason = `entry ${content.position.sequence} cannot be written to the second slot: ${(error as Error).message}`;
      this.options.onEvent({ type: 'trouble', reason });
    }
  }

  #settle(content: EntryContent, lease: Lease | undefined): void {
    this.unconfirmed = undefined;
    const { position } = content;
    const denying = lease ? lease.denying : `entry ${position.sequence} has no part for it`;
    if (denying && denying !== this.#denying) this.options.onEvent({ type: 'denying', reason: denying });
    this.#denying = denying;
    this.#count(content, lease);
    this.#confirmed = lease && { position, notAfter: lease.notAfter };
    this.#renewAt = lease?.renewAt ?? Infinity;
  }

  /** Counts from now on, unless the same was in force until now. */
  #count({ partText }: EntryContent, lease: Lease | undefined): void {
    const now = this.options.now();
    const goesOn = this.#confirmed && now < this.#confirmed.notAfter && this.#unbroken?.partText === partText;
    if (!lease) this.#unbroken = undefined;
    else if (!goesOn) this.#unbroken = { partText, since: now };
  }

  async #write(content: EntryContent): Promise<{ verdict: ProbeVerdict; lease: Lease | undefined }> {
    const { component, file, files, probe, patienceMs = PATIENCE } = this.options;
    let lease: Lease | undefined;
    try {
      lease = leaseOf(content, component, this.options.now());
    } catch (error) {
      const run = (await probe.run()) ?? '';
      const reason = `its part cannot be enforced: ${(error as Error).message}`;
      return { verdict: { state: 'refused', reason, run }, lease };
    }
    if (!lease) {
      await files.remove(file);
      return { verdict: { state: 'enforcing' }, lease };
    }
    await files.write(file, lease.text);
    this.#written = this.options.now();
    const patience = Math.min(patienceMs, (content.part!.settings.leaseSeconds * 1000) / 6);
    return { verdict: await probe.confirm(lease.digest, patience), lease };
  }

  #exclusively<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task);
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** A disk that is full now may have room later: the file that is there counts until its lease ends. */
function unwritten(error: unknown): { verdict: ProbeVerdict; lease: undefined } {
  const reason = `it cannot be written here: ${(error as Error).message}`;
  return { verdict: { state: 'waiting', reason }, lease: undefined };
}
