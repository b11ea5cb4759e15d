import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { validateFixes, type Fixes } from '../contract/shapes.ts';
import { copyMiniature } from '../testing/miniature.ts';
import { suite } from '../testing/suite.ts';
import type { Context } from './shared/command.ts';
import { fix } from './fix.ts';

const test = suite('commands: fix');
const root = mkdtempSync(join(tmpdir(), 'ztna-fix-'));
const WIKI = join(root, 'policies/services/wiki.yaml');
const POLICY = join(root, 'policies/access/everyone-wiki.yaml');

/** Breaks some files on one line each, as people would, in a fresh copy of the company. */
function broken(...edits: readonly (readonly [file: string, from: RegExp, to: string])[]): string[] {
  copyMiniature(root);
  return edits.map(([file, from, to]) => {
    const before = readFileSync(file, 'utf8');
    const after = before.replace(from, to);
    assert.is.not(after, before, `${file} ${from}`);
    writeFileSync(file, after);
    return before;
  });
}

async function run(options: Record<string, unknown> = {}): Promise<{ status: number; out: string }> {
  let out = '';
  const context: Context = {
    root,
    state: join(root, '.ztna'),
    now: () => new Date('2026-06-01T12:00:00Z'),
    out: (text) => void (out += text),
    err: () => undefined,
    terminal: false,
    signal: new AbortController().signal,
    env: {},
  };
  return { status: await fix.run({ arguments: [], options }, context), out };
}

test.after(() => rmSync(root, { recursive: true, force: true }));

test('what is not meant in two ways is put right, one fault behind another too, and says so', async () => {
  const [before] = broken([WIKI, /protocol: tcp\nports: \[443\]/, 'protocol: TCP\nports: 0443']);
  const { status, out } = await run();
  assert.is(status, 0, out);
  assert.is(readFileSync(WIKI, 'utf8'), before);
  assert.match(out, /^fixed policies\/services\/wiki\.yaml:\d+:8 yaml-ambiguous .*; write \[443\]\n/);
  assert.match(out, /fixed policies\/services\/wiki\.yaml:\d+:11 schema-enum .*; write tcp\n/);
  assert.match(out, /\nfixed 2 in 1 file; .* left to decide\n$/);
});

test('a dry run changes nothing, and JSON has what was done and what is left', async () => {
  broken([WIKI, /protocol: tcp/, 'protocol: TCP'], [POLICY, /owner: .*/, 'owner: ann@example.com']);
  const text = readFileSync(WIKI, 'utf8');
  const { status, out } = await run({ dryRun: true, json: true });
  assert.is(readFileSync(WIKI, 'utf8'), text);
  const value = JSON.parse(out) as Fixes;
  assert.ok(validateFixes(value), JSON.stringify(validateFixes.errors));
  assert.equal(value.written, ['policies/services/wiki.yaml']);
  assert.is(value.fixed.length, 1);
  assert.is(value.errors, 1);
  assert.is(status, 1, 'an owner is for a person to decide');
  assert.match((await run({ dryRun: true })).out, /^would fix policies\/services\/wiki\.yaml/);
});

test('a name with one slip is put right, and nothing is done to what is right', async () => {
  const [before] = broken([POLICY, /wiki\]/, 'wikki]']);
  assert.is((await run()).status, 0);
  assert.is(readFileSync(POLICY, 'utf8'), before);
  assert.match((await run()).out, /fixed 0; .* left to decide\n$/);
});

test('what only another command puts right is left, and said: a file of code owners that is behind', async () => {
  broken([WIKI, /protocol: tcp/, 'protocol: TCP']);
  const owners = join(root, 'CODEOWNERS');
  writeFileSync(owners, '* @example/nobody\n');
  const { status, out } = await run();
  rmSync(owners);
  assert.is(status, 1, out);
  assert.match(out, /\nCODEOWNERS:1:1 codeowners .*; write it anew: npx ztna codeowners\n/);
  assert.match(out, /\nfixed 1 in 1 file; 1 error/);
});

test.run();
