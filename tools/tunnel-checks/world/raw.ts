import type { Host } from '../placements/placement.ts';
import type { HostProcess } from '../placements/host-process.ts';
import { pause, until } from './patience.ts';

/** Milliseconds after which what has not come does not come. */
const QUIET = 500;

/** A client that sends whatever it is told to: `images/client/examples/raw.rs`. */
export class RawClient {
  readonly process: HostProcess;

  constructor(host: Host, command: readonly string[]) {
    this.process = host.start(command, { input: true });
  }

  /** Waits until it is connected. */
  async up(): Promise<void> {
    await this.process.says(/^up$/m);
  }

  send(...datagrams: readonly Buffer[]): void {
    for (const bytes of datagrams) this.process.child.stdin!.write(`${bytes.toString('hex')}\n`);
  }

  /** Every datagram that came. */
  get got(): Buffer[] {
    return [...this.process.output.matchAll(/^got ([0-9a-f]*)$/gm)].map(([, hex]) =>
      Buffer.from(hex!, 'hex'),
    );
  }

  /** Inner packets that came. */
  get packets(): Buffer[] {
    return this.got.filter(([first]) => first! >> 4 === 4);
  }

  /** Waits until one comes that is looked for. */
  async gets(what: string, isIt: (bytes: Buffer) => boolean, milliseconds = 5000): Promise<Buffer> {
    const told = () => `${what}; of what came: ${this.process.output.slice(-500)}`;
    return until(what, milliseconds, () => this.got.find(isIt)).catch(() =>
      Promise.reject(new Error(told())),
    );
  }

  /** What comes of what is sent now, until it is quiet. */
  async comesOf(work: () => void): Promise<Buffer[]> {
    const before = this.got.length;
    work();
    await pause(QUIET);
    return this.got.slice(before);
  }
}
