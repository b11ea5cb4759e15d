import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../bin/ztna.js', import.meta.url));

/** What a process of the real CLI came to. */
export interface CliResult {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs the real CLI in a folder until it ends. */
export function runIn(
  folder: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<CliResult> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(process.execPath, [CLI, ...words], options, (_, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

/** A process of the real CLI that runs on, whose output can be waited for. */
export interface CliProcess {
  child: ChildProcess;
  /** Everything up to and with the first match, from where the last one ended. */
  says(pattern: RegExp): Promise<string>;
  ended: Promise<number | null>;
}

/** How long something awaited may take. */
const PATIENCE_MS = 30_000;

/** Starts the real CLI in a folder. */
export function startIn(folder: string, words: readonly string[]): CliProcess {
  const child = spawn(process.execPath, [CLI, ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let told = 0;
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const says = async (pattern: RegExp): Promise<string> => {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      const fresh = output.slice(told);
      const match = pattern.exec(fresh);
      if (match) {
        told += match.index + match[0].length;
        return fresh.slice(0, match.index + match[0].length);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`never said ${pattern}; it said:\n${output.slice(told)}`);
  };
  return { child, says, ended: new Promise((resolve) => child.on('exit', resolve)) };
}
