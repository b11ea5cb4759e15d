import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KINDS, type Kind } from '../../contract/kinds.ts';
import type { Finding } from '../../finding/finding.ts';
import { loadFile } from '../file.ts';
import { parse } from '../yaml/parse.ts';

/** One file of `schemas/examples/`. */
export interface SchemaExample {
  kind: Kind;
  /** Path from the project's root. */
  file: string;
  valid: boolean;
  bytes: Buffer;
  /** Its plain value. */
  value: unknown;
  /** What the loader says of it at a place where it could be. */
  findings: Finding[];
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Every example of every kind of file that people edit. */
export function readExamples(): SchemaExample[] {
  return KINDS.flatMap(({ kind }) => ['valid', 'invalid'].flatMap((folder) => examplesIn(kind, folder)));
}

function examplesIn(kind: Kind, folder: string): SchemaExample[] {
  const home = `schemas/examples/${kind}/${folder}`;
  return readdirSync(`${root}${home}`)
    .sort()
    .map((name) => {
      const bytes = readFileSync(`${root}${home}/${name}`);
      const { value } = parse(bytes.toString('utf8'));
      const { findings } = loadFile({ path: placeOf(kind, value), bytes });
      return { kind, file: `${home}/${name}`, valid: folder === 'valid', bytes, value, findings };
    });
}

/** The path at which a file of a kind would be, by the id that it gives itself. */
export function placeOf(kind: Kind, value: unknown): string {
  const { path, idFrom } = KINDS.find((one) => one.kind === kind)!;
  const given = (value as { id?: unknown } | undefined)?.id;
  const id = typeof given === 'string' && /^[a-z][a-z0-9-]*$/.test(given) ? given : 'example';
  return idFrom === 'file' && path.startsWith('environments/')
    ? path.replace('*', 'live').replace('*', id)
    : path.replace('*', id);
}
