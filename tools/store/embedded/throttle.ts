import type { Budget, Rates } from '../../contract/limits.ts';
import { AwsError } from './aws-error.ts';

/** Refuses calls beyond these rates as AWS does; each budget allows one second's worth at once. */
export function throttle(rates: Rates, now: () => number): (budget: Budget) => void {
  const due: Record<Budget, number> = { reads: -Infinity, writes: -Infinity, deletes: -Infinity };
  return (budget) => {
    const interval = 1000 / rates[budget];
    const instant = now();
    // No later than one interval from now, whatever was done to the clock.
    const mine = Math.min(Math.max(due[budget], instant - Math.max(0, 1000 - interval)), instant + interval);
    if (mine - instant > 1e-3) throw new AwsError('ThrottlingException', 'Rate exceeded');
    due[budget] = mine + interval;
  };
}
