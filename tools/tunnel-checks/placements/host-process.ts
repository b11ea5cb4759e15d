import { type ChildProcess, spawn } from 'node:child_process';

/** How a process is started. */
export interface StartOptions {
  /** Beside what this process itself has. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** Whether it is written to. */
  input?: boolean;
}

/** How a process ended. */
export interface ExitReason {
  status: number | null;
  signal: NodeJS.Signals | null;
}

/** The most of a process's output that is kept, in characters: the end of it says what went wrong. */
const KEPT = 200_000;

/** A process that runs on, whose output can be waited for. */
export class HostProcess {
  readonly ended: Promise<ExitReason>;
  readonly child: ChildProcess;
  output = '';
  #ending: ExitReason | undefined;

  constructor(command: readonly string[], { env = {}, cwd, input = false }: StartOptions = {}) {
    const [program, ...words] = command;
    this.child = spawn(program!, words, {
      env: { ...process.env, ...env },
      stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      ...(cwd && { cwd }),
    });
    const keep = (bytes: Buffer) => (this.output = `${this.output}${bytes}`.slice(-KEPT));
    this.child.stdout!.on('data', keep);
    this.child.stderr!.on('data', keep);
    this.ended = new Promise((resolve) => {
      const end = (status: number | null, signal: NodeJS.Signals | null) =>
        resolve((this.#ending ??= { status, signal }));
      this.child.on('close', end);
      this.child.on('error', (error) => (keep(Buffer.from(error.message)), end(127, null)));
    });
  }

  /** Whether it still runs. */
  get isRunning(): boolean {
    return this.#ending === undefined;
  }

  /** Waits until its output matches; throws with the output where it does not in time, or ends before. */
  async says(pattern: RegExp, milliseconds = 20_000): Promise<RegExpExecArray> {
    for (const end = Date.now() + milliseconds; ;) {
      const found = pattern.exec(this.output);
      if (found) return found;
      if (!this.isRunning || Date.now() > end)
        throw new Error(`${this.child.spawnargs.join(' ')} never said ${pattern}; it said:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends it, and waits until it has ended. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<ExitReason> {
    if (this.isRunning) this.child.kill(signal);
    return this.ended;
  }
}
