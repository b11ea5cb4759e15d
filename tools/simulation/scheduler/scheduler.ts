import { errorOf, type InjectedFault, type CallKind } from './faults.ts';
import type { Coverage } from './coverage.ts';
import { Violation } from '../oracle/invariant.ts';

/** A call that is about to be made. */
export interface ScheduledCall {
  process: Process;
  step: string;
  kind: CallKind;
}

/** What answers a call in place of carrying it out, by fault; what is not there is an error. */
export type Instead<T> = Partial<Record<InjectedFault, () => T | Promise<T>>>;

/** No run takes so many steps. */
const MOST_STEPS = 30_000;

/**
 * Where processes run, one call at a time: each waits at each of its calls, and again before it gets the answer,
 * until it is chosen to go on. Nothing else takes time, so that a run with the same choices is the same run.
 */
export class Scheduler {
  readonly #waiting: { process: Process; step: string; go: () => void }[] = [];
  #steps = 0;
  readonly #tasks = new Set<Promise<void>>();
  /** What happened, in order. */
  trace: string[] = [];
  /** What goes wrong with a call, if anything. */
  decide: (call: ScheduledCall) => InjectedFault | undefined = () => undefined;

  readonly coverage: Coverage;

  constructor(coverage: Coverage) {
    this.coverage = coverage;
  }

  /** Lets a process wait until it is chosen; one that has ended waits for ever. */
  turn(process: Process, step: string): Promise<void> {
    return new Promise((go) => {
      if (process.alive) this.#waiting.push({ process, step, go });
    });
  }

  /** Starts something that a process does, until it is done or the process ends. */
  begin(process: Process, task: () => Promise<unknown>): void {
    const done: Promise<void> = Promise.race([task(), process.ended])
      .then(() => {})
      .finally(() => this.#tasks.delete(done));
    done.catch((error: unknown) => (this.failure ??= error));
    this.#tasks.add(done);
  }

  /** The first thing that was never to happen. */
  failure: unknown;

  /** How many calls wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Lets one of those that wait go on, as far as its next call. */
  async go(choose: (count: number) => number = () => 0): Promise<void> {
    const [chosen] = this.#waiting.splice(choose(this.#waiting.length), 1);
    if (chosen?.process.alive) chosen.go();
    this.#steps += 1;
    if (this.#steps > MOST_STEPS) throw new Violation(`it does not end: ${chosen?.step} again and again`);
    await new Promise((resolve) => setImmediate(resolve));
    if (this.failure) throw this.failure as Error;
  }

  /** The step at which a process waits, if it does. */
  stepOf(name: string): string | undefined {
    return this.#waiting.find(({ process }) => process.alive && process.name === name)?.step;
  }

  /** Lets only one process go on, until it ends or is about to do something. */
  async goAlone(name: string, until: (step: string) => boolean = () => false): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    for (let step = this.stepOf(name); step !== undefined && !until(step); step = this.stepOf(name))
      await this.go(() => this.#waiting.findIndex(({ process }) => process.alive && process.name === name));
  }

  /** Lets all processes go on until all is done. @throws when a process waits for nothing */
  async finish(choose?: (count: number) => number): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.go(choose);
    if (this.failure) throw this.failure as Error;
    if (this.#tasks.size > 0) throw new Error('a process waits for what never comes');
  }
}

/** One process: what it was doing is gone when it ends. */
export class Process {
  alive = true;
  readonly ended: Promise<void>;
  #end!: () => void;

  readonly name: string;
  readonly scheduler: Scheduler;

  constructor(name: string, scheduler: Scheduler) {
    this.name = name;
    this.scheduler = scheduler;
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** Ends it at once, as a kill does. */
  end(): void {
    this.alive = false;
    this.#end();
  }

  /** Makes a call, with which something may go wrong. */
  async call<T>(
    step: string,
    kind: CallKind,
    carryOut: () => T | Promise<T>,
    instead: Instead<T> = {},
  ): Promise<T> {
    const { scheduler } = this;
    await scheduler.turn(this, step);
    const fault = scheduler.decide({ process: this, step, kind });
    scheduler.coverage.add(step, fault);
    scheduler.trace.push(`${this.name}: ${step}${fault ? ` -- ${fault}` : ''}`);
    if (fault === 'crash before') return this.#crash();
    if (fault === 'throttled' || fault === 'reset' || fault === 'full' || fault === 'unreadable')
      return faultyAnswer(fault, step, instead);
    const answer = await this.observe(() => (fault === 'stale' ? instead.stale!() : carryOut()));
    await scheduler.turn(this, `${step} (answer)`);
    if (fault === 'crash after') return this.#crash();
    const spoils = fault === 'lost' || fault === 'repeated';
    return spoils ? this.observe(() => faultyAnswer(fault, step, instead)) : answer;
  }

  /** Does something by which something may be found wrong: the caller must not be able to overlook it. */
  async observe<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Violation) this.scheduler.failure ??= error;
      throw error;
    }
  }

  #crash(): Promise<never> {
    this.end();
    return new Promise<never>(() => {});
  }
}

function faultyAnswer<T>(fault: InjectedFault, step: string, instead: Instead<T>): T | Promise<T> {
  const answer = instead[fault];
  if (!answer) throw errorOf(fault, step);
  return answer();
}
