/**
 * What of a test could see the company at the root. Everything of it that a program finds out begins with a path or
 * with another program: as long as none of them leads there, other files there change nothing of what it does.
 */
import fs from 'node:fs';
import { resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, without a separator at its end. */
export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url)).slice(0, -1);

/** What a merge changes every day. */
export const LIVE = ['policies', 'environments'].map((name) => ROOT + sep + name);

/** What is another company's in its copy: beside that, what is generated from it. */
export const COMPANY = [...LIVE, ROOT + sep + 'CODEOWNERS'];

const { appendFileSync } = fs;
const told = new Set();
let file = '';

/** Where `reaches` writes; it writes nowhere before. @param {string} path */
export function tellIn(path) {
  file = path;
}

/** Tells, once, how this process could see the company; another user may not, and who started it has. @param {string} how */
export function reaches(how) {
  if (file === '' || told.has(how)) return;
  told.add(how);
  try {
    appendFileSync(file, `${how}\n`);
  } catch (error) {
    if (error.code !== 'EACCES') throw error;
  }
}

/** The whole path that a function of `fs` was given; undefined where it was given none. @param {unknown} path */
export function pathOf(path) {
  if (typeof path !== 'string' && !(path instanceof URL) && !Buffer.isBuffer(path)) return undefined;
  return resolve(path instanceof URL ? fileURLToPath(path) : String(path));
}

/** Whether a whole path is one of those, or in one. @param {string} full @param {readonly string[]} those */
export function isBelow(full, those) {
  return those.some((one) => full === one || full.startsWith(one + sep));
}

/** Whether one of those is in the folder of a whole path. @param {string} full @param {readonly string[]} those */
export function isAbove(full, those) {
  return those.some((one) => one.startsWith(full.endsWith(sep) ? full : full + sep));
}
