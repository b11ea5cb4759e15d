import { absenceNotes, isLive } from '../contract/log/liveness.ts';
import type { Convergence, InstanceState } from '../contract/shapes.ts';

/**
 * The state of a stage: `waiting` names who does not enforce it yet, and why where that is known; `refused` who refused,
 * and why, with `wire` where it was seen on the wire. Where all that are live enforce it, `notes` say who is gone and may enforce something else.
 */
export type StageVerdict =
  | { state: 'enforced'; notes: string[] }
  | { state: 'waiting'; missing: string[] }
  | { state: 'refused'; component: string; reason: string; wire?: true };

/**
 * What the acks of a stage come to. Only live instances count: one that has stopped or is gone neither refuses nor is
 * waited for. What a live one cannot take yet, or has let go of, is waited for; only its own refusal is one. A component of
 * which no instance is live is waited for: silence never promotes.
 * @param convergence of an environment whose newest entry is the stage's
 * @param sequence the stage's entry
 * @param components those of the stage
 */
export function verdictOf(
  { components: states }: Convergence,
  sequence: number,
  components: readonly string[],
): StageVerdict {
  const missing: string[] = [];
  const notes: string[] = [];
  for (const component of components) {
    const instances = states.find((one) => one.component === component)?.instances ?? [];
    const live = instances.filter(isLive);
    notes.push(...absenceNotes({ component, instances }));
    const refusing = live.find(({ refused = 0 }) => refused >= sequence);
    if (refusing) return { state: 'refused', component, reason: refusing.reason ?? 'no reason given' };
    if (live.length === 0) missing.push(absent(component, instances));
    else missing.push(...live.filter(isBehind(sequence)).map((one) => late(component, one)));
  }
  return missing.length === 0 ? { state: 'enforced', notes } : { state: 'waiting', missing };
}

const isBehind =
  (stage: number) =>
  ({ sequence = 0 }: InstanceState): boolean =>
    sequence < stage;

function absent(component: string, instances: readonly InstanceState[]): string {
  return instances.length === 0 ? component : `${component} (${instances.map(stateWords).join(', ')})`;
}

function stateWords({ instance, state }: InstanceState): string {
  return `${instance} ${state === 'gone' ? 'is gone' : 'has stopped'}`;
}

function late(component: string, { instance, reason }: InstanceState): string {
  return `${component} ${instance}${reason ? ` (${reason})` : ''}`;
}
