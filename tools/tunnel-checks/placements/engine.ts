import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../world/patience.ts';

/** A Docker engine of our own, on which nobody else's containers run. */
export interface DockerEngine {
  /** What the client is told of it. */
  env: Readonly<Record<string, string>>;
  /** Runs one command of the client. @returns what it prints @throws where it fails */
  docker(...words: readonly string[]): string;
  close(): Promise<void>;
}

/** Milliseconds until an engine answers, on a slow machine. */
const READY = 60_000;

/**
 * Starts an engine in the network namespace of this process: its bridges and rules are seen by nobody outside.
 * @param folder of its own, for its data; it is not deleted
 */
export async function startEngine(folder: string): Promise<DockerEngine> {
  mkdirSync(folder, { recursive: true });
  // A namespace that is new has even its loopback interface down.
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  // One that was killed leaves it, and the number in it was of other namespaces: here it is anybody's.
  rmSync(join(folder, 'pid'), { force: true });
  const socket = `unix://${join(folder, 'socket')}`;
  const places = ['data-root', 'exec-root'].flatMap((name) => [`--${name}`, join(folder, name)]);
  const words = [...places, '--host', socket, '--pidfile', join(folder, 'pid'), '--log-level', 'warn'];
  const engine = spawn('dockerd', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  engine.stderr.on('data', (bytes) => (said = `${said}${bytes}`.slice(-20_000)));
  engine.on('error', (error) => (said += error.message));
  const ended = new Promise<void>((resolve) => engine.on('close', () => resolve()));
  const env = { DOCKER_HOST: socket };
  await until('the Docker engine answers', READY, async () => {
    if (engine.exitCode !== null || engine.pid === undefined) throw new Error(`dockerd ended:\n${said}`);
    return isReady(env) || undefined;
  });
  // What an earlier one left that was killed.
  const left = docker(env, ['ps', '--all', '--quiet']).split('\n').filter(Boolean);
  if (left.length > 0) docker(env, ['rm', '--force', ...left]);
  for (const kind of ['network', 'volume']) docker(env, [kind, 'prune', '--force']);
  return {
    env,
    docker: (...words) => docker(env, words),
    async close() {
      engine.kill('SIGTERM');
      await ended;
    },
  };
}

function isReady(env: DockerEngine['env']): boolean {
  return spawnSync('docker', ['info'], { stdio: 'ignore', env: { ...process.env, ...env } }).status === 0;
}

function docker(env: DockerEngine['env'], words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('docker', words, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`docker ${words.join(' ')} ended with ${status}:\n${stderr}`);
  return stdout.trim();
}
