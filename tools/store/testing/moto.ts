import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';

/** The program of moto's server, where the run has one: `.ci/run` installs it. */
export const MOTO = process.env['ZTNA_MOTO'];

/** Why tests against it are skipped elsewhere. */
export const WITHOUT_MOTO =
  "moto's server is not installed here; .ci/run installs it and says where in ZTNA_MOTO";

/** Credentials that moto's server takes, as it takes any. */
export const MOTO_CREDENTIALS = { accessKeyId: 'moto', secretAccessKey: 'moto' };

/** moto's server on a port of its own. */
export interface Moto {
  endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts moto's server, and waits until it says where it listens.
 * @param extra variables of its own, such as the account that it pretends to be
 * @throws Error where it does not start
 */
export async function startMoto(
  extra: Readonly<Record<string, string>> = {},
  program: string = MOTO!,
): Promise<Moto> {
  const env = { ...process.env, ...extra };
  const child = spawn(program, ['-H', '127.0.0.1', '-p', '0'], {
    cwd: tmpdir(),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  process.on('exit', () => child.kill('SIGKILL'));
  let output = '';
  const port = await new Promise<string>((resolve, reject) => {
    const look = (bytes: Buffer): void => {
      output += String(bytes);
      const found = /127\.0\.0\.1:(\d+)/.exec(output);
      if (found) resolve(found[1]!);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`moto's server ended with ${code}: ${output}`)));
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      // Open connections would keep it from ending of itself.
      child.kill('SIGKILL');
      await ended;
    },
  };
}
