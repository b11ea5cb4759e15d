/** `npm run images -- bundle [<name>...]`: the programs of images that are TypeScript, each as one file. */
import { fileURLToPath } from 'node:url';
import { PROGRAMS, writeProgram } from './images/bundle.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What is done, by its name; each is given the words after it. @returns the exit status */
const ACTIONS: Readonly<Record<string, (words: readonly string[]) => Promise<number>>> = { bundle };

async function bundle(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !Object.hasOwn(PROGRAMS, name));
  if (unknown !== undefined) return wrong(`there is no program ${unknown}`, Object.keys(PROGRAMS));
  for (const name of names.length > 0 ? names : Object.keys(PROGRAMS)) {
    const { file, bytes } = await writeProgram(root, name);
    process.stdout.write(`${file}  ${(bytes / 1000).toFixed(0)} kB\n`);
  }
  return 0;
}

function wrong(what: string, known: readonly string[]): number {
  process.stderr.write(`${what}; use one of: ${known.join(', ')}\n`);
  return 2;
}

const [action = '', ...words] = process.argv.slice(2);
const known = Object.hasOwn(ACTIONS, action) ? ACTIONS[action]! : undefined;
process.exitCode = known
  ? await known(words)
  : wrong(`images: what is to be done? found ${JSON.stringify(action)}`, Object.keys(ACTIONS));
