import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../../testing/suite.ts';
import { recordReach, thoseThatCouldSee, treeOf } from './record.ts';

const test = suite<{ root: string; write: (name: string, text: string) => void }>(
  'who could see the company',
);

test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'ztna-reach-'));
  context.write = (name, text) => writeFileSync(join(context.root, name), text);
  execFileSync('git', ['init', '-q', context.root], { cwd: context.root });
  context.write('.gitignore', 'node_modules/\n');
  context.write('a.yaml', 'one');
});

test.after.each(({ root }) => rmSync(root, { recursive: true, force: true }));

const FILES = ['saw.test.ts', 'blind.test.ts', 'unknown.test.ts'];
const SEEN = { 'saw.test.ts': ['starts ls in /'], 'blind.test.ts': [] };

test('only what ran in this very tree and did nothing by which it could is left out', ({ root }) => {
  assert.equal(thoseThatCouldSee(root, FILES), FILES);
  recordReach(root, treeOf(root)!, SEEN);
  assert.equal(thoseThatCouldSee(root, FILES), ['saw.test.ts', 'unknown.test.ts']);
  recordReach(root, treeOf(root)!, { 'unknown.test.ts': [] });
  assert.equal(thoseThatCouldSee(root, FILES), ['saw.test.ts']);
});

test('another content, or one file more that git would take, is another tree', ({ root, write }) => {
  const tree = treeOf(root)!;
  recordReach(root, tree, SEEN);
  write('a.yaml', 'two');
  assert.equal(thoseThatCouldSee(root, FILES), FILES);
  write('a.yaml', 'one');
  write('b.yaml', '');
  assert.equal(thoseThatCouldSee(root, FILES), FILES);
  rmSync(join(root, 'b.yaml'));
  assert.is(treeOf(root), tree);
  recordReach(root, 'another', SEEN);
  assert.equal(thoseThatCouldSee(root, FILES), FILES);
});

test('where no git says what the tree is, none is left out', ({ root }) => {
  recordReach(root, treeOf(root)!, SEEN);
  rmSync(join(root, '.git'), { recursive: true });
  assert.is(treeOf(root), undefined);
  assert.equal(thoseThatCouldSee(root, FILES), FILES);
});

test.run();
