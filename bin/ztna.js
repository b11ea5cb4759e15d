#!/usr/bin/env node
/**
 * `ztna <command>`: runs a command from its bundle in `node_modules/.cache/ztna`, or makes the bundle where there is
 * none of the sources as they are. Plain JavaScript, and nothing is required that a warm start does not need.
 */
'use strict';
const { existsSync, readFileSync, statSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const root = join(__dirname, '..');
const cache = join(root, 'node_modules/.cache/ztna');
const command = process.argv[2] ?? '';
const known = /^[a-z][a-z-]*$/.test(command) && existsSync(join(root, `tools/commands/${command}.ts`));
// A word that is no command, and no word at all, need the list of all of them.
const entry = known ? command : 'all';

run(kept() ?? require('./bundle.js').bundle(root, cache, entry));

/** The bundle that was kept, where every source is still as it was. */
function kept() {
  try {
    const file = join(cache, `${entry}.js`);
    const code = readFileSync(file, 'utf8');
    if (!code.endsWith(`=${entry}.js.map\n`)) return undefined;
    // Its first line is `//` and what it was made of.
    const made = JSON.parse(code.slice(2, code.indexOf('\n')));
    return made.root === root && made.inputs.every(isSame) ? { file, code, digest: made.digest } : undefined;
  } catch {
    return undefined;
  }
}

/** A file's size and the instants of its last changes, the second of which no program can set. */
function isSame([path, size, changed, altered]) {
  const now = statSync(join(root, path), { throwIfNoEntry: false });
  if (!now) return size === -1;
  return now.size === size && now.mtimeMs === changed && now.ctimeMs === altered;
}

function run({ file, code, digest }) {
  if (process.env.ZTNA_DEBUG === '1') return runReadably(file, code);
  const compiled = digest && join(cache, `${entry}.${digest}.${process.version}-${process.arch}.v8`);
  const cachedData = compiled && existsSync(compiled) ? readFileSync(compiled) : undefined;
  const script = new Script(code, { filename: file, cachedData });
  if (compiled && (!cachedData || script.cachedDataRejected))
    process.on('exit', () => require('./bundle.js').keep(compiled, script.createCachedData()));
  script.runInThisContext()(require, module);
}

/** Through Node's own loader, which reads source maps: stacks then name the sources. */
function runReadably(file, code) {
  process.setSourceMapsEnabled(true);
  const readable = new (require('node:module'))(file);
  readable._compile(`module.exports = ${code}`, file);
  readable.exports(require, module);
}
