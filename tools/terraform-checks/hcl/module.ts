import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Node } from 'web-tree-sitter';
import { type HclAttribute, type Block, type HclBody, type HclFault, parse } from './parse.ts';

/** One folder of Terraform files, by what they declare. */
export interface Module {
  /** The folder's path, with slashes. */
  folder: string;
  /** Whether it is applied by itself, and not called by another. */
  top: boolean;
  files: readonly string[];
  variables: readonly Block[];
  outputs: readonly Block[];
  resources: readonly Block[];
  data: readonly Block[];
  calls: readonly Block[];
  terraform: readonly Block[];
  providers: readonly Block[];
  locals: readonly HclAttribute[];
  /** Blocks of other types: moved, import, removed, check. */
  others: readonly Block[];
  faults: readonly HclFault[];
}

/** The Terraform files below a folder, by path; what begins with a dot is not looked into. */
export function filesBelow(folder: string, shown: string): Map<string, string> {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
  return new Map(
    entries.flatMap((entry): (readonly [string, string])[] => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return [...filesBelow(path, `${shown}/${entry.name}`)];
      return entry.name.endsWith('.tf')
        ? [[`${shown}/${entry.name}`, readFileSync(path, 'utf8')] as const]
        : [];
    }),
  );
}

/** The modules of files: one for each folder that has any. */
export function modulesOf(files: ReadonlyMap<string, string>): Module[] {
  const sorted = [...files].sort();
  const folders = [...new Set(sorted.map(([path]) => posix.dirname(path)))];
  return folders.map((folder) =>
    moduleOf(
      folder,
      sorted.filter(([path]) => posix.dirname(path) === folder),
    ),
  );
}

function moduleOf(folder: string, files: readonly (readonly [string, string])[]): Module {
  const parsed = files.map(([path, text]) => parse(path, text));
  const blocks = parsed.flatMap(({ body }) => body.blocks);
  const of = (type: string): Block[] => blocks.filter((block) => block.type === type);
  const known = ['variable', 'output', 'resource', 'data', 'module', 'terraform', 'provider', 'locals'];
  return {
    folder,
    top: !/(^|\/)modules\//.test(folder),
    files: files.map(([path]) => posix.basename(path)),
    variables: of('variable'),
    outputs: of('output'),
    resources: of('resource'),
    data: of('data'),
    calls: of('module'),
    terraform: of('terraform'),
    providers: of('provider'),
    locals: of('locals').flatMap(({ body }) => body.attributes),
    others: blocks.filter(({ type }) => !known.includes(type)),
    faults: parsed.flatMap(({ faults }) => faults),
  };
}

/** The value of an attribute. */
export function attribute(body: HclBody, name: string): Node | undefined {
  return body.attributes.find((one) => one.name === name)?.value;
}

/** Every attribute of a body and of the blocks in it, with the names bound there by `dynamic`. */
export function everyAttribute(
  body: HclBody,
  bound: ReadonlySet<string> = new Set(),
): { attribute: HclAttribute; bound: ReadonlySet<string> }[] {
  return [
    ...body.attributes.map((one) => ({ attribute: one, bound })),
    ...body.blocks.flatMap((block) => everyAttribute(block.body, boundIn(block, bound))),
  ];
}

function boundIn(block: Block, bound: ReadonlySet<string>): ReadonlySet<string> {
  if (block.type !== 'dynamic') return bound;
  const iterator = attribute(block.body, 'iterator')?.text ?? block.labels[0]!;
  return new Set([...bound, iterator]);
}
