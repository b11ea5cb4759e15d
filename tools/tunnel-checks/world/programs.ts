import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFile } from '../../dev/images/bundle.ts';

/** The commands that start the programs of a world. */
export interface Programs {
  'intermediate-server': readonly string[];
  'app-connector': readonly string[];
  agent: readonly string[];
  'policy-agent': readonly string[];
  'test-backend': readonly string[];
  worker: readonly string[];
  raw: readonly string[];
}

const RUST = {
  'intermediate-server': 'intermediate-server',
  'app-connector': 'app-connector',
  agent: 'agent',
  raw: 'examples/raw',
} as const;
const TYPESCRIPT = {
  'policy-agent': 'images/policy-agent/main.ts',
  'test-backend': 'images/test-backend/main.ts',
  worker: 'tools/tunnel-checks/worker/main.ts',
} as const;

/** What cargo builds: for tests all there is, as its other tests do; for measures, which take long to build, what a world needs. */
const BUILDS = {
  debug: ['--workspace', '--bins', '--examples'],
  release: [
    '--release',
    ...['intermediate-server', 'app-connector', 'agent', 'client'].flatMap((one) => ['-p', one]),
  ].concat('--bins', '--example', 'raw'),
} as const;

/**
 * Lets cargo, where it is installed, bring the programs of Rust up to date, and says which folder has them.
 * @param root this repository's folder
 * @throws where they cannot be built: what was built before would be tried in their place
 */
export function buildPrograms(root: string, profile: keyof typeof BUILDS): string {
  const { status, error } = spawnSync('cargo', ['build', ...BUILDS[profile], '--locked', '--quiet'], {
    cwd: join(root, 'images'),
    // Standard output belongs to what is found with them.
    stdio: ['ignore', 2, 2],
  });
  if (!error && status !== 0) throw new Error('cargo could not build the programs; it says why above');
  return builtIn(root, profile);
}

/** Where cargo puts what it builds. */
export function builtIn(root: string, profile: keyof typeof BUILDS): string {
  return join(root, 'images/target', profile);
}

/** Which programs of Rust are not there. @param built the folder that has them */
export function missingPrograms(built: string): string[] {
  return Object.values(RUST).filter((path) => !existsSync(join(built, path)));
}

/**
 * Bundles the programs in TypeScript into a folder, and says how each program is started.
 * @param built the folder that has those of Rust
 */
export async function programsFor(root: string, built: string, folder: string): Promise<Programs> {
  const rust = Object.entries(RUST).map(([name, path]) => [name, [join(built, path)]] as const);
  const bundled = Object.entries(TYPESCRIPT).map(async ([name, entry]) => {
    const file = join(folder, `${name}.cjs`);
    const { code } = await bundleFile(root, entry);
    writeFileSync(file, code);
    return [name, [process.execPath, file]] as const;
  });
  return Object.fromEntries([...rust, ...(await Promise.all(bundled))]) as unknown as Programs;
}
