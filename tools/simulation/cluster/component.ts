import { digestOf } from '../../contract/log/canonical.ts';
import { type Enforcement, validateEnforcement } from '../../contract/shapes.ts';
import type { ComponentProbe, ProbeVerdict } from '../../follow/component-probe.ts';
import { refusalOf, said } from './company.ts';
import type { Disk } from '../kill/faulty-proxy.ts';
import type { Process } from '../scheduler/scheduler.ts';

/** A component that reads its enforcement file, as a process of its own: it lives on when its follower ends. */
export class ComponentModel {
  /** The file in force. */
  inForce: { text: string; file: Enforcement } | undefined;
  /** Whether it does not look at the file, nor answer. */
  deaf = false;
  /** What it refuses, unless it was told to like everything. */
  picky = true;
  run = 1;
  #refused: { text: string; reason: string } | undefined;
  /** Told of each file before it comes into force. */
  watch: (file: Enforcement, text: string) => void = () => {};
  /** Told of each digest that was confirmed. */
  confirmed: (file: Enforcement) => void = () => {};

  readonly disk: Disk;
  readonly path: string;
  readonly now: () => number;

  constructor(disk: Disk, path: string, now: () => number) {
    this.disk = disk;
    this.path = path;
    this.now = now;
  }

  /** Reads the file, and takes it up or refuses it. */
  look(): void {
    const text = this.disk.texts.get(this.path);
    if (this.deaf) return;
    if (text === undefined) return void (this.inForce = undefined);
    if (text === this.inForce?.text) return;
    const file: unknown = JSON.parse(text);
    if (!validateEnforcement(file)) throw new Error(`this is no enforcement file: ${text}`);
    const reason = this.picky ? refusalOf(said(file)) : undefined;
    this.#refused = reason === undefined ? undefined : { text, reason };
    if (reason !== undefined || this.now() >= Date.parse(file.notAfter)) return;
    this.watch(file, text);
    this.inForce = { text, file };
  }

  /** Starts anew, and may have changed its mind. */
  restart(picky = this.picky): void {
    this.picky = picky;
    this.run += 1;
    this.inForce = this.#refused = undefined;
  }

  /** What its follower is told about a digest. */
  #verdict(digest: string): ProbeVerdict {
    this.look();
    if (this.inForce && digestOf(this.inForce.text) === digest) {
      this.confirmed(this.inForce.file);
      return { state: 'enforcing' };
    }
    const refused = this.#refused;
    return refused && digestOf(refused.text) === digest
      ? { state: 'refused', reason: refused.reason, run: String(this.run) }
      : { state: 'waiting', reason: 'it has not taken up the file' };
  }

  /** How a follower asks it. */
  probeFor(process: Process): ComponentProbe {
    const silent = (): ProbeVerdict => ({ state: 'waiting', reason: 'it does not answer' });
    const unheard = { lost: silent, reset: silent };
    const unknown = { lost: () => undefined, reset: () => undefined };
    return {
      by: 'component',
      confirm: (digest) => process.call('follow: confirm', 'confirm', () => this.#verdict(digest), unheard),
      run: () => process.call('follow: ask for run', 'ask', () => String(this.run), unknown),
      figures: () => process.call('follow: ask for figures', 'ask', () => ({ flows: this.run }), unknown),
    };
  }
}
