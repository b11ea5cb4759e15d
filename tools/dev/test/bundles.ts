import { readFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Test files as JavaScript, made once for a run instead of once in each process. */
export interface Bundles {
  /** What Node runs for a test file. */
  program(file: string): string[];
  remove(): void;
}

/** Bundles test files together, what they share once; packages stay where they are. */
export async function bundlesOf(root: string, files: readonly string[]): Promise<Bundles> {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  // Below node_modules, so that packages are found; in a folder of its own, as another run may be under way.
  const folder = mkdtempSync(join(cache, 'ztna-tests-'));
  // What is shared runs first: not so where a file imports something for what it does, before all else.
  const ordered = (file: string): boolean => /^import '\./m.test(readFileSync(join(root, file), 'utf8'));
  await bundleInto(
    folder,
    root,
    files.filter((file) => !ordered(file)),
    true,
  );
  await bundleInto(folder, root, files.filter(ordered), false);
  const bundle = (file: string): string => join(folder, file.replace(/\.ts$/, '.mjs'));
  return {
    program: (file) => ['--enable-source-maps', bundle(file)],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function bundleInto(
  folder: string,
  root: string,
  files: readonly string[],
  splitting: boolean,
): Promise<void> {
  await build({
    entryPoints: [...files],
    absWorkingDir: root,
    outdir: folder,
    outbase: root,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'error',
    plugins: [ownPlaces(root)],
  });
}

/** Keeps what a source knows of its own place, by which it finds the files beside it. */
function ownPlaces(root: string): Plugin {
  const ours = ['tools', 'images'].map((folder) => join(root, folder, '/'));
  return {
    name: 'own places',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const text = ours.some((folder) => path.startsWith(folder)) ? readFileSync(path, 'utf8') : '';
        if (!text.includes('import.meta.url')) return undefined;
        const place = `const ownPlace = ${JSON.stringify(pathToFileURL(path).href)}; `;
        // By name and on the first line: a text that only speaks of it stays a text, and every line where it is.
        return { loader: 'ts', contents: place + text.replaceAll('import.meta.url', 'ownPlace') };
      });
    },
  };
}
