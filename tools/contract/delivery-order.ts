import type { Environment } from './shapes.ts';

/** What of an environment decides when it is delivered. */
export type DeliveryPosition = Pick<Environment, 'id' | 'after' | 'production'>;

/**
 * Most waves that a merge delivers one after the other. The workflow has a stage for each, as GitHub cannot make
 * stages while it runs; a test holds that merge.yml has as many.
 */
export const MOST_WAVES = 6;

/**
 * Environments in the order in which a merge delivers them: each wave waits for all of the waves before it. The
 * first wave is one environment alone, whose commit all others get, rather one that is not production. A name in
 * `after` that does not exist is waited for by nobody, and a cycle comes last as one wave: both are findings.
 */
export function deliveryWaves<T extends DeliveryPosition>(environments: readonly T[]): T[][] {
  let waiting = [...environments].sort(byTrust);
  const ids = new Set(waiting.map(({ id }) => id));
  const waves: T[][] = [];
  while (waiting.length > 0) {
    const left = new Set(waiting.map(({ id }) => id));
    const free = waiting.filter(({ after = [] }) => !after.some((id) => ids.has(id) && left.has(id)));
    const first = waves.length === 0 ? free.slice(0, 1) : free;
    const wave = first.length > 0 ? first : waiting;
    waves.push(wave);
    waiting = waiting.filter((one) => !wave.includes(one));
  }
  return waves;
}

/** Environments in the order in which a merge delivers them. */
export function inDeliveryOrder<T extends DeliveryPosition>(environments: readonly T[]): T[] {
  return deliveryWaves(environments).flat();
}

function byTrust(a: DeliveryPosition, b: DeliveryPosition): number {
  return Number(a.production ?? true) - Number(b.production ?? true) || (a.id < b.id ? -1 : 1);
}
