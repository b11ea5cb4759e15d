import { openAtEnd } from '../files/own-files.ts';
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';

/** One program to keep running. */
export interface ProgramRun {
  /** What it is called here; its log has that name. */
  name: string;
  command: readonly string[];
  variables: Readonly<Record<string, string>>;
  /** What a file says that it reads once: where that changes, it is run anew. */
  reads?: string;
}

/** Milliseconds before a program that ended is started again; doubled each time, up to the longest. */
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5000;
/** Milliseconds after which a program that was asked to end is ended. */
const PATIENCE = 5000;
/** Milliseconds after which a program counts as running well. */
const RAN_WELL = 10_000;

/** Programs of this machine's tunnel: kept running until stopped, each with a log file of its own. */
export class Processes {
  readonly #running = new Map<string, { child: ChildProcess; pause: number; since: number }>();
  readonly #wanted = new Map<string, ProgramRun>();
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  readonly root: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tell: (sentence: string) => void;

  /** @param root the folder that they run in @param folder where logs go @param env with PATH and HOME @param tell told in a sentence when a program ends by itself */
  constructor(
    root: string,
    folder: string,
    env: Readonly<Record<string, string | undefined>>,
    tell: (sentence: string) => void,
  ) {
    this.root = root;
    this.folder = folder;
    this.env = env;
    this.tell = tell;
  }

  /** Starts what is new or to be run otherwise, stops what is gone; what is there already goes on. */
  async keep(wanted: readonly ProgramRun[]): Promise<void> {
    const same = new Set(
      wanted.filter((run) => isSame(run, this.#wanted.get(run.name))).map(({ name }) => name),
    );
    const gone = [...this.#wanted.keys()].filter((name) => !same.has(name));
    await Promise.all(gone.map((name) => this.#stop(name)));
    for (const run of wanted) {
      if (this.#wanted.has(run.name)) continue;
      this.#wanted.set(run.name, run);
      this.#start(run, FIRST_PAUSE);
    }
  }

  /** Stops them all, and waits until they have ended. */
  async stop(): Promise<void> {
    await this.keep([]);
  }

  /** The file that a program logs to. */
  logOf(name: string): string {
    return join(this.folder, `${name.replaceAll('/', '-')}.log`);
  }

  #start(run: ProgramRun, pause: number): void {
    this.#waiting.delete(run.name);
    const log = this.logOf(run.name);
    const output = openAtEnd(log);
    const [command, ...rest] = run.command;
    const child = spawn(command!, rest, {
      env: { PATH: this.env['PATH'], HOME: this.env['HOME'], ...run.variables },
      cwd: this.root,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    this.#running.set(run.name, { child, pause, since: Date.now() });
    child.once('error', (error) => this.#ended(run, error.message));
    child.once('exit', (status, signal) => this.#ended(run, `it ended with ${status ?? signal}`));
  }

  /** One that was not told to end is started again, later each time. */
  #ended(run: ProgramRun, why: string): void {
    const running = this.#running.get(run.name);
    if (!running) return;
    this.#running.delete(run.name);
    if (!this.#wanted.has(run.name)) return;
    const pause = Date.now() - running.since > RAN_WELL ? FIRST_PAUSE : running.pause;
    if (pause === FIRST_PAUSE)
      this.tell(`${run.name}: ${why}, and is started again; see ${this.logOf(run.name)}`);
    const next = Math.min(pause * 2, LONGEST_PAUSE);
    this.#waiting.set(
      run.name,
      setTimeout(() => this.#start(run, next), pause),
    );
  }

  async #stop(name: string): Promise<void> {
    this.#wanted.delete(name);
    clearTimeout(this.#waiting.get(name));
    this.#waiting.delete(name);
    const running = this.#running.get(name);
    if (!running) return;
    const { child } = running;
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.kill('SIGTERM');
    const impatient = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    await ended;
    clearTimeout(impatient);
  }
}

function isSame(one: ProgramRun, other: ProgramRun | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
