import type { Repository } from '../../../tools/load/repository.ts';
import { AccessIndex } from './access-index.ts';
import type { EnvironmentView } from './view.ts';

/** Milliseconds for which what was worked out for a moment is taken for the present. */
const FRESH_MS = 5 * 60_000;

/** The index that is shown, and the one that comes after it while it is prepared. */
interface Kept {
  index: AccessIndex;
  next?: AccessIndex;
}

const indexes = new WeakMap<Repository, Map<string, Kept>>();

/** Who reaches what in a view, worked out once for the files and some minutes. */
export function accessOf(view: EnvironmentView): AccessIndex {
  const known = keptIn(view).get(view.environment.id);
  const at = momentOf(view);
  if (known?.index.at === at) return known.index;
  // Nobody waits for the next one while the last is hardly older: it is prepared, and then replaces it.
  if (known && at - known.index.at === FRESH_MS) return known.index;
  return replaced(view, known?.next?.at === at ? known.next : indexOf(view, at));
}

/**
 * Works out a little more of what pages about a view ask for, so that they need not wait for it.
 * @returns whether something is left
 */
export function prepareMore(view: EnvironmentView): boolean {
  const all = keptIn(view);
  const at = momentOf(view);
  const known = all.get(view.environment.id);
  if (!known) return accessOf(view).prepareMore();
  if (known.index.at === at) return known.index.prepareMore();
  if (known.next?.at !== at) known.next = indexOf(view, at);
  if (known.next.prepareMore()) return true;
  replaced(view, known.next);
  return false;
}

function replaced(view: EnvironmentView, index: AccessIndex): AccessIndex {
  keptIn(view).set(view.environment.id, { index });
  return index;
}

const indexOf = ({ repository, environment }: EnvironmentView, at: number): AccessIndex =>
  new AccessIndex(repository, environment.id, at);

const momentOf = ({ now }: EnvironmentView): number => Math.floor(now / FRESH_MS) * FRESH_MS;

function keptIn({ repository }: EnvironmentView): Map<string, Kept> {
  const known = indexes.get(repository) ?? new Map<string, Kept>();
  indexes.set(repository, known);
  return known;
}
