import { callsFor, pagesFor } from '../contract/log/budget.ts';
import type { PublishPlan } from '../contract/shapes.ts';
import type { Plan } from '../publish/plan.ts';
import { chunksOf, prepare, type Previous } from '../publish/prepare.ts';
import type { StateMemory } from '../publish/state.ts';
import { fetchIndex } from '../store/part.ts';
import type { DeliverOptions } from './deliver.ts';
import { type EnvironmentPlan, readEnvironment } from './environment-plan.ts';

/** What finding a log's newest entry takes where its head is right: the head, and the names from it upwards. */
export const LOG_READS = 2;

/** The calls of a delivery, but for its looks; and what one look at all instances takes. */
export interface DeliveryCalls extends Pick<PublishPlan['calls'], 'reads' | 'writes'> {
  look: number;
}

/** How many reads a look at so many instances takes, of an index that is known; the first look at an entry reads that too. */
export function lookReads(instances: number): number {
  return pagesFor(instances) + LOG_READS;
}

/**
 * The calls of a delivery by the plan of publishing all of it, which it makes first: who gains and who loses is said by it.
 * Each step of several is an entry of its own. What is revoked before all else comes beside, and what other publishers do meanwhile.
 * @param plan made with `memory`, which therefore knows what is in force
 */
export async function callsOfDelivery(
  plan: Plan,
  options: DeliverOptions & { memory: StateMemory },
): Promise<DeliveryCalls> {
  const environment = await readEnvironment(options);
  const [again, all] = [new Set(plan.readAgain.map(({ name }) => name)), stepsOf(plan, environment, options)];
  const planning = plan.calls.reads - callsFor(plan.readBack.length) - 2 * callsFor(plan.readAgain.length);
  // Reading the environment, seeing that nobody has extended its log, and at the end that nobody wants something else.
  let reads = planning + 3 * LOG_READS;
  if (options.identity.epoch > 1) reads += LOG_READS;
  // What is against the last step is against the first: that is asked before it.
  if (environment.stages.length > 1) reads += LOG_READS + callsFor(plan.readBack.length);
  // The record of it.
  let writes = 1;
  for await (const { chunks, isPaged, isWritten } of all) {
    reads += LOG_READS;
    if (!isWritten) continue;
    const there = chunks.filter((name) => again.has(name)).length;
    // Which chunks are there; all of them once more; those that were there before the entry, and after it.
    reads += 2 * callsFor(chunks.length) + 2 * callsFor(there);
    writes += chunks.length - there + (isPaged ? 3 : 2);
  }
  return { reads, writes, look: lookReads(options.memory.acks.listed?.acks.length ?? 0) };
}

/** One step of a delivery. */
interface DeliveryStep {
  /** The names that it writes beside its entry. */
  chunks: string[];
  /** Whether its index is written in pages too. */
  isPaged: boolean;
  /** Whether it has an entry: those that it is for may have all of it already. */
  isWritten: boolean;
}

/** What each step writes. */
async function* stepsOf(
  { newest }: Plan,
  { stages, components }: EnvironmentPlan,
  { bundle, identity, store, memory }: DeliverOptions & { memory: StateMemory },
): AsyncGenerator<DeliveryStep> {
  const known = newest && (await fetchIndex(store, newest.entry, memory.parts));
  let previous: Previous | undefined =
    newest && known?.ok ? { reference: newest.entry.index, contents: known.value } : undefined;
  let isUnderWay = newest?.entry.base !== undefined;
  for (const stage of stages) {
    const isAll = stage.components.length === components.length;
    const draft = await prepare(bundle, identity, previous, isAll ? undefined : new Set(stage.components));
    const { reference } = draft.index;
    const isPaged = draft.directory !== undefined;
    // What all had before a delivery is no state to go back to once that has ended: that takes an entry.
    const isWritten = !draft.index.reused || (isAll && isUnderWay);
    isUnderWay = !isAll && (isWritten || isUnderWay);
    yield { chunks: chunksOf(draft).map(({ name }) => name), isPaged, isWritten };
    previous = { reference, contents: draft.contents };
  }
}
