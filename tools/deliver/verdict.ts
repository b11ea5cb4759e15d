import type { Convergence, InstanceState } from '../contract/shapes.ts';

/** How a stage stands: `waiting` names who has not answered, `refused` who refused and why. */
export type Verdict =
  | { state: 'enforced' }
  | { state: 'waiting'; missing: string[] }
  | { state: 'refused'; component: string; reason: string };

/**
 * What the acks of a stage come to. An instance is live when it had answered to the entry that was newest before,
 * or has answered since; one that had not is known to be behind and is not waited for. A component of which no
 * instance is live is waited for: silence never promotes.
 * @param convergence of an environment whose newest entry is the stage's
 * @param sequence the stage's entry
 * @param before the newest entry before the delivery; 0 for none
 * @param components those of the stage
 */
export function verdictOf(
  { components: states }: Convergence,
  sequence: number,
  before: number,
  components: readonly string[],
): Verdict {
  const missing: string[] = [];
  for (const component of components) {
    const instances = states.find((one) => one.component === component)?.instances ?? [];
    const refusing = instances.find((one) => (one.refused ?? 0) >= sequence || gaveUp(one, sequence));
    if (refusing) return { state: 'refused', component, reason: refusing.reason ?? 'no reason given' };
    const live = instances.filter((one) => answered(one) >= before && answered(one) > 0);
    if (live.length === 0) missing.push(component);
    else
      missing.push(
        ...live.filter((one) => (one.sequence ?? 0) < sequence).map((one) => `${component} ${one.instance}`),
      );
  }
  return missing.length === 0 ? { state: 'enforced' } : { state: 'waiting', missing };
}

/** The newest entry that an instance has answered to. */
function answered({ sequence = 0, refused = 0 }: InstanceState): number {
  return Math.max(sequence, refused);
}

/** An instance that had taken the entry and now allows nothing. */
function gaveUp({ state, sequence = 0 }: InstanceState, wanted: number): boolean {
  return state === 'denying' && sequence >= wanted;
}
