import { spawnSync } from 'node:child_process';
import { type ExitReason, HostProcess, type StartOptions } from './host-process.ts';

let last = 0;

/** A container that runs on, as a process here: what it says and how it ends is what its client says and ends with. */
export class ContainerProcess extends HostProcess {
  readonly #name: string;
  readonly #engine: Readonly<Record<string, string>>;

  /**
   * @param engine what the client is told of the engine
   * @param flags of `docker run`
   */
  constructor(
    engine: Readonly<Record<string, string>>,
    flags: readonly string[],
    image: string,
    words: readonly string[],
    { env = {}, input = false }: StartOptions,
  ) {
    const name = `program-${(last += 1)}`;
    const variables = Object.entries(env).flatMap((one) => ['--env', one.join('=')]);
    const command = ['docker', 'run', '--rm', '--name', name, ...(input ? ['--interactive'] : [])];
    super([...command, ...flags, ...variables, image, ...words], { env: engine, input });
    this.#name = name;
    this.#engine = engine;
  }

  /** A signal that the client got would reach the container late, or not at all: SIGKILL ends the client alone. */
  override async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<ExitReason> {
    const env = { ...process.env, ...this.#engine };
    while (this.isRunning) {
      const words = ['kill', '--signal', signal, this.#name];
      if (spawnSync('docker', words, { env, stdio: 'ignore' }).status === 0) break;
      // It is still being made, or gone already.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return this.ended;
  }
}
