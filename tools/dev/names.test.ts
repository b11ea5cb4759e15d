import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { filesBelow, roomOf, type SourceFile } from './rooms.ts';

const test = suite('names of types and files');
const tools = fileURLToPath(new URL('../', import.meta.url));

/** What the schemas call a text that is written in a certain way; the value that is read of it has that name too. */
const WRITTEN = /^export type \w+ = string;$/;

/** Participles as a whole name, which say what happened to a thing and not what it is; those of adjectives are fine. */
const PARTICIPLE =
  /^([A-Za-z][a-z]*[^e]ed|[Tt]old|[Ss]een|[Gg]iven|[Ff]ound|[Kk]nown|[Kk]ept|[Mm]ade|[Ss]hown|[Tt]aken|[Dd]one|[Hh]eld|[Ss]ent|[Rr]ead|[Ww]ritten|[Gg]one|[Ll]eft)$/;

/** Of the format of files: `policies/revoked.yaml` has such things, and a component writes `applied`. */
const OF_THE_CONTRACT = ['Revoked', 'Applied'];

/** Every type that a file exports, by name; what only says how a text is written is left out. */
function exportedTypes(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, name] = /^export (?:abstract )?(?:interface|type|class|enum) (\w+)/.exec(line) ?? [];
    return name && !WRITTEN.test(line) ? [name] : [];
  });
}

/** The types that more than one room exports: `Name: room, room`. */
function sharedNames(files: readonly SourceFile[]): string[] {
  const rooms = new Map<string, Set<string>>();
  for (const { file, text } of files)
    for (const name of exportedTypes(text)) rooms.set(name, (rooms.get(name) ?? new Set()).add(roomOf(file)));
  return [...rooms]
    .filter(([, of]) => of.size > 1)
    .map(([name, of]) => `${name}: ${[...of].join(', ')}`)
    .sort();
}

/** The files and the exported types that are named by a participle alone. */
function participles(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ file, text }) => {
    const base = file.split('/').at(-1)!.split('.')[0]!;
    const types = exportedTypes(text).filter((name) => PARTICIPLE.test(name));
    return [
      ...(PARTICIPLE.test(base) ? [file] : []),
      ...types.filter((name) => !OF_THE_CONTRACT.includes(name)),
    ];
  });
}

const files = filesBelow(tools).filter(({ file }) => !file.startsWith('contract/generated/validators'));

test('no two rooms export a type of one name', () => {
  assert.ok(files.flatMap(({ text }) => exportedTypes(text)).length > 200);
  assert.equal(sharedNames(files), []);
});

test('no file and no type is named by a participle', () => assert.equal(participles(files), []));

test('a name in two rooms is seen, in whatever way it is declared', () => {
  const planted = [
    { file: 'a/one.ts', text: 'export interface Side {\n}\nexport type Text = string;\ninterface Own {}' },
    { file: 'a/two.ts', text: 'export class Side {}' },
    { file: 'b/one.ts', text: 'export type Side = 1;\nexport class Text {}\nexport interface Own {}' },
  ];
  assert.equal(sharedNames(planted), ['Side: a, b']);
  assert.equal(sharedNames(planted.slice(0, 2)), []);
});

test('a participle is seen; a noun, and a participle before one, are not', () => {
  const text =
    'export interface Asked {\n}\nexport type Told = 1;\nexport type ChangedFile = 1;\nexport type Feed = 1;';
  assert.equal(participles([{ file: 'a/asked.ts', text }]), ['a/asked.ts', 'Asked', 'Told']);
  assert.equal(participles([{ file: 'a/asking-price.test.ts', text: 'export class Price {}' }]), []);
});

test.run();
