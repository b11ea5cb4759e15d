import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readProgram } from './elf.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const IMAGES = join(ROOT, 'images');

/** Something that runs. */
export interface ProofCommand {
  words: readonly string[];
  folder: string;
  env?: Readonly<Record<string, string>>;
}

/** One thing to prove of the data plane. */
export interface Proof {
  name: string;
  command: ProofCommand;
  /** What is not installed here, and how to get it; undefined where the proof can be made. */
  missing(): string | undefined;
  /** Looks at what the command made. @returns what is wrong with it */
  faults?(): string[];
}

/** How much of everything. */
export interface Amount {
  /** Random worlds. */
  worlds: number;
  /** Inputs of each fuzz target. */
  inputs: number;
  /** Minutes of clients that come and go. */
  minutes: number;
}

/** What the data plane's issue asks for. */
export const WHOLE: Amount = { worlds: 100_000, inputs: 1_000_000, minutes: 10 };

/** Bytes that the server may hold while clients come and go: eight times what was seen. */
const CHURN_BYTES = 160 << 20;

/** Fuzz targets: codec, inner packets, enforcement file, and certificates beside them. */
export const TARGETS = ['wire', 'packet', 'enforcement', 'certificate'] as const;

/** Everything that is proved, in this order. `scratch` is a folder for what is found on the way. */
export function proofs({ worlds, inputs, minutes }: Amount, scratch: string): Proof[] {
  return [
    {
      name: `${worlds} random worlds: decide, flatten and the verdict agree`,
      command: {
        words: [process.execPath, '--import', 'tsx', 'tools/dev/verdicts.ts', '--runs', `${worlds}`],
        folder: ROOT,
      },
      missing: withoutCargo,
    },
    ...TARGETS.map((target) => fuzz(target, inputs, join(scratch, target))),
    {
      name: `${minutes} minutes of clients that come and go, in ${CHURN_BYTES >> 20} MiB`,
      command: {
        words: ['bench/run.sh', 'churn'],
        folder: IMAGES,
        env: { ZTNA_CHURN_SECONDS: `${Math.round(minutes * 60)}`, ZTNA_CHURN_BYTES: `${CHURN_BYTES}` },
      },
      missing: withoutCargo,
    },
    cross('x86_64', ['gcc', '--version'], { CC_x86_64_unknown_linux_musl: 'gcc' }),
    cross('aarch64', ['aarch64-linux-gnu-gcc', '--version'], {
      CC_aarch64_unknown_linux_musl: 'aarch64-linux-gnu-gcc',
      CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER: 'rust-lld',
    }),
  ];
}

/** New inputs go to a folder of their own: the seeds stay what is committed. */
function fuzz(target: string, inputs: number, corpus: string): Proof {
  const paths = ['--fuzz-dir', 'fuzz', target, corpus, `fuzz/seeds/${target}`];
  return {
    name: `fuzz target ${target}: ${inputs} inputs`,
    command: {
      words: ['cargo', '+nightly', 'fuzz', 'run', ...paths, '--', `-runs=${inputs}`, '-verbosity=0'],
      folder: IMAGES,
    },
    missing: () =>
      withoutCargo() ??
      unless(['cargo', '+nightly', '--version'], 'rustup toolchain install nightly') ??
      unless(['cargo', 'fuzz', '--version'], 'cargo install cargo-fuzz'),
  };
}

/**
 * Every program of the workspace for a machine, static, as the images hold it. The compiler is for the C in ring, which
 * asks nothing of a C library.
 */
function cross(
  machine: 'x86_64' | 'aarch64',
  compiler: readonly string[],
  env: Readonly<Record<string, string>>,
): Proof {
  const target = `${machine}-unknown-linux-musl`;
  const build = ['cargo', 'build', '--locked', '--release', '--quiet', '--target', target];
  return {
    name: `static programs for ${machine}`,
    command: { words: [...build, '--workspace', '--exclude', 'bench', '--bins'], folder: IMAGES, env },
    missing: () =>
      withoutCargo() ??
      withoutTarget(target) ??
      unless(compiler, 'apt-get install gcc gcc-aarch64-linux-gnu'),
    faults: () => programFaults(join(IMAGES, 'target', target, 'release'), machine),
  };
}

/** What is wrong with the programs in a folder. */
export function programFaults(folder: string, machine: 'x86_64' | 'aarch64'): string[] {
  const found = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.'))
    .map(({ name }) => ({ name, program: readProgram(join(folder, name)) }));
  if (found.length === 0) return [`there is no program in ${folder}`];
  return found.flatMap(({ name, program }) => {
    if (program?.machine !== machine) return [`${name} is not for ${machine}`];
    return program.isStatic ? [] : [`${name} is not static`];
  });
}

const withoutCargo = (): string | undefined => unless(['cargo', '--version'], 'https://rustup.rs');

function withoutTarget(target: string): string | undefined {
  const { stdout } = spawnSync('rustc', ['--print', 'target-libdir', '--target', target], {
    cwd: IMAGES,
    encoding: 'utf8',
  });
  const remedy = `cd images && rustup target add ${target}`;
  return existsSync(stdout.trim()) ? undefined : `${target} is not installed here: ${remedy}`;
}

/** What is missing where a command does not succeed. */
function unless([program, ...args]: readonly string[], remedy: string): string | undefined {
  const { status } = spawnSync(program!, args, { cwd: IMAGES, stdio: 'ignore' });
  return status === 0 ? undefined : `${[program, ...args].join(' ')} does not run here: ${remedy}`;
}
