import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { FOR_DEVELOPERS, mayImport, ROOMS } from './rooms.ts';

const test = suite('the picture of the house');
const root = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(`${root}CONTRIBUTING.md`, 'utf8');
const picture = /```mermaid\n(.*?)```/s.exec(text)?.[1] ?? '';

interface Arrow {
  from: string;
  to: string;
  /** Dotted: it writes into the other, which it therefore imports. */
  writes: boolean;
}

/** The rooms that a picture draws. */
function drawnIn(drawing: string): string[] {
  return [...drawing.matchAll(/^ +([a-z-]+)[[(]+"([a-z-]+): /gm)].map(([, id, says]) => {
    assert.is(says, id, 'a box begins with the name of its room');
    return id!;
  });
}

/** The arrows of a picture, also those of a row `a --> b --> c`. */
function arrowsIn(drawing: string): Arrow[] {
  return drawing.split('\n').flatMap((line) => {
    const [first, ...rest] = line.trim().split(/ (-->|-\. \w+ \.->) /);
    let from = first!;
    return rest.flatMap((to, index) => {
      if (index % 2 === 0) return [];
      const arrow = { from, to, writes: rest[index - 1] !== '-->' };
      from = to;
      return [arrow];
    });
  });
}

/** The arrows against the direction in which rooms may import. */
function wrongArrows(drawing: string): Arrow[] {
  return arrowsIn(drawing).filter(({ from, to, writes }) =>
    writes ? !mayImport(from, to) : !mayImport(to, from),
  );
}

test('every room is drawn, and nothing else', () => {
  assert.equal(drawnIn(picture).sort(), Object.keys(ROOMS).sort());
  for (const folder of FOR_DEVELOPERS) assert.match(text, `\`${folder}/\``);
});

test('every arrow is an import that the rooms allow', () => {
  assert.ok(arrowsIn(picture).length > 20);
  assert.equal(wrongArrows(picture), []);
});

test('every room but the three that all use has an arrow', () => {
  const ends = new Set(arrowsIn(picture).flatMap(({ from, to }) => [from, to]));
  const alone = Object.keys(ROOMS).filter((room) => !ends.has(room));
  assert.equal(alone.sort(), ['contract', 'files', 'finding']);
});

test('an arrow in the wrong direction, and a room that is not there, are seen', () => {
  assert.equal(wrongArrows('  load --> git --> check'), [
    { from: 'load', to: 'git', writes: false },
    { from: 'git', to: 'check', writes: false },
  ]);
  assert.equal(wrongArrows('  store -. entries .-> publish').length, 1);
  assert.equal(drawnIn('  cellar["cellar: dark"]\n  store[("store: names")]'), ['cellar', 'store']);
});

test('every file that the table of changes names exists', () => {
  const table = text.split('## Where do I change')[1]!.split('\n## ')[0]!;
  const files = [...table.matchAll(/`((?:tools|schemas)\/[^`]+)`/g)].map(([, file]) => file!);
  assert.ok(files.length > 8);
  assert.equal(
    files.filter((file) => !existsSync(`${root}${file}`)),
    [],
  );
});

test.run();
