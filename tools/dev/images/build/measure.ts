import { spawnSync } from 'node:child_process';
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { type ElfProgram, readProgram } from '../../data-plane/elf.ts';
import { NOBODY } from './docker.ts';
import type { Engine } from './engine.ts';
import { fixesHeld, type SecurityFix } from './faults.ts';
import type { ImageSpec } from './images.ts';
import { type Architecture, runsHere } from './machine.ts';

/** What an image costs. */
export interface ImageCost {
  image: ImageSpec;
  architecture: Architecture;
  /** Bytes of all its files; and as registries keep it, which a machine fetches. */
  unpacked: number;
  packed: number;
  /** Milliseconds until its program has run to its end, the best of some; absent where it does not run here. */
  startUp?: number;
  /** What its program is; absent where only the engine sees its files. */
  program?: ElfProgram;
  /** What of Debian is in it and has a known fault that was mended; absent where nobody could say. */
  mended?: readonly SecurityFix[];
}

/** Starts of which the best is taken: the others had to wait for the disk. */
const STARTS = 5;

/** Measures an image that was saved. @param fixes what Debian mended of its base, where that is known */
export async function costOf(
  engine: Engine,
  image: ImageSpec,
  architecture: Architecture,
  archive: string,
  fixes?: readonly SecurityFix[],
): Promise<ImageCost> {
  const sizes = { unpacked: statSync(archive).size, packed: await packedSize(archive) };
  const { command, folder, end } = engine.started(image);
  try {
    const startUp = runsHere(architecture) ? startUpOf(command) : undefined;
    const program = folder === undefined ? undefined : programIn(image, folder);
    return {
      image,
      architecture,
      ...sizes,
      ...(startUp !== undefined && { startUp }),
      ...(program && { program }),
      ...(fixes && folder !== undefined && { mended: fixesHeld(fixes, folder) }),
    };
  } finally {
    end();
  }
}

async function packedSize(file: string): Promise<number> {
  let bytes = 0;
  const count = new Writable({
    write(chunk: Buffer, _, done) {
      bytes += chunk.length;
      done();
    },
  });
  await pipeline(createReadStream(file), createGzip(), count);
  return bytes;
}

/** The program is started as `healthcheck` of an address where nobody answers, which it says, and ends. */
function startUpOf(command: readonly string[]): number | undefined {
  const [program, ...words] = command;
  const times = Array.from({ length: STARTS }, () => {
    const began = performance.now();
    const { status, stderr } = spawnSync(program!, words, { encoding: 'utf8' });
    // What did not start at all is not quick: a program that cannot even load ends in the same way, and says something else.
    const looked = status === HEALTHCHECK_FAILED && stderr.includes(NOBODY);
    return looked ? performance.now() - began : Infinity;
  });
  const best = Math.min(...times);
  return Number.isFinite(best) ? best : undefined;
}

/** What the program of an image is a program for, where its files can be looked at: Rust's needs nothing beside it. */
function programIn({ base, name }: ImageSpec, folder: string): ElfProgram | undefined {
  return readProgram(join(folder, 'usr/bin', base === 'rust' ? name : 'node'));
}

/** How `healthcheck` ends where nobody answers. */
const HEALTHCHECK_FAILED = 1;

/** The images that are larger than they may be. */
export function overBudget(costs: readonly ImageCost[]): ImageCost[] {
  return costs.filter(({ image, packed }) => packed > image.budget);
}

const mega = (bytes: number): string => (bytes / 1_000_000).toFixed(1).padStart(6);

/** A line for each image. */
export function costLines(costs: readonly ImageCost[], engine: Engine['name']): string[] {
  const width = Math.max(...costs.map(({ image }) => image.name.length), 'image'.length);
  return [
    `${'image'.padEnd(width)}  ${'machine'}  packed MB  budget MB  unpacked MB  start-up ms`,
    ...costs.map((cost) => costLine(cost, width)),
    `start-up: ${STARTED[engine]}`,
  ];
}

/** What is in the time to start. */
const STARTED: Readonly<Record<Engine['name'], string>> = {
  docker: 'the container made, the program run as `healthcheck`, and both ended',
  buildah: 'the program alone, run as `healthcheck`',
};

function costLine({ image, architecture, packed, unpacked, startUp }: ImageCost, width: number): string {
  const fits = packed > image.budget ? '  TOO LARGE' : '';
  const time = startUp === undefined ? 'not run here' : startUp.toFixed(0).padStart(11);
  return `${image.name.padEnd(width)}  ${architecture.padEnd(7)}  ${mega(packed)}     ${mega(image.budget)}     ${mega(unpacked)}       ${time}${fits}`;
}
