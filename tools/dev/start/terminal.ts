import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  /** Where the shell writes how the program ended: tmux does not always know. */
  readonly #own = mkdtempSync(join(tmpdir(), 'ztna-terminal-'));

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
      `trap : INT; sleep 0.2; ${quoted}; echo $? > ${this.#status}.new && mv ${this.#status}.new ${this.#status}`,
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
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(50))
      if (existsSync(this.#status)) return Number(readFileSync(this.#status, 'utf8'));
    throw new Error(`it did not end; it shows:\n${this.screen().trim()}`);
  }

  close(): void {
    spawnSync('tmux', ['-L', this.#socket, 'kill-server']);
    rmSync(this.#own, { recursive: true, force: true });
  }

  get #status(): string {
    return join(this.#own, 'status');
  }

  #tmux(...words: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...words], { encoding: 'utf8' });
  }
}
