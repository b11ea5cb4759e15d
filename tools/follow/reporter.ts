import { ackName } from '../contract/names.ts';
import type { Ack, Figures } from '../contract/shapes.ts';
import { storedAck, substance } from './ack.ts';
import type { FollowerParts } from './parts.ts';

/** What a reporter works with. Times are in milliseconds. */
export interface ReporterParts extends Pick<
  FollowerParts,
  'store' | 'identity' | 'component' | 'instance' | 'probe' | 'now' | 'elapsed' | 'random' | 'onEvent'
> {
  /** What there is to report at this instant. */
  ack(figures?: Figures): Ack;
  /** Over how long the acks of all components are spread. */
  spread(): number;
  /** How long to wait after a write that failed. */
  pause(): number;
  /** Told that the ack is written, and that this instance goes on. */
  reported(): Promise<void>;
}

/** A renewal comes after at least this share of the time that it has, so that not all come at once. */
const EARLIEST_RENEWAL = 2 / 3;

/** Decides when an instance writes its ack: on a change, at each renewal, and as its last word. */
export class Reporter {
  /** The substance of what the store has. */
  #reported: string | undefined;
  /** When what is new is written, and when what is not is written again; both of the time that nobody sets. */
  #reportAt: number | undefined;
  #renewAt = -Infinity;
  #writing = false;
  #stopped = false;

  readonly parts: ReporterParts;

  constructor(parts: ReporterParts) {
    this.parts = parts;
  }

  /** Whether the last word is said. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** The name of the ack. */
  get name(): string {
    const { identity, component, instance } = this.parts;
    return ackName(identity, component, instance);
  }

  /** Takes in what the store has under that name at a start. */
  begin(text: string | undefined): void {
    const ack = storedAck(this.parts.identity, this.name, text);
    if (!ack) return;
    // What was written by a clock that was ahead is due.
    const since = this.parts.now() - Date.parse(ack.at);
    this.#wrote(ack, since < 0 ? Infinity : since);
  }

  /**
   * Writes the ack if it says something new and its time has come, or if it is time to renew it; a write that fails
   * is tried again later.
   */
  async report(): Promise<void> {
    if (this.#writing || this.#stopped) return;
    const { elapsed, random, spread, ack } = this.parts;
    const isNew = substance(ack()) !== this.#reported;
    if (!isNew) this.#reportAt = undefined;
    else this.#reportAt ??= elapsed() + spread() * random();
    if (elapsed() >= (isNew ? this.#reportAt! : this.#renewAt)) await this.#attempt(isNew);
  }

  /** Says that this instance ends; nothing is reported after it. @throws StoreFault where that cannot be written */
  async stop(): Promise<void> {
    this.#stopped = true;
    // What was never heard of is missed by nobody.
    if (this.#reported !== undefined) await this.#put(this.parts.ack());
  }

  async #attempt(isNew: boolean): Promise<void> {
    const { elapsed, pause, probe, ack } = this.parts;
    this.#writing = true;
    try {
      const figures = await probe.figures();
      // The last word may have been said while the component was asked.
      if (this.#stopped) return;
      await this.#put(ack(figures));
      await this.parts.reported();
    } catch {
      const again = elapsed() + pause();
      if (isNew) this.#reportAt = again;
      else this.#renewAt = again;
    } finally {
      this.#writing = false;
    }
  }

  async #put(ack: Ack): Promise<void> {
    await this.parts.store.put(this.name, JSON.stringify(ack));
    this.#wrote(ack, 0);
    this.#reportAt = undefined;
    this.parts.onEvent({ type: 'acked', state: ack.state });
  }

  /** @param since for how long the store has had it, in milliseconds */
  #wrote(ack: Ack, since: number): void {
    const { elapsed, random } = this.parts;
    const wait = (ack.renewSeconds ?? 0) * 1000;
    this.#reported = substance(ack);
    this.#renewAt = elapsed() - since + wait * (EARLIEST_RENEWAL + (1 - EARLIEST_RENEWAL) * random());
  }
}
