import { setTimeout } from 'node:timers/promises';
import type { Environment } from '../contract/shapes.ts';
import type { Context } from './command.ts';
import { type StoreKind, trustedKeys, withStore } from './delivering.ts';
import { progressOf } from './progress.ts';
import { convergenceOf } from './status.ts';

/** Between two looks, in milliseconds. */
const INTERVAL = 5000;

/** Waits until every live component enforces the newest entry. @returns whether they did within so many minutes */
export async function converged(
  environment: Environment,
  kind: StoreKind,
  minutes: number,
  context: Context,
): Promise<boolean> {
  const end = context.now().getTime() + minutes * 60_000;
  const trusted = trustedKeys(context, environment, kind);
  const progress = progressOf(context);
  return withStore(context, kind, environment, async ({ store }) => {
    for (;;) {
      const now = context.now().getTime();
      const found = await convergenceOf(store, environment, trusted, now);
      const waiting = found.components.filter(
        ({ state }) => !['enforcing', 'stale', 'removed'].includes(state),
      );
      if (found.converged || now >= end || context.signal.aborted) {
        progress.end();
        for (const { component, state } of waiting) context.err(`${component} is ${state}\n`);
        return found.converged;
      }
      progress.step(`${environment.id}: waiting for ${waiting.map(({ component }) => component).join(', ')}`);
      await setTimeout(INTERVAL, undefined, { signal: context.signal }).catch(() => {});
    }
  });
}
