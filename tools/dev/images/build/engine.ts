import { spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { Fault } from '../../../contract/fault.ts';
import type { Architecture } from './machine.ts';
import type { ImageSpec } from './images.ts';

/** What builds images: Docker or Buildah. */
export interface Engine {
  readonly name: 'docker' | 'buildah';
  /** Builds an image from its Dockerfile. @throws Fault where that fails; the engine has said why */
  build(image: ImageSpec, architecture: Architecture): void;
  /** Writes an image as an archive that `docker load` takes. */
  save(image: ImageSpec, file: string): void;
  /** How its program is started as `healthcheck` of an address where nobody answers; and where its files are, if anywhere. */
  started(image: ImageSpec): { command: readonly string[]; folder?: string; end(): void };
}

/** The variables of a Dockerfile that are given on the command line. */
export function buildArguments(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
}

/** Runs a program to its end, and shows what it says as progress. @throws Fault where it fails */
export function run(words: readonly string[], options: SpawnSyncOptions = {}): void {
  const [program, ...rest] = words;
  const { status, error } = spawnSync(program!, rest, { stdio: ['ignore', 2, 2], ...options });
  if (error || status !== 0)
    throw new Fault(`${program} failed (${error?.message ?? `exit status ${status}`})`, 'it says why above');
}

/** What a program prints. @throws Fault where it fails */
export function read(words: readonly string[], options: SpawnSyncOptions = {}): string {
  const [program, ...rest] = words;
  const { status, error, stdout } = spawnSync(program!, rest, {
    stdio: ['ignore', 'pipe', 2],
    ...options,
    encoding: 'utf8',
  });
  if (error || status !== 0)
    throw new Fault(`${program} failed (${error?.message ?? `exit status ${status}`})`, 'it says why above');
  return String(stdout).trim();
}

/** Whether a program is there and answers. */
export function answers(...words: readonly string[]): boolean {
  const [program, ...rest] = words;
  return spawnSync(program!, rest, { stdio: 'ignore' }).status === 0;
}
