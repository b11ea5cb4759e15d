import type { Convergence } from '../contract/shapes.ts';
import { type Clock, systemClock } from '../store/clock.ts';
import type { Stage } from './stages.ts';
import { type StageVerdict, verdictOf } from './verdict.ts';

/** How it is seen what became of an entry, and how patiently. */
export interface StageWait {
  /** Reads how far components have come, at least those of a stage; all when absent. */
  look(components?: readonly string[]): Promise<Convergence>;
  /** Milliseconds between two looks; default 2,000. */
  pauseMs?(): number;
  /** How long a stage may take until every live instance enforces it, in seconds; the bake comes on top. */
  patienceSeconds: number | ((found: Convergence) => number);
  /** Told what happens, in sentences. */
  tell(text: string): void;
  clock?: Clock;
}

/** Between two looks, in milliseconds. */
const INTERVAL_MS = 2000;

/** Waits until a stage is enforced and has baked, or until it cannot be. @param sequence of the entry that brings it */
export async function awaitStage(
  { ring, components, bakeSeconds }: Stage,
  sequence: number,
  { look, pauseMs, patienceSeconds, tell, clock = systemClock }: StageWait,
): Promise<StageVerdict> {
  const begun = clock.now();
  let patience: number | undefined;
  let baked: number | undefined;
  for (;;) {
    const convergence = await look(components);
    patience ??= typeof patienceSeconds === 'number' ? patienceSeconds : patienceSeconds(convergence);
    const verdict = verdictOf(convergence, sequence, components);
    if (verdict.state === 'refused') return verdict;
    if (verdict.state === 'enforced') {
      if (baked === undefined) {
        baked = clock.now() + bakeSeconds * 1000;
        tell(
          `${ring}: every live instance enforces entry ${sequence}${bakeSeconds > 0 ? `; baking ${bakeSeconds} s` : ''}`,
        );
      }
      if (clock.now() >= baked) return verdict;
    } else {
      // A new component has come, or one fell behind: the bake begins again when all enforce it.
      baked = undefined;
      if (clock.now() >= begun + (patience + bakeSeconds) * 1000) return verdict;
    }
    await clock.sleep(pauseMs?.() ?? INTERVAL_MS);
  }
}
