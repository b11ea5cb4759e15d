import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { parsers } from 'prettier/plugins/babel';
import { sourcesBelow } from './sources.ts';

/** What each room of `tools/` may import of ours; `load:types` is load's types alone. */
export const ROOMS: Readonly<Record<string, readonly string[] | 'anything'>> = {
  contract: [],
  finding: [],
  git: ['contract', 'files'],
  load: ['contract', 'finding', 'git', 'files'],
  access: ['contract', 'load:types'],
  check: ['contract', 'finding', 'access', 'load'],
  review: ['contract', 'finding', 'load:types', 'check', 'access'],
  bundle: ['contract', 'access', 'load:types'],
  enforce: ['contract', 'access'],
  // Beside the design: how files that are ours alone are written.
  files: ['contract'],
  store: ['contract', 'files'],
  publish: ['contract', 'bundle', 'store', 'git', 'access', 'files'],
  follow: ['contract', 'enforce', 'store', 'files'],
  report: ['contract', 'git', 'store'],
  deliver: ['contract', 'access', 'bundle:types', 'store', 'publish', 'report'],
  propose: ['contract', 'finding', 'git', 'load', 'access', 'check', 'store', 'report'],
  // A company that begins, or comes from another system.
  adopt: ['contract', 'finding', 'load', 'access', 'check'],
  output: ['contract', 'finding', 'types'],
  github: ['contract', 'finding', 'output', 'review', 'propose'],
  terraform: ['contract', 'load', 'files'],
  serve: ['contract'],
  // Beside the design: certificates for a first deployment, for tests and for one machine.
  certificates: ['contract', 'files'],
  // The company moved to one machine, and the programs that run it there: for `npm start` and the compose file.
  local: [
    'contract',
    'finding',
    'git',
    'load',
    'access',
    'check',
    'bundle',
    'store',
    'publish',
    'certificates',
    'files',
  ],
  // Beside the design: the access tests that are tried through real components.
  smoke: ['contract', 'files', 'load', 'access', 'check', 'bundle', 'certificates', 'local'],
  // Beside the design: what a first deployment needs, found and done.
  doctor: ['contract', 'files', 'load', 'certificates', 'github'],
  commands: 'anything',
  images: 'anything',
};

/** What no program of an image may import: a command is for people, the rest for developers. */
const NOT_IN_IMAGES = ['commands', 'cli.ts'];

/** Rooms that only developers run; they may import anything, and no other room may import them. */
export const FOR_DEVELOPERS = ['testing', 'simulation', 'terraform-checks', 'tunnel-checks', 'dev'];

/** Rooms without file system, network, clock or randomness; what comes in comes as an argument. */
export const PURE = ['access', 'check', 'review', 'bundle', 'enforce', 'terraform'];

/** The one file outside git/ that runs another program. */
const PROGRAM = 'terraform/program.ts';

/** The files of a pure room that are not: they run Terraform, so that the rest of their room need not. */
const IMPURE_FILES = [PROGRAM, 'terraform/account.ts', 'terraform/locks.ts', 'terraform/stack.ts'];

/** Node's modules that only compute. */
const COMPUTING = ['node:crypto', 'node:zlib', 'node:util'];

/** What only one room may touch: a pattern of a module's name, or of the text. */
const ALONE: readonly {
  rooms: readonly string[];
  /** Files of other rooms that may, each for a reason that is said there. */
  except?: readonly string[];
  module?: RegExp;
  text?: RegExp;
  says: string;
}[] = [
  {
    rooms: ['git', 'local', PROGRAM],
    module: /^node:child_process$/,
    says: `only git/ and local/ run another program, and ${PROGRAM} Terraform`,
  },
  {
    rooms: ['store', 'publish', 'doctor'],
    module: /^@aws-sdk\//,
    says: 'only store/, publish/ and doctor/ speak to AWS',
  },
  { rooms: ['github'], module: /^@octokit\//, says: 'only github/ imports Octokit' },
  {
    // git hands its own environment on to the program git.
    // An image is started by its environment, as the command line is.
    rooms: ['cli.ts', 'git', 'images'],
    text: /\bprocess\.(argv|env|exit|exitCode)\b/,
    says: 'only cli.ts touches argv, env and exit codes',
  },
  {
    rooms: [],
    text: /\.(stdout|stderr)\.write\b|\bconsole\.[a-z]+\(/,
    says: 'nothing is written but by print of contract/terminal-text.ts, which takes clean text alone',
  },
  {
    // Commands write what a person asked for into the working tree, and an image what Docker mounts.
    rooms: ['files', 'commands', 'images'],
    text: /(?<!\.)\b((write|append|copy)File|rename|mkdir|cp)(Sync)?\(|\bopen(Sync)?\([^)]*'[wa]\+?'/,
    except: ['store/embedded/folder-lock.ts'],
    says: 'only files/ writes files: new ones apart, and never through a link',
  },
  {
    rooms: ['contract', 'output'],
    text: /\bas TerminalText\b/,
    says: 'only contract/ and output/ say what clean text is',
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

/** What was found in each text: parsing is slow, and several rules ask for the same. */
const known = new Map<string, Import[]>();

/** Every module that a text imports, statically or not. */
export function importsOf(text: string): Import[] {
  const found = known.get(text) ?? readImports(text);
  known.set(text, found);
  return found;
}

function readImports(text: string): Import[] {
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
  // Prettier's own options are of no use here; its parser wants some. The compiler's own takes four times as long.
  visit(parsers['babel-ts'].parse(text, {} as never));
  return found;
}

/**
 * What a file of a room does that its room may not.
 * @param file its path below `tools/`, with slashes; `../images/...` for one of an image
 */
export function trespasses(file: string, text: string): string[] {
  const room = roomOf(file);
  const imports = importsOf(text);
  return [...imports.flatMap((one) => strayImport(file, room, one)), ...strayText(file, room, text)];
}

/** The room of a file, by its path below `tools/`. */
export function roomOf(file: string): string {
  return file.replace(/^\.\.\/images\//, 'images/').split('/')[0]!;
}

/** The path below `tools/` of what a file imports by a relative path. */
function targetOf(file: string, module: string): string {
  return posix.join(posix.dirname(file), module).replace(/^\.\.\/tools\//, '');
}

function strayImport(file: string, room: string, { module, typeOnly }: Import): string[] {
  const alone = ALONE.find(
    (one) => one.module?.test(module) && !one.rooms.includes(room) && !one.rooms.includes(file),
  );
  if (alone) return [`imports ${module}: ${alone.says}`];
  if (!module.startsWith('.')) {
    const impure =
      PURE.includes(room) &&
      !IMPURE_FILES.includes(file) &&
      module.startsWith('node:') &&
      !COMPUTING.includes(module);
    return impure ? [`imports ${module}: ${room}/ is pure`] : [];
  }
  const target = targetOf(file, module);
  // The schemas are the contract itself, as data.
  if (target.startsWith('../schemas/')) return [];
  const other = roomOf(target);
  if (room === 'images' && NOT_IN_IMAGES.includes(other)) return [`imports ${target}: images/ may not`];
  const fine = room === 'cli.ts' || mayImport(room, other, typeOnly);
  return fine ? [] : [`imports ${target}: ${room}/ may not`];
}

/** Whether a room may import of another: anything, or types alone. */
export function mayImport(room: string, other: string, typeOnly = true): boolean {
  if (other === room) return true;
  const allowed = ROOMS[room] ?? [];
  if (allowed === 'anything') return !FOR_DEVELOPERS.includes(other);
  const types = [`${other}:types`, ...(FOR_DEVELOPERS.includes(other) ? [] : ['types'])];
  return allowed.includes(other) || (typeOnly && types.some((one) => allowed.includes(one)));
}

function strayText(file: string, room: string, text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const alone = ALONE.filter(
    (one) => one.text?.test(code) && !one.rooms.includes(room) && !one.except?.includes(file),
  );
  const impure = PURE.includes(room) ? IMPURE.exec(code) : null;
  return [...alone.map(({ says }) => says), ...(impure ? [`uses ${impure[0]}: ${room}/ is pure`] : [])];
}

/** Every file of `tools/` and `images/` that a room's rules are for: not the developers' own, nor tests. */
export function filesOfRooms(tools: string): SourceFile[] {
  return filesBelow(tools).filter(
    ({ file }) =>
      !FOR_DEVELOPERS.includes(roomOf(file)) &&
      !dirname(file).split('/').includes('testing') &&
      !isTest(file),
  );
}

/** A file by its path below `tools/`, with its text. */
export interface SourceFile {
  file: string;
  text: string;
}

/** Every TypeScript file of `tools/` and `images/`. */
export function filesBelow(tools: string): SourceFile[] {
  return [tools, join(tools, '../images')]
    .filter((folder) => existsSync(folder))
    .flatMap(sourcesBelow)
    .map((path) => ({
      file: relative(tools, path).replaceAll('\\', '/'),
      text: readFileSync(path, 'utf8'),
    }))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
}

function isTest(file: string): boolean {
  return /\.test\.ts$/.test(file);
}

/** What each file needs to be loaded before it: imports of types alone need nothing. */
export function needsOf(files: readonly SourceFile[]): Map<string, Set<string>> {
  return new Map(
    files.map(({ file, text }) => {
      const values = importsOf(text).filter(({ module, typeOnly }) => !typeOnly && module.startsWith('.'));
      return [file, new Set(values.map(({ module }) => targetOf(file, module)))];
    }),
  );
}

/** The same between rooms. */
export function needsOfRooms(files: ReadonlyMap<string, ReadonlySet<string>>): Map<string, Set<string>> {
  const rooms = new Map<string, Set<string>>();
  for (const [file, needs] of files) {
    const room = roomOf(file);
    const others = rooms.get(room) ?? new Set<string>();
    rooms.set(room, others);
    for (const need of needs) if (roomOf(need) !== room) others.add(roomOf(need));
  }
  return rooms;
}

/** The circles among things that need each other, one for each place where one closes: `a -> b -> a`. */
export function circlesIn(needs: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (one: string, path: readonly string[]): void => {
    const at = path.indexOf(one);
    if (at >= 0) return void circles.push([...path.slice(at), one].join(' -> '));
    if (done.has(one)) return;
    for (const need of needs.get(one) ?? []) visit(need, [...path, one]);
    done.add(one);
  };
  for (const one of needs.keys()) visit(one, []);
  return circles;
}
