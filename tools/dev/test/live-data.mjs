/**
 * Refuses to read the company that is delivered, `policies/` and `environments/` at the root: what is merged there
 * every day must fail no test of the tools. Loaded before each test file and before the programs that it starts.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const LIVE = ['policies', 'environments'].map((name) => root + name);

const READING = [
  ...['readFile', 'readFileSync', 'open', 'openSync', 'openAsBlob', 'createReadStream'],
  ...['readdir', 'readdirSync', 'opendir', 'opendirSync', 'watch'],
  ...['cp', 'cpSync', 'copyFile', 'copyFileSync'],
];

let reads = false;
// A test may catch the error, and fails all the same.
process.on('exit', () => void (reads && (process.exitCode = 1)));

/** @param {unknown} path @param {boolean} whole whether all that is below is read too */
function refuse(path, whole) {
  if (typeof path !== 'string' && !(path instanceof URL) && !Buffer.isBuffer(path)) return;
  const full = resolve(path instanceof URL ? fileURLToPath(path) : String(path));
  const below = LIVE.find((live) => full === live || full.startsWith(live + sep));
  const above = whole && LIVE.some((live) => live.startsWith(full.endsWith(sep) ? full : full + sep));
  if (!below && !above) return;
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
syncBuiltinESMExports();
