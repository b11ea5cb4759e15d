import { execFileSync, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds within which something shows, on a slow machine. */
const PATIENCE_MS = 60_000;

/** Whether there is a terminal to play in. */
export function hasTmux(): boolean {
  return spawnSync('tmux', ['-V']).status === 0;
}

/** A terminal of tmux in which one program runs. */
export class Terminal {
  readonly #socket: string;

  /** @param name of the server: nobody else's sessions are touched @param folder where the program runs */
  constructor(
    name: string,
    folder: string,
    command: readonly string[],
    env: Readonly<Record<string, string>>,
  ) {
    this.#socket = name;
    const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    const settings = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
    // The session stays when its program has ended, so that its last words can be read.
    this.#tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-x',
      '180',
      '-y',
      '60',
      '-c',
      folder,
      ...settings,
      `sleep 0.2; exec ${quoted}`,
    );
    this.#tmux('set-option', '-g', 'remain-on-exit', 'on');
  }

  /** Everything that was shown, from the first line on, as a person reads it. */
  screen(): string {
    return this.#tmux('capture-pane', '-p', '-S', '-');
  }

  /** Waits until the screen shows something. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(50)) {
      const found = pattern.exec(this.screen());
      if (found) return found;
    }
    throw new Error(`never showed ${pattern}; it shows:\n${this.screen().trim()}`);
  }

  /** Presses a key, as tmux names it: `C-c`. */
  press(key: string): void {
    this.#tmux('send-keys', key);
  }

  /** Waits until the program has ended. @returns its exit status */
  async ended(): Promise<number> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(50)) {
      const asked = '#{pane_dead},#{pane_dead_status},#{pane_dead_signal}';
      const [dead, status, signal] = this.#tmux('display-message', '-p', asked).trim().split(',');
      // The terminal may be closed before tmux knows how the program ended.
      if (dead === '1' && status) return Number(status);
      if (dead === '1' && signal) return 128 + Number(signal);
    }
    throw new Error(`it did not end; it shows:\n${this.screen().trim()}`);
  }

  close(): void {
    spawnSync('tmux', ['-L', this.#socket, 'kill-server']);
  }

  #tmux(...words: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...words], { encoding: 'utf8' });
  }
}
