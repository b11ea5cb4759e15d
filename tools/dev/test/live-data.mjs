/**
 * Refuses to read the company that is delivered, `policies/` and `environments/` at the root: what is merged there
 * every day must fail no test of the tools. Whatever else could see something of it is told, for
 * `npm run test:other-company`. Loaded before each test file and before the programs that it starts.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isAbove, isBelow, LIVE, pathOf, tellIn } from './reach/reach.mjs';
import { watchPaths } from './reach/paths.mjs';
import { watchPrograms } from './reach/programs.mjs';

const READING = [
  ...['readFile', 'readFileSync', 'open', 'openSync', 'openAsBlob', 'createReadStream'],
  ...['readdir', 'readdirSync', 'opendir', 'opendirSync', 'watch'],
  ...['cp', 'cpSync', 'copyFile', 'copyFileSync'],
];

tellIn(new URL(import.meta.url).searchParams.get('reach') ?? '');
let reads = false;
// A test may catch the error, and fails all the same.
process.on('exit', () => void (reads && (process.exitCode = 1)));

/** @param {unknown} path @param {boolean} whole whether all that is below is read too */
function refuse(path, whole) {
  const full = pathOf(path);
  if (full === undefined) return;
  if (!isBelow(full, LIVE) && !(whole && isAbove(full, LIVE))) return;
  reads = true;
  const text = `a test reads ${full}, which is live data: use tools/testing/miniature.ts`;
  fs.writeSync(2, `${text}\n`);
  throw new Error(text);
}

for (const where of [fs, fs.promises])
  for (const name of READING) {
    const plain = where[name];
    if (typeof plain !== 'function') continue;
    where[name] = function (path, ...rest) {
      refuse(path, name.startsWith('cp') || rest.some((one) => one?.recursive === true));
      return plain.call(this, path, ...rest);
    };
  }
watchPaths();
watchPrograms(import.meta.url);
syncBuiltinESMExports();
