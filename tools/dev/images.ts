/**
 * `npm run images -- <action>`:
 *
 *   bundle [<name>...]    the programs of images that are TypeScript, each as one file in images/dist
 *   base --out <tar>      a base for building without a network; --arch amd64|arm64
 *   build [<image>...]    the images, with Docker or Buildah; --offline <tar>, --engine, --arch
 *   compose               whether compose.yaml says what the YAML of its environment does
 *   prove                 builds all of them without a network, and tries them on an engine of its own
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Fault, faultText } from '../contract/fault.ts';
import { build } from './images/build/build.ts';
import { run } from './images/build/engine.ts';
import { architectureOf, ownArchitecture } from './images/build/machine.ts';
import { loadValid } from '../load/load.ts';
import { composeFaults } from './images/compose-file.ts';
import { PROGRAMS, writeProgram } from './images/bundle.ts';
import { prove } from './images/prove/prove.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What is done, by its name; each is given the words after it. @returns the exit status */
const ACTIONS: Readonly<Record<string, (words: readonly string[]) => Promise<number>>> = {
  bundle,
  base,
  build: (words) => build(root, words),
  compose,
  prove: (words) => prove(root, words),
};

async function bundle(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !Object.hasOwn(PROGRAMS, name));
  if (unknown !== undefined) return wrong(`there is no program ${unknown}`, Object.keys(PROGRAMS));
  for (const name of names.length > 0 ? names : Object.keys(PROGRAMS)) {
    const { file, bytes } = await writeProgram(root, name);
    process.stdout.write(`${file}  ${(bytes / 1000).toFixed(0)} kB\n`);
  }
  return 0;
}

async function base(words: readonly string[]): Promise<number> {
  const options = { arch: { type: 'string' }, out: { type: 'string' } } as const;
  const { arch, out } = parseArgs({ args: [...words], options }).values;
  if (out === undefined) throw new Fault('base: --out is missing', 'write: --out base.tar');
  run([`${root}images/base.sh`, arch === undefined ? ownArchitecture() : architectureOf(arch), out]);
  return 0;
}

async function compose(): Promise<number> {
  const { repository } = await loadValid(root);
  const faults = composeFaults(readFileSync(`${root}compose.yaml`, 'utf8'), repository);
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  return faults.length > 0 ? 1 : 0;
}

function wrong(what: string, known: readonly string[]): number {
  process.stderr.write(`${what}; use one of: ${known.join(', ')}\n`);
  return 2;
}

const [action = '', ...words] = process.argv.slice(2);
const known = Object.hasOwn(ACTIONS, action) ? ACTIONS[action]! : undefined;
try {
  process.exitCode = known
    ? await known(words)
    : wrong(`images: what is to be done? found ${JSON.stringify(action)}`, Object.keys(ACTIONS));
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  process.stderr.write(faultText(error));
  process.exitCode = error.status;
}
