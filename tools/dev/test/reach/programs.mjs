import childProcess from 'node:child_process';
import { basename, resolve, sep } from 'node:path';
import threads from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { isAbove, isBelow, reaches, ROOT } from './reach.mjs';

/** Bundles what sources import, and no source can import YAML. */
const HARMLESS = new RegExp(`${sep}node_modules${sep}.+${sep}esbuild$`);

/** Tells of every program that is started where the company is, or that is told where that is. @param {string} hook what a program of Node loads, so that it tells of itself */
export function watchPrograms(hook) {
  const { ChildProcess } = childProcess;
  const { spawn } = ChildProcess.prototype;
  ChildProcess.prototype.spawn = function (options) {
    const env = Object.fromEntries((options.envPairs ?? []).map((pair) => pair.split(/=(.*)/s, 2)));
    look(hook, { ...options, args: options.args ?? [], env });
    return spawn.call(this, options);
  };
  // No thread loads what its process did.
  threads.Worker = class extends threads.Worker {
    constructor(...given) {
      super(...given);
      reaches('starts a thread');
    }
  };
  for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
    const plain = childProcess[name];
    childProcess[name] = function (file, ...rest) {
      const args = rest.find(Array.isArray) ?? [];
      const { cwd, env, shell, uid } = rest.find((one) => one && !Array.isArray(one)) ?? {};
      const words = shell || name === 'execSync' ? { file: 'sh', args: [file, ...args] } : { file, args };
      look(hook, { ...words, cwd, uid, env: env ?? process.env });
      return plain.call(this, file, ...rest);
    };
  }
}

/**
 * @param {string} hook
 * @param {{ file: string, args: readonly string[], cwd: string | URL | undefined, uid?: number, env: NodeJS.ProcessEnv }} start
 */
function look(hook, { file, args, cwd = process.cwd(), uid, env }) {
  // Who is another user may not write where this tells of itself.
  if (uid != null) reaches(`starts ${basename(file)} as user ${uid}`);
  // One of Node tells of itself, if it can.
  if (file === process.execPath || file === 'node') {
    if (!env['NODE_OPTIONS']?.includes(hook)) reaches(`starts node without this: ${args.join(' ')}`);
    return;
  }
  if (HARMLESS.test(file)) return;
  const folder = resolve(cwd instanceof URL ? fileURLToPath(cwd) : cwd);
  if (isBelow(folder, [ROOT]) || isAbove(folder, [ROOT]))
    return reaches(`starts ${basename(file)} in ${folder}`);
  // Only what the test itself says: that of the surroundings names the project everywhere.
  const own = Object.entries(env).filter(([name, value]) => process.env[name] !== value);
  const words = [file, ...args, ...own.map(([, value]) => value)].map(String);
  const named = words.find((word) => word.includes(ROOT) || isBelow(resolve(folder, word), [ROOT]));
  if (named !== undefined) reaches(`starts ${basename(file)} with ${named}`);
}
