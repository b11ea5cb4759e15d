import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import {
  circlesIn,
  filesBelow,
  filesOfRooms,
  importsOf,
  needsOf,
  needsOfRooms,
  PURE,
  roomOf,
  ROOMS,
  trespasses,
} from './rooms.ts';
import { suite } from '../testing/suite.ts';

const tools = fileURLToPath(new URL('../', import.meta.url));
const files = filesOfRooms(tools);

// slow: over 5 s
const test = suite('rooms');

test('every folder of tools/ is a room', () => {
  const rooms = new Set(files.map(({ file }) => roomOf(file)));
  assert.equal(
    [...rooms].filter((room) => !(room in ROOMS) && room !== 'cli.ts'),
    [],
  );
  assert.ok(files.length > 100);
});

for (const room of [...Object.keys(ROOMS), 'cli.ts']) {
  test(`${room} imports only what it may${PURE.includes(room) ? ', and is pure' : ''}`, () => {
    const found = files
      .filter(({ file }) => roomOf(file) === room)
      .flatMap(({ file, text }) => trespasses(file, text).map((says) => `tools/${file} ${says}`));
    assert.equal(found, []);
  });
}

test('no file needs itself to be loaded, by whatever way', () => {
  assert.equal(circlesIn(needsOf(filesBelow(tools))), []);
});

test('no room needs itself by way of others', () => {
  assert.equal(circlesIn(needsOfRooms(needsOf(files))), []);
  const table = Object.entries(ROOMS).map(([room, may]): [string, Set<string>] => [
    room,
    new Set(may === 'anything' ? [] : may),
  ]);
  assert.equal(circlesIn(new Map(table)), []);
});

test('a planted circle of files is seen, and so is one of rooms; types alone make none', () => {
  const planted = needsOf([
    { file: 'a/one.ts', text: "import { two } from '../b/two.ts';" },
    { file: 'b/two.ts', text: "export { three } from './three.ts';\nimport '../c/leaf.ts';" },
    { file: 'b/three.ts', text: "const one = await import('../a/one.ts');" },
    { file: 'c/leaf.ts', text: "import type { one } from '../a/one.ts';" },
    { file: '../images/agent/main.ts', text: "import { leaf } from '../../tools/c/leaf.ts';" },
  ]);
  assert.equal(circlesIn(planted), ['a/one.ts -> b/two.ts -> b/three.ts -> a/one.ts']);
  const rooms = needsOfRooms(planted);
  assert.equal(circlesIn(rooms), ['a -> b -> a']);
  assert.equal([...rooms.get('images')!], ['c']);
});

test('every kind of import is seen', () => {
  const text = [
    "import a from './a.ts';",
    "import type { B } from './b.ts';",
    "export { c } from './c.ts';",
    "export * from './d.ts';",
    "const e = await import('./e.ts');",
    "import './f.ts';",
  ].join('\n');
  const modules = importsOf(text).map(({ module, typeOnly }) => `${module}${typeOnly ? ' type' : ''}`);
  assert.equal(modules, ['./a.ts', './b.ts type', './c.ts', './d.ts', './e.ts', './f.ts']);
});

const WRONG: [string, string, RegExp][] = [
  ['access/a.ts', "import { load } from '../load/load.ts';", /access\/ may not/],
  ['access/a.ts', "import { readFile } from 'node:fs';", /is pure/],
  ['access/a.ts', 'export const now = Date.now();', /is pure/],
  ['check/a.ts', 'export const now = new Date();', /is pure/],
  ['contract/a.ts', "import '../finding/finding.ts';", /contract\/ may not/],
  ['follow/a.ts', "import { git } from '../git/git.ts';", /follow\/ may not/],
  ['commands/a.ts', "import '../testing/repository.ts';", /commands\/ may not/],
  ['terraform/a.ts', "import { spawn } from 'node:child_process';", /only git\//],
  ['terraform/a.ts', "import { readFile } from 'node:fs';", /is pure/],
  ['load/a.ts', "import { spawn } from 'node:child_process';", /only git\//],
  ['follow/a.ts', "import { SSMClient } from '@aws-sdk/client-ssm';", /only store\//],
  ['commands/a.ts', "import { Octokit } from '@octokit/rest';", /only github\//],
  ['commands/a.ts', 'process.exit(1);', /only cli\.ts/],
  ['commands/a.ts', 'process.stdout.write(text);', /by print/],
  ['cli.ts', 'console.log(text);', /by print/],
  ['commands/a.ts', 'out(text as TerminalText);', /what clean text is/],
  ['follow/a.ts', 'writeFileSync(path, text, { mode: 0o600 });', /only files\//],
  ['store/a.ts', "await open(path, 'w', 0o600);", /only files\//],
  ['load/a.ts', 'mkdirSync(folder, { recursive: true });', /only files\//],
  ['../images/agent/main.ts', "import '../../tools/commands/follow.ts';", /images\/ may not/],
  ['../images/agent/main.ts', "import '../../tools/cli.ts';", /images\/ may not/],
  ['../images/agent/main.ts', "import '../../tools/simulation/main.ts';", /images\/ may not/],
  ['../images/agent/main.ts', "import { Octokit } from '@octokit/rest';", /only github\//],
];

test('an image may import rooms, its own files and its environment', () => {
  const text = "import '../../tools/follow/loop.ts';\nimport './own.ts';\nprocess.env.HOME;";
  assert.equal(trespasses('../images/agent/main.ts', text), []);
});

for (const [file, text, says] of WRONG) {
  test(`\`${text}\` in ${file} is seen`, () => assert.match(trespasses(file, text).join(), says));
}

test.run();
