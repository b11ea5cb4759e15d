import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../../contract/fault.ts';
import { NOBODY } from './docker.ts';
import { answers, buildArguments, type Engine, read, run } from './engine.ts';
import { type ImageSpec, tagOf } from './images.ts';
import { type Architecture, architectureOf, machineOf, ownArchitecture } from './machine.ts';

/** What every build with Buildah says: in a folder of this machine, as an image that Docker takes. */
const BUILD = ['build', '--isolation', 'chroot', '--format', 'docker', '--layers'];

/** Builds with Buildah, and bases that it fetches. @param root the repository's folder */
export function buildah(root: string): Engine {
  return engine(root, [], (image, architecture) => [
    ...(architecture === ownArchitecture() ? [] : ['--arch', architecture]),
    ...dockerfile(image),
  ]);
}

function dockerfile(image: ImageSpec): string[] {
  return ['--file', `images/${image.name}/Dockerfile`, '--tag', tagOf(image)];
}

/** What is built, and what was built before, where git and builds do not look. */
export const WORK = '.local/images';

/** Where the base has the packages of npm and of Rust, and where a build leaves what the next one needs not do again. */
const PACKAGES = '/var/cache/build';
const COMPILED = '/var/cache/compiled';
/** What makes npm and cargo look there, and nowhere else. */
const OFFLINE: Readonly<Record<string, string>> = {
  npm_config_cache: `${PACKAGES}/npm`,
  npm_config_offline: 'true',
  npm_config_update_notifier: 'false',
  CARGO_HOME: `${PACKAGES}/cargo`,
  CARGO_NET_OFFLINE: 'true',
  CARGO_TARGET_DIR: COMPILED,
};

/**
 * Builds with Buildah from local bases, without a network. Its storage is a folder of its own below `.local`.
 * @param tars what `npm run images -- base` made, or any root of Debian with Node and Rust in it
 */
export function offline(root: string, tars: readonly string[]): Engine {
  const work = join(root, WORK);
  const storage = ['--root', join(work, 'storage'), '--runroot', join(work, 'run')];
  const compiled = join(work, 'compiled');
  mkdirSync(compiled, { recursive: true });
  const bases = new Map(tars.map((tar) => importBase(storage, tar)));
  return engine(root, storage, (image, architecture) => {
    const base = baseFor(bases, image, architecture);
    const machine = image.base === 'rust' ? { MACHINE: machineOf(architecture) } : {};
    return [
      ...['--pull-never', '--arch', baseArchitecture(image, architecture)],
      ...['--volume', `${compiled}:${COMPILED}`],
      ...buildArguments({ [`${image.base.toUpperCase()}_IMAGE`]: base, ...machine }),
      ...dockerfile(image),
    ];
  });
}

/** Rust compiles for every architecture on this one; what is Node's is taken from a base of its own. */
function baseArchitecture({ base }: ImageSpec, architecture: Architecture): Architecture {
  return base === 'rust' ? ownArchitecture() : architecture;
}

/** The base from which an image is built. @throws Fault where it was not given */
function baseFor(
  bases: ReadonlyMap<Architecture, string>,
  image: ImageSpec,
  architecture: Architecture,
): string {
  const wanted = baseArchitecture(image, architecture);
  const base = bases.get(wanted);
  if (base !== undefined) return base;
  throw new Fault(
    `no base for ${wanted} was given, which ${image.name} needs`,
    `make one with: npm run images -- base --arch ${wanted} --out base-${wanted}.tar, and add --offline base-${wanted}.tar`,
  );
}

/** Takes a base into the storage, once. @returns its architecture and its name */
function importBase(storage: readonly string[], tar: string): [Architecture, string] {
  const facts = statSync(tar, { throwIfNoEntry: false });
  if (!facts?.isFile())
    throw new Fault(
      `there is no base ${tar}`,
      'make one with: npm run images -- base --out base.tar, or name the file of one',
    );
  const of = (...words: readonly string[]) => ['buildah', ...storage, ...words];
  const name = `localhost/ztna-base:${facts.size}-${Math.floor(facts.mtimeMs)}`;
  if (!answers(...of('inspect', '--type', 'image', name))) {
    const container = read(of('from', 'scratch'));
    run(of('add', '--quiet', container, tar, '/'));
    const env = Object.entries({ ...OFFLINE, PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' });
    const words = env.flatMap((one) => ['--env', one.join('=')]);
    run(of('config', '--arch', architectureIn(tar), ...words, container));
    run(of('commit', '--quiet', '--format', 'docker', '--rm', container, name));
  }
  return [toldArchitecture(of, name), name];
}

type Words = (...words: readonly string[]) => string[];

/** What an image says that it is for. */
function toldArchitecture(of: Words, name: string): Architecture {
  return architectureOf(read(of('inspect', '--type', 'image', '--format', '{{.OCIv1.Architecture}}', name)));
}

/** Says that an image is for another architecture than the base on which its program was compiled. */
function relabel(of: Words, name: string, architecture: Architecture): void {
  const container = read(of('from', '--pull-never', name));
  run(of('config', '--arch', architecture, container));
  run(of('commit', '--quiet', '--format', 'docker', '--rm', container, name));
}

/** Whose programs a root of Debian has, which its list of packages says. */
export function architectureIn(tar: string): Architecture {
  for (const file of ['./var/lib/dpkg/status', 'var/lib/dpkg/status']) {
    const { status, stdout } = spawnSync('tar', ['--extract', '--to-stdout', '--file', tar, file], {
      encoding: 'utf8',
      maxBuffer: LARGEST_LIST,
    });
    const [, found] = /^Package: dpkg\n(?:.+\n)*?Architecture: (\w+)$/m.exec(stdout) ?? [];
    if (status === 0 && found) return architectureOf(found);
  }
  throw new Fault(`${tar} is no root of Debian`, 'make one with: npm run images -- base --out base.tar');
}

/** Bytes: Debian's list of a whole desktop is a tenth of it. */
const LARGEST_LIST = 100_000_000;

/** Buildah, whose builds say in words what is theirs. */
function engine(
  root: string,
  storage: readonly string[],
  wordsOf: (image: ImageSpec, architecture: Architecture) => readonly string[],
): Engine {
  const of = (...words: readonly string[]) => ['buildah', ...storage, ...words];
  return {
    name: 'buildah',
    build(image, architecture) {
      run(of(...BUILD, ...wordsOf(image, architecture), '.'), { cwd: root });
      if (toldArchitecture(of, tagOf(image)) !== architecture) relabel(of, tagOf(image), architecture);
    },
    save(image, file) {
      rmSync(file, { force: true });
      run(of('push', '--quiet', tagOf(image), `docker-archive:${file}:${tagOf(image)}:latest`));
    },
    started(image) {
      const container = read(of('from', '--pull-never', tagOf(image)));
      const folder = read(of('mount', container));
      return {
        folder,
        command: ['chroot', folder, '/usr/bin/healthcheck', NOBODY],
        end: () => run(of('rm', container), { stdio: 'ignore' }),
      };
    },
  };
}
