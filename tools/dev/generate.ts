/**
 * Writes what is generated from `schemas/`: the types and validators in
 * `tools/contract/generated/`. With `--check` it writes nothing and fails where a file differs.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { typesModule } from './generate/types.ts';
import { validatorDeclarations, validatorsModule } from './generate/validators.ts';
import { referenceDocument } from './generate/reference.ts';
import type { SchemaFile } from './generate/schemas.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Reads every schema. @returns file name without `.schema.json` to schema, in name order */
export function readSchemas(): SchemaFile[] {
  const folder = join(root, 'schemas');
  const names = readdirSync(folder).filter((name) => name.endsWith('.schema.json'));
  return names.sort().map((name) => ({
    name: name.replace('.schema.json', ''),
    schema: JSON.parse(readFileSync(join(folder, name), 'utf8')),
  }));
}

/** @returns path in the repository to text, for every generated file */
export async function generated(schemas: SchemaFile[]): Promise<Map<string, string>> {
  const options = await prettier.resolveConfig(join(root, 'package.json'));
  const format = (text: string, parser: string) => prettier.format(text, { ...options, parser });
  return new Map([
    ['tools/contract/generated/types.ts', await format(await typesModule(schemas), 'typescript')],
    ['tools/contract/generated/validators.mjs', validatorsModule(schemas)],
    ['tools/contract/generated/validators.d.mts', await format(validatorDeclarations(schemas), 'typescript')],
    ['docs/reference.md', await format(referenceDocument(schemas), 'markdown')],
  ]);
}

/** @returns the generated files whose committed text differs */
export async function outdated(): Promise<string[]> {
  const files = await generated(readSchemas());
  return [...files].filter(([path, text]) => readOrEmpty(join(root, path)) !== text).map(([path]) => path);
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
    for (const path of stale) console.error(`${path} is not what schemas/ gives; run: npm run generate`);
    process.exitCode = stale.length ? 1 : 0;
  } else {
    for (const [path, text] of await generated(readSchemas())) writeFileSync(join(root, path), text);
  }
}
