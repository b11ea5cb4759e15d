import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lasting, type PagePiece, type Step } from './page.ts';

/** The clone in which the tour begins. */
const CLONE = fileURLToPath(new URL('../../../', import.meta.url));

/** How long one step may take, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Printed after each command, with its status. */
const DONE = '<done>';

/** A person who has set git up, and nothing else. */
const PERSON = {
  GIT_AUTHOR_NAME: 'Alice',
  GIT_AUTHOR_EMAIL: 'alice@example.com',
  GIT_COMMITTER_NAME: 'Alice',
  GIT_COMMITTER_EMAIL: 'alice@example.com',
  GIT_CONFIG_NOSYSTEM: '1',
  // What npm has to say of itself is no part of the tour.
  NPM_CONFIG_UPDATE_NOTIFIER: 'false',
};

/** A terminal: what is typed goes into it, and what it says can be waited for. */
class Terminal {
  #said = '';
  readonly child: ChildProcess;

  constructor(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
    this.child = spawn(words[0]!, words.slice(1), {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
  }

  type(text: string): void {
    this.child.stdin!.write(text);
  }

  /** Everything said until something is, which is then taken away. @throws Error where it is not said in time */
  async until(isThere: (said: string) => number): Promise<string> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      const at = isThere(this.#said);
      if (at >= 0) {
        const said = this.#said.slice(0, at);
        this.#said = this.#said.slice(at);
        return said;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`it said nothing of the kind:\n${this.#said}`);
  }

  /** Ctrl-C, and the status with which it ends. */
  async interrupt(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.child.on('exit', resolve));
    process.kill(-this.child.pid!, 'SIGINT');
    return ended;
  }

  /** Ends it and what it started, whatever it does. */
  kill(): void {
    try {
      process.kill(-this.child.pid!, 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
}

/**
 * Plays a page, keystroke by keystroke, from an empty folder.
 * @returns the page as it would be printed now: what is said but for times and commits is as it was
 * @throws Error where a command fails, or the second terminal does not say what it should
 */
export async function play(pieces: readonly PagePiece[]): Promise<PagePiece[]> {
  const home = mkdtempSync(join(tmpdir(), 'ztna-tour-'));
  const env = { ...process.env, ...PERSON, HOME: home, TMPDIR: home };
  const first = new Terminal(['bash', '--noprofile', '--norc'], CLONE, env);
  let second: Terminal | undefined;
  const played: PagePiece[] = [];
  try {
    for (const piece of pieces) {
      if (typeof piece === 'string') played.push(piece);
      else if (piece.terminal === 'first') played.push(withSaid(piece, await run(first, piece.typed)));
      else {
        if (piece.terminal === 'second')
          second = new Terminal(['bash', '-c', piece.typed], (await run(first, 'pwd')).trim(), env);
        played.push(withSaid(piece, await next(second!, piece.printed)));
      }
    }
    const status = await second?.interrupt();
    if (status) throw new Error(`the second terminal ended with ${status}`);
    return played;
  } finally {
    first.kill();
    second?.kill();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Types a command and waits for its end. @throws Error where it fails */
async function run(terminal: Terminal, typed: string): Promise<string> {
  terminal.type(`{ ${typed}\n} 2>&1\necho "${DONE} $?"\n`);
  const end = new RegExp(`^${DONE} \\d+\\n`, 'm');
  const said = await terminal.until((text) => end.exec(text)?.index ?? -1);
  const status = await terminal.until((text) => text.indexOf('\n') + 1 || -1);
  // A command that finds errors ends with 1, which the tour shows on purpose.
  if (Number(status.slice(DONE.length)) > 1) throw new Error(`${typed}\nended with ${status}:\n${said}`);
  return said;
}

/** What the second terminal says up to its last line of the page. */
function next(terminal: Terminal, printed: string): Promise<string> {
  const last = lasting(printed).split('\n').at(-1)!;
  return terminal.until((said) => {
    let at = 0;
    for (const line of said.split(/(?<=\n)/)) {
      at += line.length;
      if (line.endsWith('\n') && lasting(line) === last) return at;
    }
    return -1;
  });
}

/** A step with what was said, or as it is where that is the same but for times and commits. */
function withSaid(step: Step, said: string): Step {
  return lasting(said) === lasting(step.printed) ? step : { ...step, printed: said };
}
