import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Provider } from '../schema.ts';
import type { Where } from './attributes.ts';
import { type Ran, runProgram } from './program.ts';
import { standIn } from './server.ts';

/** Where state is kept instead of in AWS. */
const LOCAL_BACKEND = 'terraform {\n  backend "local" {}\n}\n';

/** A resource as terraform says it is. */
export interface Resource {
  address: string;
  mode: 'managed' | 'data';
  type: string;
  values: Record<string, unknown>;
}

/** A copy of folders, in which terraform works on the stand-in instead of on AWS. */
export interface Sandbox {
  folder: string;
  /** Runs terraform in a folder of the copy. */
  run(folder: string, ...words: string[]): Promise<Ran>;
  /** Begins a stack: with its state in the copy. */
  init(stack: string): Promise<Ran>;
  /** Everything that a stack's state has. */
  resources(stack: string): Promise<Resource[]>;
  close(): Promise<void>;
}

/**
 * Makes a sandbox with copies of folders; without a provider's schema, the real one is used.
 * @param extra variables that tell terraform where the real one is
 * @param folders the name of each folder, and the folder that it is in
 */
export async function sandbox(
  program: string,
  folders: Readonly<Record<string, string>>,
  provider: Provider | undefined,
  where: Where,
  extra: Readonly<Record<string, string>> = {},
): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'ztna-terraform-'));
  for (const [name, root] of Object.entries(folders))
    if (existsSync(join(root, name)))
      cpSync(join(root, name), join(folder, name), {
        recursive: true,
        filter: (path) => !path.includes('.terraform'),
      });
  const stand = provider && (await standIn(provider, join(folder, 'stand-in.sock'), where));
  const run = (at: string, ...words: string[]): Promise<Ran> =>
    runProgram(program, words, join(folder, at), stand?.environment ?? extra);
  return {
    folder,
    run,
    init(stack) {
      writeFileSync(join(folder, stack, 'backend_override.tf'), LOCAL_BACKEND);
      return run(stack, 'init', '-input=false');
    },
    async resources(stack) {
      const shown = await run(stack, 'show', '-json');
      const { values } = JSON.parse(shown.out) as { values?: { root_module: ModuleState } };
      return values ? resourcesOf(values.root_module) : [];
    },
    async close() {
      await stand?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface ModuleState {
  resources?: Resource[];
  child_modules?: ModuleState[];
}

function resourcesOf({ resources = [], child_modules = [] }: ModuleState): Resource[] {
  return [...resources, ...child_modules.flatMap(resourcesOf)];
}
