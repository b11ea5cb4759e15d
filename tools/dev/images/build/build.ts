import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Fault } from '../../../contract/fault.ts';
import { buildah, offline, WORK } from './buildah.ts';
import { docker } from './docker.ts';
import { answers, type Engine } from './engine.ts';
import type { SecurityFix } from './faults.ts';
import { imagesIn, imagesNamed } from './images.ts';
import { architectureOf, type Architecture, ownArchitecture } from './machine.ts';
import { costLines, costOf, type ImageCost, overBudget } from './measure.ts';

/** What `build` is told. */
export interface BuildOptions {
  /** The images; none: all. */
  names: readonly string[];
  engine?: string;
  /** Local bases; none: those of the Dockerfiles are fetched. */
  bases: readonly string[];
  architecture: Architecture;
  /** What Debian mended of the base of an architecture, where that is known. */
  fixes?: readonly SecurityFix[];
}

/** Reads `[<image>...] [--engine docker|buildah] [--offline <tar>]... [--arch amd64|arm64]`. */
export function buildOptions(words: readonly string[]): BuildOptions {
  const { values, positionals } = parsed(words);
  return {
    names: positionals,
    bases: (values.offline ?? []).map((tar) => resolve(tar)),
    architecture: values.arch === undefined ? ownArchitecture() : architectureOf(values.arch),
    ...(values.engine !== undefined && { engine: values.engine }),
  };
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        engine: { type: 'string' },
        offline: { type: 'string', multiple: true },
        arch: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Fault(
      (error as Error).message,
      'write: npm run images -- build [<image>...] [--engine docker|buildah] [--offline <tar>]... [--arch amd64|arm64]',
    );
  }
}

/** Which programs there are; each is asked when it matters. */
export interface ProgramsHere {
  /** Whether its engine runs too. */
  docker(): boolean;
  buildah(): boolean;
}

const HERE: ProgramsHere = {
  docker: () => answers('docker', 'version'),
  buildah: () => answers('buildah', '--version'),
};

/**
 * Which engine is used: the one that was named, else the first that is there; from local bases Buildah alone.
 * @throws Fault with what to install, where it is not there
 */
export function engineNamed(
  { engine, bases }: Pick<BuildOptions, 'engine' | 'bases'>,
  installed: ProgramsHere = HERE,
): Engine['name'] {
  const wanted = engine ?? (bases.length > 0 ? 'buildah' : undefined);
  if (wanted !== undefined && wanted !== 'docker' && wanted !== 'buildah')
    throw new Fault(`there is no engine ${wanted}`, 'use docker or buildah');
  if (wanted === 'docker' && bases.length > 0)
    throw new Fault('Docker does not build from local bases here', 'leave --engine out: Buildah does');
  const found = (['docker', 'buildah'] as const).find((one) => (wanted ?? one) === one && installed[one]());
  if (found) return found;
  if (wanted === 'buildah')
    throw new Fault('Buildah is not installed here', 'on Debian: apt-get install buildah');
  throw new Fault(
    wanted === 'docker'
      ? 'Docker does not answer here'
      : 'images are built by Docker or Buildah: neither answers here',
    'install one (on Debian: apt-get install docker.io, or buildah); npm start needs neither',
  );
}

/** Builds images, and says what each costs. @returns what each costs; an archive of each is beside the others */
export async function buildImages(
  root: string,
  options: BuildOptions,
  say: (line: string) => void,
): Promise<ImageCost[]> {
  const images = imagesNamed(imagesIn(root), options.names);
  const name = engineNamed(options);
  const engine = engineOf(root, name, options.bases);
  const costs: ImageCost[] = [];
  for (const image of images) {
    const began = Date.now();
    engine.build(image, options.architecture);
    const archive = archiveOf(root, image.name, options.architecture);
    mkdirSync(join(archive, '..'), { recursive: true });
    engine.save(image, archive);
    costs.push(await costOf(engine, image, options.architecture, archive, options.fixes));
    say(`built ${image.name} in ${((Date.now() - began) / 1000).toFixed(0)} s`);
  }
  for (const line of costLines(costs, name)) say(line);
  return costs;
}

/** The archive of an image, for `docker load`. */
export function archiveOf(root: string, image: string, architecture: Architecture): string {
  return join(root, WORK, architecture, `${image}.tar`);
}

function engineOf(root: string, name: Engine['name'], bases: readonly string[]): Engine {
  if (name === 'docker') return docker(root);
  return bases.length > 0 ? offline(root, bases) : buildah(root);
}

/** `npm run images -- build`. @returns the exit status: 1 where an image is too large */
export async function build(root: string, words: readonly string[]): Promise<number> {
  const costs = await buildImages(root, buildOptions(words), (line) => process.stdout.write(`${line}\n`));
  const large = overBudget(costs).map(({ image }) => image.name);
  if (large.length > 0) process.stdout.write(`too large: ${large.join(', ')}\n`);
  return large.length > 0 ? 1 : 0;
}
