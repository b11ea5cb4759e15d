import { createInterface } from 'node:readline';
import type { Host } from '../placements/placement.ts';
import type { HostProcess } from '../placements/host-process.ts';
import type { Operations, WorkerReply } from './operations.ts';

/** A worker on a host: clients of backends that run there. */
export class Worker {
  readonly program: HostProcess;
  #number = 0;
  readonly #waiting = new Map<number, { resolve(answers: never): void; reject(error: Error): void }>();

  /** @param command what starts it */
  constructor(host: Host, command: readonly string[]) {
    this.program = host.start(command, { input: true });
    createInterface({ input: this.program.child.stdout! }).on('line', (line) => this.#take(line));
    void this.program.ended.then(() => this.#fail());
  }

  /** Asks for one operation. */
  ask<Name extends keyof Operations>(
    name: Name,
    asks: Operations[Name]['asks'],
  ): Promise<Operations[Name]['answers']> {
    const number = (this.#number += 1);
    const answered = new Promise<Operations[Name]['answers']>((resolve, reject) =>
      this.#waiting.set(number, { resolve, reject }),
    );
    this.program.child.stdin!.write(`${JSON.stringify({ number, name, asks })}\n`);
    return answered;
  }

  #take(line: string): void {
    const { number, answers, fault } = JSON.parse(line) as WorkerReply;
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (fault) waiting?.reject(new Error(fault));
    else waiting?.resolve(answers as never);
  }

  #fail(): void {
    const error = new Error(`the worker ended: ${this.program.output.slice(-500)}`);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
