import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { parsers } from 'prettier/plugins/typescript';

/** What each room of `tools/` may import of ours; `load:types` is load's types alone. */
export const ROOMS: Readonly<Record<string, readonly string[] | 'anything'>> = {
  contract: [],
  finding: [],
  git: ['contract'],
  load: ['contract', 'finding', 'git'],
  access: ['contract', 'load:types'],
  check: ['contract', 'finding', 'access', 'load'],
  review: ['contract', 'finding', 'load:types', 'check', 'access'],
  bundle: ['contract', 'access', 'load:types'],
  enforce: ['contract', 'access'],
  store: ['contract'],
  publish: ['contract', 'bundle', 'store', 'git', 'access'],
  follow: ['contract', 'enforce', 'store'],
  report: ['contract', 'git', 'store'],
  deliver: ['contract', 'access', 'bundle:types', 'store', 'publish', 'report'],
  propose: ['contract', 'finding', 'git', 'load', 'access', 'check', 'store', 'report'],
  output: ['contract', 'finding', 'types'],
  github: ['contract', 'finding', 'output', 'review', 'propose'],
  terraform: ['contract', 'load'],
  serve: ['contract'],
  commands: 'anything',
};

/** Rooms that only developers run; they may import anything, and no other room may import them. */
export const FOR_DEVELOPERS = ['testing', 'simulation', 'terraform-checks', 'dev'];

/** Rooms without file system, network, clock or randomness; what comes in comes as an argument. */
export const PURE = ['access', 'check', 'review', 'bundle', 'enforce', 'terraform'];

/** The one file of a pure room that is not: it runs Terraform, so that the rest of its room need not. */
const PROGRAM = 'terraform/program.ts';

/** Node's modules that only compute. */
const COMPUTING = ['node:crypto', 'node:zlib', 'node:util'];

/** What only one room may touch: a pattern of a module's name, or of the text. */
const ALONE: readonly { rooms: readonly string[]; module?: RegExp; text?: RegExp; says: string }[] = [
  {
    rooms: ['git', PROGRAM],
    module: /^node:child_process$/,
    says: `only git/ runs another program, and ${PROGRAM} Terraform`,
  },
  { rooms: ['store', 'publish'], module: /^@aws-sdk\//, says: 'only store/ and publish/ speak to AWS' },
  { rooms: ['github'], module: /^@octokit\//, says: 'only github/ imports Octokit' },
  {
    // git hands its own environment on to the program git.
    rooms: ['cli.ts', 'git'],
    text: /\bprocess\.(argv|env|exit|exitCode)\b/,
    says: 'only cli.ts touches argv, env and exit codes',
  },
];

/** The clock, randomness and the network, where no module needs to be imported. */
const IMPURE =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bfetch\(|\bprocess\.|\bsetTimeout\(|\bperformance\./;

/** One import of a file. */
export interface Import {
  module: string;
  typeOnly: boolean;
}

interface AstNode {
  type: string;
  source?: { value?: unknown } | null;
  importKind?: string;
  exportKind?: string;
  [key: string]: unknown;
}

/** Every module that a text imports, statically or not. */
export function importsOf(text: string): Import[] {
  const found: Import[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== 'object' || node === null) return;
    const { type, source, importKind, exportKind } = node as AstNode;
    if (/^(Import|Export)/.test(type ?? '') && typeof source?.value === 'string') {
      found.push({ module: source.value, typeOnly: importKind === 'type' || exportKind === 'type' });
    }
    for (const [key, value] of Object.entries(node)) if (key !== 'comments' && key !== 'tokens') visit(value);
  };
  // Prettier's own options are of no use here; its parser wants some.
  visit(parsers.typescript.parse(text, {} as never));
  return found;
}

/** What a file of a room does that its room may not; `file` is its path below `tools/`, with slashes. */
export function trespasses(file: string, text: string): string[] {
  const room = file.split('/')[0]!;
  const imports = importsOf(text);
  return [...imports.flatMap((one) => strayImport(file, room, one)), ...strayText(room, text)];
}

function strayImport(file: string, room: string, { module, typeOnly }: Import): string[] {
  const alone = ALONE.find(
    (one) => one.module?.test(module) && !one.rooms.includes(room) && !one.rooms.includes(file),
  );
  if (alone) return [`imports ${module}: ${alone.says}`];
  if (!module.startsWith('.')) {
    const impure =
      PURE.includes(room) && file !== PROGRAM && module.startsWith('node:') && !COMPUTING.includes(module);
    return impure ? [`imports ${module}: ${room}/ is pure`] : [];
  }
  const target = posix.join(posix.dirname(file), module);
  // The schemas are the contract itself, as data.
  if (target.startsWith('../schemas/')) return [];
  const other = target.split('/')[0]!;
  const allowed = ROOMS[room];
  if (other === room || (allowed === 'anything' && !FOR_DEVELOPERS.includes(other)) || room === 'cli.ts')
    return [];
  const fine =
    allowed !== 'anything' &&
    allowed?.some(
      (one) =>
        one === other ||
        ((one === `${other}:types` || (one === 'types' && !FOR_DEVELOPERS.includes(other))) && typeOnly),
    );
  return fine ? [] : [`imports ${target}: ${room}/ may not`];
}

function strayText(room: string, text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const alone = ALONE.filter((one) => one.text?.test(code) && !one.rooms.includes(room));
  const impure = PURE.includes(room) ? IMPURE.exec(code) : null;
  return [...alone.map(({ says }) => says), ...(impure ? [`uses ${impure[0]}: ${room}/ is pure`] : [])];
}

/** Every file of `tools/` that a room's rules are for: not the developers' own, nor tests. */
export function filesOfRooms(tools: string): { file: string; text: string }[] {
  return readdirSync(tools, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?ts$/.test(entry.name) && !/\.test\.ts$/.test(entry.name))
    .map((entry) => relative(tools, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter(
      (file) =>
        !FOR_DEVELOPERS.includes(file.split('/')[0]!) && !dirname(file).split('/').includes('testing'),
    )
    .sort()
    .map((file) => ({ file, text: readFileSync(join(tools, file), 'utf8') }));
}
