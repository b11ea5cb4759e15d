import { KINDS, type KindOfFile } from '../contract/kinds.ts';
import { distance, nearest } from '../finding/nearest.ts';
import type { FileFault } from './file-fault.ts';

const PATTERNS = KINDS.map((kind) => ({
  kind,
  pattern: new RegExp(`^${kind.path.replaceAll('.', '\\.').replaceAll('*', '([^/]+)')}$`),
}));

/** The kind of file that belongs at a path. */
export function kindOf(path: string): KindOfFile | undefined {
  return PATTERNS.find(({ pattern }) => pattern.test(path))?.kind;
}

/** Files that mean nothing: git keeps no empty folder, macOS remembers how one looked, and people explain a folder. */
const MEANINGLESS = ['.gitkeep', '.DS_Store', 'README.md'];

/** Whether a file is of no concern to anybody, also where it is committed. */
export function isMeaningless(path: string): boolean {
  return MEANINGLESS.includes(nameOf(path));
}

/** What editors leave beside a file while it is open or after it is saved, by the name. */
const LEFT_BY_EDITORS = [
  /^\..+\.sw[a-p]$/, // vim: `.x.swp`, and the letters before p where that is taken
  /^\.#/, // emacs: a link that says who edits
  /^#.*#$/, // emacs: what is not saved yet
  /~$/, // vim, emacs and others: the version before
  /\.orig$/, // merge tools: the version before
  /___jb_(tmp|old)___$/, // JetBrains: the file that is renamed into place
];

/** Whether an editor left a file: of no concern in a working tree, and wrong in a commit. */
export function isLeftByEditor(path: string): boolean {
  return LEFT_BY_EDITORS.some((pattern) => pattern.test(nameOf(path)));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A path differs in so few letters by a slip: most of a path is its folders, so a share of it would be too many. */
const SLIPS = 3;

/** What is wrong with a file that is no kind of file, by its path. */
export function misplaced(path: string): FileFault {
  const fault = { rule: 'file-place', offset: 0, message: 'no file of this name belongs here' };
  if (isLeftByEditor(path))
    return {
      ...fault,
      message: 'an editor left this file',
      remedy: 'remove it from the commit: git rm --cached',
    };
  if (path.endsWith('.yml')) {
    const right = path.replace(/\.yml$/, '.yaml');
    if (kindOf(right)) return { ...fault, remedy: `rename it to ${right}` };
  }
  const places = KINDS.map((kind) => kind.path);
  const near = nearest(
    path,
    places.map((place) => filled(place, path)),
  );
  const slip = near !== undefined && distance(path, near) <= SLIPS;
  const remedy = slip ? `did you mean ${near}?` : 'move or remove it';
  return { ...fault, expected: `one of ${places.join(', ')}`, remedy };
}

/** A kind's path with the names of another path where it leaves them open. */
function filled(place: string, path: string): string {
  const given = path.split('/');
  return place
    .split('/')
    .map((part, index) => {
      if (!part.includes('*')) return part;
      const name = given[index]?.replace(/\.[^.]*$/, '') || '*';
      return part.replace('*', name);
    })
    .join('/');
}

/**
 * Paths that differ only in case, or in how an accent is written, from another: macOS and Windows keep one of the two.
 * @returns each such path with the one that it collides with; the one that is all lower case is left in peace
 */
export function collisions(paths: readonly string[]): Map<string, string> {
  const first = new Map<string, string>();
  const found = new Map<string, string>();
  for (const path of paths) {
    const folded = path.normalize('NFC').toLowerCase();
    const other = first.get(folded);
    if (other === undefined) first.set(folded, path);
    else if (path === folded) {
      first.set(folded, path);
      found.set(other, path);
    } else found.set(path, other);
  }
  return found;
}
