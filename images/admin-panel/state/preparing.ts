import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { prepareMore } from '../model/indexes.ts';
import { driftIn } from '../model/overview.ts';
import { shownIn, viewOf } from '../model/view.ts';
import type { Reader } from './reader.ts';

/** Milliseconds of work between two chances for whoever waits for a page. */
const SLICE_MS = 8;
/** Milliseconds after which what is shown may be a little old. */
const AGAIN_MS = 30_000;

/** Works out in small slices what pages will ask for, after each change and as time goes by, until aborted. */
export async function keepPrepared(reader: Reader, now: () => number, signal: AbortSignal): Promise<void> {
  let wake = new AbortController();
  const unsubscribe = reader.subscribe(() => wake.abort());
  while (!signal.aborted) {
    wake = new AbortController();
    while (!signal.aborted && sliceOf(reader, now())) await setImmediate();
    const woken = AbortSignal.any([signal, wake.signal]);
    await setTimeout(AGAIN_MS, undefined, { signal: woken, ref: false }).catch(() => {});
  }
  unsubscribe();
}

/** Works out all of it at once, for one who does not serve yet. */
export function prepareAll(reader: Reader, now: number): void {
  while (sliceOf(reader, now));
  const known = reader.known();
  // What git would send each component, which the overview compares with the store.
  for (const id of known ? shownIn(known).keys() : []) driftIn(viewOf(known!, id, now));
}

/** Gives back what was only needed to prepare, while nobody waits yet: later it would be done during a page. */
export function tidyUp(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** @returns whether something is left */
function sliceOf(reader: Reader, now: number): boolean {
  const known = reader.known();
  if (!known) return false;
  const end = performance.now() + SLICE_MS;
  for (const id of shownIn(known).keys()) {
    const view = viewOf(known, id, now);
    while (prepareMore(view)) if (performance.now() > end) return true;
  }
  return false;
}
