import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { importsOf } from '../rooms.ts';
import { sourcesBelow } from '../sources.ts';

/** What of Node cannot open a file or start a program. */
const HARMLESS = [
  'node:crypto',
  'node:path',
  'node:url',
  'node:util',
  'node:zlib',
  'node:assert',
  'node:os',
].concat(['node:timers/promises', 'node:events', 'node:stream', 'node:buffer', 'node:net', 'node:http']);

/** Packages that are given values and know nothing of this repository. */
const PURE_PACKAGES = [/^uvu(\/|$)/, /^fast-check$/, /^yaml$/, /^ajv(\/|$)/, /^ajv-formats(\/|$)/];

/** It writes its report, and opens nothing. */
const REPORTER = join('tools', 'testing', 'suite.ts');

/** Ways to a module that no import names. */
const HIDDEN =
  /\bimport\((?!\s*['"])|\bgetBuiltinModule\b|\bprocess\.binding\b|\bcreateRequire\b|\brequire\b/;

/** How generated code loads a package, in words that can be read. */
const DECLARED = [
  "import { createRequire } from 'node:module';",
  'const require = createRequire(import.meta.url);',
];
const REQUIRED = /\brequire\("([^"]+)"\)/g;

/** Whether each test file could read a file of the repository, or start a program that does. */
export interface Readers {
  can: string[];
  /** Nothing that these load, however deep, opens a file or starts a program: no data can change what they find. */
  cannot: string[];
}

/** Sorts the test files of a project by what they import. @param root the project's folder */
export function filesThatCanRead(root: string): Readers {
  const known = new Map<string, { reads: boolean; loads: string[] }>();
  const canRead = (first: string): boolean => {
    const waiting = [first];
    const seen = new Set(waiting);
    for (const file of waiting) {
      if (!known.has(file)) known.set(file, looked(root, file));
      const { reads, loads } = known.get(file)!;
      if (reads) return true;
      for (const next of loads) if (!seen.has(next)) (waiting.push(next), seen.add(next));
    }
    return false;
  };
  const files = testFiles(root);
  const can = files.filter(canRead);
  return { can, cannot: files.filter((file) => !can.includes(file)) };
}

function testFiles(root: string): string[] {
  return ['tools', 'images', 'terraform']
    .filter((name) => existsSync(join(root, name)))
    .flatMap((name) => sourcesBelow(join(root, name)))
    .map((path) => relative(root, path))
    .filter((file) => file.endsWith('.test.ts'))
    .sort();
}

/** What one file does itself, and which files of ours it loads. */
function looked(root: string, file: string): { reads: boolean; loads: string[] } {
  if (file === REPORTER) return { reads: false, loads: [] };
  const text = DECLARED.reduce((rest, one) => rest.replace(one, ''), readFileSync(join(root, file), 'utf8'));
  const required = [...text.matchAll(REQUIRED)].map(([, module]) => module!);
  const modules = importsOf(text)
    .filter(({ typeOnly }) => !typeOnly)
    .map(({ module }) => module)
    .concat(required);
  const loads = modules
    .filter((module) => module.startsWith('.'))
    .map((module) => relative(root, resolve(root, dirname(file), module)));
  const outside = loads.some((one) => !/\.m?ts$|\.mjs$/.test(one) || one.startsWith(`..${sep}`));
  const others = modules.filter((module) => !module.startsWith('.'));
  const harmful = others.some(
    (module) => !HARMLESS.includes(module) && !PURE_PACKAGES.some((known) => known.test(module)),
  );
  return { reads: outside || harmful || HIDDEN.test(text.replace(REQUIRED, '')), loads };
}
