import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';

/** The programs of images that are TypeScript, and how large each may be, in bytes: its image carries Node beside it. */
export const PROGRAMS: Readonly<Record<string, { budget: number }>> = {
  'policy-agent': { budget: 2_000_000 },
  'test-backend': { budget: 200_000 },
  'admin-panel': { budget: 4_000_000 },
  'embedded-store': { budget: 3_000_000 },
  heartbeat: { budget: 2_500_000 },
};

/** One program as one file. */
export interface ProgramBundle {
  code: string;
  /** The rooms of `tools/` and the packages that are in it, sorted. */
  rooms: readonly string[];
  packages: readonly string[];
}

/** Faster substitutes of parts of `ws` that nobody installs: it works without them. */
const ABSENT = ['bufferutil', 'utf-8-validate'];

/** Bundles a program of an image with everything that it may load. @param root the repository's folder */
export function bundleProgram(root: string, name: string): Promise<ProgramBundle> {
  return bundleFile(root, `images/${name}/main.ts`);
}

/** Bundles what a file may load into one. @param entry its path below the root */
export async function bundleFile(root: string, entry: string): Promise<ProgramBundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    // Named, so that a build without it fails: JSX would be taken for another library's, and fail when the program starts.
    tsconfig: join(root, 'tsconfig.json'),
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    // A file of any name is a script of this format: the same one is `healthcheck` too.
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    supported: { 'dynamic-import': false },
    external: ABSENT,
    banner: { js: '#!/usr/bin/env node' },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'error',
  });
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  return { code: outputFiles[0]!.text, rooms: named(inputs, ROOM), packages: named(inputs, PACKAGE) };
}

const ROOM = /^tools\/([^/]+)\//;
const PACKAGE = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//;

function named(inputs: readonly string[], pattern: RegExp): string[] {
  return [...new Set(inputs.flatMap((path) => pattern.exec(path)?.[1] ?? []))].sort();
}

/** Where bundles are written, below the repository's folder. */
const FOLDER = 'images/dist';

/** Writes a program where a Dockerfile takes it from. @returns its path below the root, and its size in bytes */
export async function writeProgram(root: string, name: string): Promise<{ file: string; bytes: number }> {
  const { code } = await bundleProgram(root, name);
  const file = join(root, FOLDER, `${name}.cjs`);
  mkdirSync(join(root, FOLDER), { recursive: true });
  writeFileSync(file, code, { mode: 0o755 });
  return { file: relative(root, file), bytes: Buffer.byteLength(code) };
}
