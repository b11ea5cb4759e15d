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

/** Files that mean nothing and are left by tools: git keeps no empty folder, and macOS remembers how one looked. */
const LEFT_BY_TOOLS = ['.gitkeep', '.DS_Store'];

/** Whether a file is of no concern to anybody. */
export function isLeftByTools(path: string): boolean {
  return LEFT_BY_TOOLS.includes(path.slice(path.lastIndexOf('/') + 1));
}

/** A path differs in so few letters by a slip: most of a path is its folders, so a share of it would be too many. */
const SLIPS = 3;

/** What is wrong with a file that is no kind of file, by its path. */
export function misplaced(path: string): FileFault {
  const fault = { rule: 'file-place', offset: 0, message: 'no file of this name belongs here' };
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
