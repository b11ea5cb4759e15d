/**
 * Writes what is generated from `schemas/`: the types and validators in
 * `tools/contract/generated/`, docs/reference.md and docs/limits.md. With `--check` it writes nothing and fails where a file differs.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { KINDS } from '../contract/kinds.ts';
import { parted, whole } from '../testing/schemas.ts';
import { typesModule } from './generate/types.ts';
import { validatorModules } from './generate/validators.ts';
import type { SchemaFile } from './generate/schemas.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Reads every schema. @returns file name without `.schema.json` to schema, in name order */
export function readSchemas(): SchemaFile[] {
  const folder = join(root, 'schemas');
  const names = readdirSync(folder).filter((name) => name.endsWith('.schema.json'));
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const common = read('common.schema.json');
  return names.sort().map((file) => {
    const name = file.replace('.schema.json', '');
    return { name, schema: isEdited(name) ? parted(read(file), common) : read(file) };
  });
}

/** Whether people write files of a schema, which therefore has everything in it. */
const isEdited = (name: string): boolean => KINDS.some(({ kind }) => kind === name);

/** The schemas of what people edit, with the shapes that they share written into each. */
async function wholeSchemas(schemas: SchemaFile[]): Promise<Texts> {
  const common = schemas.find(({ name }) => name === 'common')!.schema;
  const edited = schemas.filter(({ name }) => isEdited(name));
  const texts = edited.map(async ({ name, schema }): Promise<[string, string]> => [
    `schemas/${name}.schema.json`,
    await format(JSON.stringify(whole(schema, common)), 'json'),
  ]);
  return new Map(await Promise.all(texts));
}

/** Path below the repository's root to text. */
type Texts = Map<string, string>;
type Make = (schemas: SchemaFile[]) => Promise<Texts> | Texts;

const one = (path: string, text: string): Texts => new Map([[path, text]]);

/** What makes the generated files, in the order in which they are written. */
const MAKERS: readonly Make[] = [
  wholeSchemas,
  async (schemas) =>
    one('tools/contract/generated/types.ts', await format(await typesModule(schemas), 'typescript')),
  validatorModules,
  async (schemas) => one('docs/reference.md', await reference(schemas)),
  async () => one('docs/limits.md', await limits()),
];

async function format(text: string, parser: string): Promise<string> {
  const options = await prettier.resolveConfig(join(root, 'package.json'));
  return prettier.format(text, { ...options, parser });
}

/** Loaded last: it imports the files generated before it, which a merge may have left broken. */
async function limits(): Promise<string> {
  const { limitsDocument } = await import('./generate/limits.ts');
  return format(limitsDocument(), 'markdown');
}

async function reference(schemas: SchemaFile[]): Promise<string> {
  const { referenceDocument } = await import('./generate/reference.ts');
  return format(referenceDocument(schemas), 'markdown');
}

/** @returns the generated files whose committed text differs */
export async function outdated(): Promise<string[]> {
  const schemas = readSchemas();
  const stale: string[] = [];
  for (const make of MAKERS)
    for (const [path, text] of await make(schemas))
      if (readOrEmpty(join(root, path)) !== text) stale.push(path);
  return stale;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--check')) {
    const stale = await outdated();
    for (const path of stale)
      console.error(`${path} is not what schemas/ (and, for docs, the rules) give; run: npm run generate`);
    process.exitCode = stale.length ? 1 : 0;
  } else {
    const schemas = readSchemas();
    // Emptied first: a schema that is gone leaves no validator behind.
    const validators = join(root, 'tools/contract/generated/validators');
    rmSync(validators, { recursive: true, force: true });
    mkdirSync(validators);
    for (const make of MAKERS)
      for (const [path, text] of await make(schemas)) writeFileSync(join(root, path), text);
  }
}
