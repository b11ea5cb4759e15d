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

/** Where cargo puts what it builds for tests. */
export const BUILT = 'images/target/debug';
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
