import fs from 'node:fs';
import { dirname, resolve } from 'node:path';
import { COMPANY, isAbove, isBelow, pathOf, reaches } from './reach.mjs';

/** Those whose second argument is a path too; what the first three make is another way to their first. */
const TWO_PATHS = /^(symlink|link|rename|cp|copyFile)(Sync)?$/;

/** Those that reach whatever is below. */
const WHOLE = /^(symlink|link|rename|cp|rm|rmdir|watch)(Sync)?$/;

/** Tells of every path to the company, or of another way to it, that a function of `fs` is given. */
export function watchPaths() {
  if (isBelow(process.cwd(), COMPANY)) reaches(`runs in ${process.cwd()}`);
  for (const where of [fs, fs.promises])
    for (const name of Object.keys(where)) if (/^[a-z]/.test(name)) watch(where, name);
  const { chdir } = process;
  process.chdir = (folder) => {
    look('chdir', folder, false);
    chdir(folder);
  };
}

/** @param {Record<string, any>} where @param {string} name of what is a function there, or not */
function watch(where, name) {
  const plain = where[name];
  if (typeof plain !== 'function') return;
  const whole = WHOLE.test(name);
  const two = TWO_PATHS.test(name);
  const watched = function (...given) {
    look(name, linked(name, given), whole);
    if (two) look(name, given[1], whole);
    return plain.apply(this, given);
  };
  // Such as `realpath.native`, and how `exists` becomes a promise.
  where[name] = Object.defineProperties(watched, Object.getOwnPropertyDescriptors(plain));
  if (typeof plain.native === 'function')
    watched.native = (...given) => (look(name, given[0], whole), plain.native(...given));
}

/** The first path; what a link is to is seen from where the link is. @param {string} name @param {unknown[]} given */
function linked(name, [path, at]) {
  return /^symlink/.test(name) && typeof path === 'string' ? resolve(dirname(pathOf(at) ?? '.'), path) : path;
}

/** @param {string} name @param {unknown} path @param {boolean} whole */
function look(name, path, whole) {
  const full = pathOf(path);
  if (full === undefined) return;
  if (isBelow(full, COMPANY) || (whole && isAbove(full, COMPANY))) reaches(`${name} of ${full}`);
}
