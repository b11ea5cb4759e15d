import type { ProbeOutcome, ProbeResult, Smoke } from '../contract/shapes.ts';
import type { ProbeState } from '../local/probes.ts';

/**
 * What a try proves. `no answer` says that policy allows it, and that nothing answers behind: of what must be denied that is the
 * contrary; of what must be reached it is no proof, but where its connector does not have the change yet.
 * @param served whether the connectors of the service have what is being proved
 */
export function outcomeOf(expected: 'reached' | 'denied', state: ProbeState, served: boolean): ProbeOutcome {
  if (state === 'untried') return 'unproved';
  if (expected === 'denied') return state === 'denied' ? 'proved' : 'contradicted';
  if (state === 'no answer') return served ? 'unproved' : 'proved';
  return state === 'reached' ? 'proved' : 'contradicted';
}

/** What all of them come to: where none was tried, nothing is proved. */
export function smokeOutcome(probes: readonly Pick<ProbeResult, 'outcome'>[]): Smoke['outcome'] {
  const has = (outcome: ProbeOutcome): boolean => probes.some((one) => one.outcome === outcome);
  if (has('contradicted')) return 'contradicted';
  return has('unproved') || !has('proved') ? 'unproved' : 'proved';
}

/** A try in words: who, what, through which, what was expected and what was found. */
export function probeText({
  test,
  principal,
  service,
  protocol,
  port,
  intermediate,
  expected,
  outcome,
  says,
}: ProbeResult): string {
  const who = principal ?? 'a client without certificate';
  const path = `${who} to ${service} ${protocol}/${port} through intermediate/${intermediate}`;
  return `${outcome}: ${test}: ${path}: expected ${expected}${outcome === 'proved' ? '' : `; ${says}`}`;
}
