import type { Convergence } from '../contract/shapes.ts';
import type { Live } from './live.ts';

/** The state of a stage: `waiting` names who has not answered, `refused` who refused and why. */
export type StageVerdict =
  | { state: 'enforced' }
  | { state: 'waiting'; missing: string[] }
  | { state: 'refused'; component: string; reason: string };

/**
 * What the acks of a stage come to. An instance that had taken it and now allows nothing has refused it; one that is
 * not live is known to be behind and is not waited for. A component of which no instance is live is waited for:
 * silence never promotes.
 * @param convergence of an environment whose newest entry is the stage's
 * @param sequence the stage's entry
 * @param live what was seen of the instances until now, this look included
 * @param components those of the stage
 */
export function verdictOf(
  { components: states }: Convergence,
  sequence: number,
  live: Live,
  components: readonly string[],
): StageVerdict {
  const missing: string[] = [];
  for (const component of components) {
    const instances = states.find((one) => one.component === component)?.instances ?? [];
    const refusing = instances.find(
      (one) =>
        (one.refused ?? 0) >= sequence ||
        (one.state === 'denying' && (live.enforced(component, one) ?? 0) >= sequence),
    );
    if (refusing) return { state: 'refused', component, reason: refusing.reason ?? 'no reason given' };
    const known = instances.filter((one) => live.enforced(component, one) !== undefined);
    if (known.length === 0) missing.push(component);
    else
      missing.push(
        ...known.filter((one) => (one.sequence ?? 0) < sequence).map((one) => `${component} ${one.instance}`),
      );
  }
  return missing.length === 0 ? { state: 'enforced' } : { state: 'waiting', missing };
}
