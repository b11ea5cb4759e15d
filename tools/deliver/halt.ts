import type { VerifiedEntry } from '../contract/log/entry.ts';
import { Fault } from '../contract/fault.ts';
import { rollback } from '../publish/append.ts';
import { entryAt, readLog } from '../store/log.ts';
import { fetchIndex } from '../store/part.ts';
import type { ParameterStore } from '../store/store.ts';
import type { DeliveryOutcome, DeliverOptions } from './deliver.ts';
import type { StageVerdict } from './verdict.ts';

/**
 * Goes back to what was in force before the first stage, and holds what was refused.
 * @param before the sequence to go back to; where it is not before the stage's, nothing is gone back to
 */
export async function halt(
  { component, reason, wire }: Extract<StageVerdict, { state: 'refused' }>,
  sequence: number,
  before: number,
  options: DeliverOptions,
): Promise<DeliveryOutcome> {
  const { store, identity, trusted, tell } = options;
  const halted = { outcome: 'halted', component, reason } as const;
  const did = wire ? 'does not do what is in' : 'refused';
  if (before === 0 || before >= sequence) {
    tell(`${component} ${did} entry ${sequence}, which stays: others are not given back what it takes away`);
    return { ...halted, sequence };
  }
  const [refused, { newest }] = [
    await entryAt(store, identity, trusted, sequence),
    await readLog(store, identity, trusted),
  ];
  const part = refused && (await partOf(store, refused, component));
  // Another publisher went back already, or on: what it wants instead was not refused.
  if (newest && newest.digest !== refused?.digest && (await partOf(store, newest, component)) !== part) {
    tell(
      `${component} ${did} entry ${sequence}; entry ${newest.entry.sequence} wants something else already`,
    );
    return { ...halted, sequence: newest.entry.sequence };
  }
  const why = `${component} ${did} entry ${sequence}: ${reason}`;
  const held = { reason: why, to: before, ...(part !== undefined && { part }) };
  const { plan } = await rollback({ ...options, execute: true, ...held });
  if (plan.action !== 'publish')
    throw new Fault(`${why}; going back failed: ${plan.problem}`, plan.remedy ?? 'npx ztna rollback');
  tell(
    `halted: ${plan.entry!.reason}; entry ${plan.entry!.sequence} wants again what entry ${before} wanted`,
  );
  return { ...halted, sequence: plan.entry!.sequence, kept: before };
}

/** The part that an entry gives a component, by its digest. */
async function partOf(
  store: ParameterStore,
  { entry }: VerifiedEntry,
  component: string,
): Promise<string | undefined> {
  const index = await fetchIndex(store, entry);
  return index.ok ? index.value.components[component]?.part : undefined;
}
