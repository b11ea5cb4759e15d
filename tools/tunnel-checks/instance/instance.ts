import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from '../placements/placement.ts';
import type { InstanceTexts } from './render.ts';

const STUBS = fileURLToPath(new URL('stubs/', import.meta.url));

/** Where the file systems of instances are: over it lies a file system in memory that only this process's mounts have. */
const PLACE = '/mnt';

/** Milliseconds that a line on an instance may take: its server asks the log, and then begins. */
const LONGEST_MS = 60_000;

/** What an instance is made of. */
export interface InstanceSpec {
  host: Host;
  texts: InstanceTexts;
  /** The folder that is Parameter Store. */
  parameters: string;
  /** The commands of the programs that its images have. */
  programs: Readonly<Record<'intermediate-server' | 'policy-agent', readonly string[]>>;
}

/**
 * A machine that boots by the real script: this system's files with its own changes over them, the network of its host,
 * stand-ins for what only EC2 has (`stubs/`), and the real programs in place of their images.
 */
export class Instance {
  readonly spec: InstanceSpec;
  readonly #root: string;

  constructor(spec: InstanceSpec) {
    this.spec = spec;
    const own = join(PLACE, spec.host.name);
    this.#root = join(own, 'root');
    if (!isMounted(PLACE)) mount('-t', 'tmpfs', 'instances', PLACE);
    for (const name of ['upper', 'work', 'root']) mkdirSync(join(own, name), { recursive: true });
    const layers = `lowerdir=/,upperdir=${join(own, 'upper')},workdir=${join(own, 'work')}`;
    mount('-t', 'overlay', 'overlay', '-o', layers, this.#root);
    for (const name of ['proc', 'dev']) mount('--rbind', `/${name}`, join(this.#root, name));
    // What this machine itself has running is not there.
    mount('-t', 'tmpfs', 'run', join(this.#root, 'run'));
    mkdirSync(join(this.#root, 'srv/parameters'), { recursive: true });
    mount('--bind', spec.parameters, join(this.#root, 'srv/parameters'));
    this.#install();
  }

  #install(): void {
    const [stubs, programs] = [join(this.#root, 'opt/stubs'), join(this.#root, 'opt/ztna')];
    cpSync(STUBS, stubs, { recursive: true });
    // The units name it by its path. What this machine has there may be a link out of here.
    const docker = join(this.#root, 'usr/bin/docker');
    rmSync(docker, { force: true });
    copyFileSync(join(STUBS, 'docker'), docker);
    mkdirSync(programs, { recursive: true });
    for (const [name, [first, script]] of Object.entries(this.spec.programs)) {
      const file = join(programs, name);
      copyFileSync(script ?? first!, script ? `${file}.cjs` : file);
      if (script) writeFileSync(file, `#!/bin/sh\nexec ${first} /opt/ztna/${name}.cjs\n`);
      chmodSync(file, 0o755);
      if (script) chmodSync(`${file}.cjs`, 0o644);
    }
    writeFileSync(join(this.#root, 'opt/boot'), this.spec.texts.boot, { mode: 0o700 });
  }

  /** Boots. @throws where the script fails */
  async boot(): Promise<void> {
    await this.run('/opt/boot');
  }

  /** Runs a line as root on it. @returns what it said @throws where it fails */
  async run(line: string): Promise<string> {
    const path = '/opt/stubs:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    const words = [
      'unshare',
      '--uts',
      'sh',
      '-c',
      'hostname "$1" && exec chroot "$2" /bin/bash -c "$3"',
      'sh',
    ];
    const program = this.spec.host.start([...words, this.spec.host.name, this.#root, line], {
      env: { PATH: path },
    });
    const late = setTimeout(() => void program.stop(), LONGEST_MS);
    const { status } = await program.ended;
    clearTimeout(late);
    if (status !== 0) throw new Error(`${line} ended with ${status}:\n${program.output}\n${this.log()}`);
    return program.output;
  }

  /** Waits until its server answers on a path, as the replacement document does. */
  async answers(path: 'readyz' | 'healthz'): Promise<void> {
    await this.run(this.spec.texts.ask.replace('%s', path));
  }

  /** The end of what its units logged. */
  log(): string {
    const folder = join(this.#root, 'var/log');
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('ztna-')) : [];
    return files
      .map((name) => `${name}:\n${readFileSync(join(folder, name), 'utf8').slice(-1500)}`)
      .join('\n');
  }

  /** Ends it, as where it is terminated: all that runs on it, at once. */
  async terminate(): Promise<void> {
    await this.run(
      'cd /run/units && for one in *.begun; do touch "${one%.begun}.stopped"; done; for one in /run/docker/*.pid; do kill -KILL "$(cat "$one")" 2> /dev/null; done; true',
    );
  }
}

function mount(...words: readonly string[]): void {
  execFileSync('mount', words, { stdio: 'pipe' });
}

function isMounted(folder: string): boolean {
  return spawnSync('findmnt', ['--mountpoint', folder, '--types', 'tmpfs']).status === 0;
}

/** Makes new shared keys with the module's own Python, in the folder that is Parameter Store. @returns what it answers */
export function rotateKeys({ rotate }: InstanceTexts, parameters: string, name: string): string {
  const events = JSON.stringify({ Parameter: name, Key: 'a key' });
  const program = `${rotate}\nprint(rotate(${events}, None)["Rotated"])\n`;
  const env = { ...process.env, PYTHONPATH: STUBS, PYTHONDONTWRITEBYTECODE: '1', PARAMETERS: parameters };
  return execFileSync('python3', ['-c', program], { encoding: 'utf8', env }).trim();
}

/** The file of a parameter in that folder. */
export function parameterFile(parameters: string, name: string): string {
  return join(parameters, name.replaceAll('/', '.'));
}
