/**
 * Makes the bundle of one command: everything that it may run, of ours and of others, as one script. It is kept with
 * the state of each file that it was made of, so that no start runs what is no longer written.
 */
'use strict';
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { join } = require('node:path');

/** Files beside the sources that decide what a bundle is; npm writes the second at every installation. */
const SETTINGS = ['package.json', 'node_modules/.package-lock.json', 'tsconfig.json', 'bin/bundle.js'];
/** Milliseconds: a file that changed this shortly before may change again with nothing to tell it by. */
const UNSETTLED_MS = 50;
/** Milliseconds after which a file that nobody wrote again is swept away. */
const LONGEST_MS = 30 * 24 * 3600 * 1000;

/** Stands for what a bundle was made of, until that is known; the lines of the map are counted with it. */
const HEADER = '//made of';

/** Bundles a command, and keeps the bundle where it can. @returns file name, code, and its digest where it was kept */
exports.bundle = (root, cache, entry) => {
  const began = Date.now();
  const { code, map, inputs } = built(root, entry);
  const states = [...inputs, ...SETTINGS].map((path) => stateOf(root, path));
  const digest = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const marked = code.replace(HEADER, () => `//${JSON.stringify({ root, digest, inputs: states })}`);
  const file = join(cache, `${entry}.js`);
  const settled = states.every(([, , , altered]) => altered < began - UNSETTLED_MS);
  if (settled && keepAll(cache, entry, { map, code: marked })) return { file, code: marked, digest };
  const inline = `data:application/json;base64,${Buffer.from(map).toString('base64')}`;
  return { file, code: marked.replace(/(?<=\n\/\/# sourceMappingURL=).*\s*$/, inline) };
};

function built(root, entry) {
  const packages = esbuild();
  const { outputFiles, metafile } = buildOrEnd(packages, {
    stdin: { contents: program(entry), resolveDir: root, sourcefile: 'entry.ts', loader: 'ts' },
    absWorkingDir: root,
    outfile: `node_modules/.cache/ztna/${entry}.js`,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    // Everything is in the one script; a script cannot import.
    supported: { 'dynamic-import': false },
    banner: { js: `${HEADER}\n(function (require, module) {` },
    footer: { js: '})' },
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'error',
    define: { LOADER_DIGEST: JSON.stringify(loaderDigest(root)) },
  });
  const [map, code] = outputFiles.map(({ text }) => text);
  const inputs = Object.keys(metafile.inputs).filter(
    (path) => path !== 'entry.ts' && !path.includes('node_modules/'),
  );
  return { map, code, inputs };
}

/** Sources that are not TypeScript end it with 2: nothing was checked. esbuild has said by then what is wrong where. */
function buildOrEnd({ buildSync }, options) {
  try {
    return buildSync(options);
  } catch (error) {
    if (!error.errors?.length) throw error;
    process.stderr.write('the tools themselves have the errors above, and nothing was done\n');
    process.exit(2);
  }
}

/** What the bundle does: a command's file has its name, and exports it under the same name in camel case. */
function program(entry) {
  if (entry === 'all')
    return `import { run } from './tools/cli.ts';
import { COMMANDS } from './tools/commands/all.ts';
void run(COMMANDS);`;
  const name = entry.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
  return `import { run } from './tools/cli.ts';
import { ${name} as command } from './tools/commands/${entry}.ts';
void run({ '${entry}': async () => command });`;
}

function esbuild() {
  try {
    return require('esbuild');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    process.stderr.write('the packages are not installed; run: npm ci\n');
    process.exit(2);
  }
}

/** What decides the value of a file of the policies; the cache of those values is of use to this loader alone. */
function loaderDigest(root) {
  const hash = createHash('sha256').update(fs.readFileSync(join(root, 'node_modules/yaml/package.json')));
  for (const folder of [
    'tools/load',
    'tools/contract',
    'tools/contract/values',
    'tools/contract/generated',
    'tools/contract/generated/validators',
  ])
    for (const name of fs.readdirSync(join(root, folder)).sort())
      if (/(?<!\.test)\.ts$/.test(name)) hash.update(fs.readFileSync(join(root, folder, name)));
  return hash.digest('hex');
}

function stateOf(root, path) {
  const state = fs.statSync(join(root, path), { throwIfNoEntry: false });
  return state ? [path, state.size, state.mtimeMs, state.ctimeMs] : [path, -1, 0, 0];
}

/** @returns whether the bundle could be kept */
function keepAll(cache, entry, { map, code }) {
  sweep(cache, entry);
  return exports.keep(join(cache, `${entry}.js.map`), map) && exports.keep(join(cache, `${entry}.js`), code);
}

/** Writes a file as a whole or not at all. @returns whether it could */
exports.keep = (file, content) => {
  const temporary = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(join(file, '..'), { recursive: true });
    fs.writeFileSync(temporary, content);
    fs.renameSync(temporary, file);
    return true;
  } catch {
    // A folder that cannot be written costs the next start its time, and this one nothing.
    remove(temporary);
    return false;
  }
};

function remove(file) {
  try {
    fs.rmSync(file, { force: true });
  } catch {
    // It is not there, or is not ours to remove.
  }
}

/** Removes what was compiled from the last bundle, and what nobody has written for long. */
function sweep(cache, entry) {
  try {
    for (const name of fs.readdirSync(cache)) {
      const file = join(cache, name);
      const old = fs.statSync(file).mtimeMs < Date.now() - LONGEST_MS;
      if (old || (name.startsWith(`${entry}.`) && name.endsWith('.v8'))) fs.rmSync(file);
    }
  } catch {
    // There is no such folder yet, or another process sweeps it.
  }
}
