import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KINDS } from '../../contract/kinds.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** How long a program took, in milliseconds, and the most memory it held, in MiB. */
export interface Run {
  ms: number;
  mib: number;
}

/** Runs a Node program and waits for it. @throws Error where it does not end with status 0 */
export function runNode(words: readonly string[], folder: string): Run {
  // The program reports its own peak: `ru_maxrss` is in KiB.
  const report = `process.on('exit', () => process.stderr.write('\\nMAXRSS ' + process.resourceUsage().maxRSS + '\\n'))`;
  const start = performance.now();
  const { status, stderr, stdout } = spawnSync(
    'node',
    ['--import', `data:text/javascript,${encodeURIComponent(report)}`, ...words],
    { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  const ms = performance.now() - start;
  if (status !== 0)
    throw new Error(`${words.join(' ')} ended with ${status}: ${(stderr || stdout).slice(-2000)}`);
  return { ms, mib: Number(/MAXRSS (\d+)/.exec(stderr)![1]) / 1024 };
}

/** A command of ours without npm, in a repository elsewhere; the second time its cache is warm. */
export function runZtna(folder: string, ...words: readonly string[]): Run {
  return runNode([join(root, 'bin/ztna.js'), ...words], folder);
}

/** The peer: ajv-cli, one process per kind of file, schemas only; also how long one process takes to start. */
export function runAjvCli(folder: string): Run & { processes: number; startMs: number } {
  const cli = join(dirname(createRequire(import.meta.url).resolve('ajv-cli/package.json')), 'dist/index.js');
  const schema = (kind: string): string => join(root, `schemas/${kind}.schema.json`);
  const words = (kind: string, data: string): string[] => {
    const others = kind === 'common' ? [] : ['-r', schema('common')];
    return [
      cli,
      'validate',
      '--spec=draft2020',
      '-c',
      'ajv-formats',
      '--strict=false',
      '--errors=no',
      '-s',
      schema(kind),
      ...others,
      '-d',
      data,
    ];
  };
  const kinds = KINDS.filter(({ path }) => existsSync(join(folder, path.split('*')[0]!)));
  const runs = kinds.map(({ kind, path }) => runNode(words(kind, join(folder, path)), root));
  const start = runNode(words('guardrails', join(folder, 'policies/guardrails.yaml')), root);
  return {
    ms: runs.reduce((sum, { ms }) => sum + ms, 0),
    mib: Math.max(...runs.map(({ mib }) => mib)),
    processes: kinds.length,
    startMs: start.ms,
  };
}

/** The program check-jsonschema (PyPI), where the run has one: its path. */
export const CHECK_JSONSCHEMA = process.env['ZTNA_CHECK_JSONSCHEMA'];

/** The other peer: check-jsonschema, one process per kind of file, schemas only. @returns milliseconds in all */
export function runCheckJsonschema(folder: string): number {
  const kinds = KINDS.filter(({ path }) => existsSync(join(folder, path.split('*')[0]!)));
  const start = performance.now();
  for (const { kind, path } of kinds) {
    const schema = join(root, `schemas/${kind}.schema.json`);
    const files = globSync(folder, path);
    const words = ['--schemafile', schema, ...files];
    const { status, stdout, stderr } = spawnSync(CHECK_JSONSCHEMA!, words, { encoding: 'utf8' });
    if (status !== 0)
      throw new Error(`check-jsonschema ended with ${status}: ${(stderr || stdout).slice(-2000)}`);
  }
  return performance.now() - start;
}

/** The files of a kind; `*` is one name. */
function globSync(folder: string, path: string): string[] {
  return path.split('/').reduce<string[]>(
    (found, part) => {
      if (!part.includes('*')) return found.map((one) => join(one, part)).filter((one) => existsSync(one));
      const pattern = new RegExp(`^${part.replace('.', '\\.').replace('*', '[^/]+')}$`);
      return found.flatMap((one) =>
        readdirSync(one)
          .filter((name) => pattern.test(name))
          .map((name) => join(one, name)),
      );
    },
    [folder],
  );
}

/** Works in a new folder, which is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ztna-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
