import type { Bundle } from '../bundle/assemble.ts';
import { publish } from '../publish/publish.ts';
import { fetchState } from '../publish/state.ts';
import { type EarlierLog, earlierLog } from '../publish/survey.ts';
import { entryAt, readLog } from '../store/log.ts';
import { type DeliveryOutcome, type DeliverOptions, refusedBy } from './deliver.ts';
import { bundleOf } from './revocations.ts';

/**
 * Begins the log of a new epoch with what all components have by the epoch before: its holds go on, and a delivery has something that
 * all components have, so that it walks the rings. Does nothing where the log has entries. Where the epoch before is
 * lost, or an old copy, everybody gets the new content at once: what it had is not known, or may give back what was taken.
 * @returns why it is refused, if it is
 */
export async function beginEpoch(
  options: DeliverOptions,
): Promise<Extract<DeliveryOutcome, { outcome: 'refused' }> | undefined> {
  const { store, identity, trusted, tell } = options;
  const { epoch } = identity;
  if (epoch === 1 || (await readLog(store, identity, trusted)).newest) return undefined;
  const earlier = await earlierLog(options);
  const bundle = await inForce(options, earlier);
  if (typeof bundle === 'string')
    return void tell(`epoch ${epoch} begins, and everybody gets it at once: ${bundle}`);
  const { commit, epoch: before } = earlier!.newest.entry;
  const reason = `epoch ${epoch} begins with what epoch ${before} had`;
  // It was published before: nothing of it has to be contained or clean once more.
  const again = { commit, dirtyAllowed: true, contains: async () => true, holdsStay: true, first: true };
  const begun = await publish({ ...options, ...again, bundle, reason, execute: true });
  const refused = refusedBy(begun);
  // Another publisher began it meanwhile: what that one wants is newer than what the epoch before had.
  if (refused && begun.plan.newest) return undefined;
  if (!refused) tell(reason);
  return refused;
}

/**
 * What all components have by the log of the epoch before, or why that is not to be had. Where a delivery was under way,
 * that is what they had before it: what only a canary has borne is no state to go back to.
 */
async function inForce(
  { store, trusted }: DeliverOptions,
  earlier: EarlierLog | undefined,
): Promise<Bundle | string> {
  if (!earlier) return 'nothing is left of an epoch before';
  const { ahead, newest } = earlier;
  const { environment, epoch, base } = newest.entry;
  const sequence = base ?? newest.entry.sequence;
  if (ahead)
    return `what is left of epoch ${epoch} is an old copy, as ${ahead.component}/${ahead.instance} enforces entry ${ahead.enforced!.sequence}`;
  const source = await entryAt(store, earlier.identity, trusted, sequence);
  const state = source && (await fetchState(store, source.entry));
  return state
    ? bundleOf(environment, state.parts, (part) => part)
    : `the parts of entry ${sequence} of epoch ${epoch} are gone`;
}
