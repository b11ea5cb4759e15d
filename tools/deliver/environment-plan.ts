import type { Bundle } from '../bundle/assemble.ts';
import { canonicalJson } from '../contract/log/canonical.ts';
import type { VerifiedEntry } from '../contract/log/entry.ts';
import type { Ring } from '../contract/shapes.ts';
import type { PublishOptions } from '../publish/publish.ts';
import { fetchState, partsOf } from '../publish/state.ts';
import { entryAt, readLog } from '../store/log.ts';
import { isLossesOnly, type Parts } from '../publish/losses.ts';
import { removalsOnly } from './removals.ts';
import { revocationsFirst } from './revocations.ts';
import { type Stage, stagesOf } from './stages.ts';

/** What an environment's log wants now. */
interface LogState {
  /** The newest entry; absent where nothing was published yet. */
  newest?: VerifiedEntry;
  /** What every component is to enforce by it; absent where that cannot be read. */
  current?: Parts;
  /** What all had before an unfinished delivery, where one is under way and that can be read. */
  base?: Parts;
}

/** What is to be delivered to one environment, and in which steps; right as long as `newest` is the newest entry. */
export interface EnvironmentPlan {
  newest: VerifiedEntry | undefined;
  /** The sequence that a refusal returns to: what all had before the first stage. 0 where there is none. */
  before: number;
  /** What is in force with the certificates that are newly revoked; absent where everybody refuses them already. */
  revocations: Bundle | undefined;
  /** What is in force without the access that it takes away: what goes where the rest is on hold. Absent where nothing can be on hold. */
  removals: Bundle | undefined;
  /** Whether it takes access away and does nothing else: then everybody gets it at once, and keeps it. */
  lossesOnly: boolean;
  stages: readonly Stage[];
  /** All components that are to get it. */
  components: readonly string[];
}

/** What reading an environment takes. */
export type ReadOptions = Pick<
  PublishOptions,
  'store' | 'identity' | 'trusted' | 'bundle' | 'now' | 'memory'
> & {
  rings: readonly Ring[];
};

/** Reads an environment's log once, and decides from it how a bundle is delivered. */
export async function readEnvironment(options: ReadOptions): Promise<EnvironmentPlan> {
  return planOf(await find(options), options.bundle, options.rings, options.now());
}

async function find({ store, identity, trusted, memory }: ReadOptions): Promise<LogState> {
  const { newest } = await readLog(store, identity, trusted);
  if (!newest) return {};
  const current = (await fetchState(store, newest.entry, memory))?.parts;
  const { base: sequence } = newest.entry;
  const before = sequence === undefined ? undefined : await entryAt(store, identity, trusted, sequence);
  const base = before && (await fetchState(store, before.entry, memory))?.parts;
  return { newest, ...(current && { current }), ...(base && { base }) };
}

/** Decides how a bundle is delivered onto what was found. Pure. @param at from when on access is compared, in milliseconds */
export function planOf(
  { newest, current, base }: LogState,
  bundle: Bundle,
  rings: readonly Ring[],
  at: number,
): EnvironmentPlan {
  const revocations = current && revocationsFirst(current, base ?? current, bundle);
  const wanted = partsOf(bundle);
  // Where an earlier run has brought some all of it, that is what its refusal takes back: it is judged from what all had.
  const from = current && isSame(current, wanted) ? (base ?? current) : current;
  const lossesOnly = from !== undefined && isLossesOnly(from, wanted, at);
  const components = bundle.parts.flatMap((part) => part.components);
  return {
    newest,
    // Where an earlier run got no further than a stage, what all had before it is still what a refusal returns to.
    before: newest?.entry.base ?? newest?.entry.sequence ?? 0,
    revocations,
    removals: current && newest?.entry.holds.length ? removalsOnly(base ?? current, bundle, at) : undefined,
    lossesOnly,
    stages: stagesOf(newest && !lossesOnly ? rings : [], components),
    components,
  };
}

function isSame(some: Parts, others: Parts): boolean {
  const text = (parts: Parts): string => canonicalJson(Object.fromEntries(parts));
  return text(some) === text(others);
}

/** The same plan, or a new one where another publisher has extended the log since it was made. */
export async function refreshed(plan: EnvironmentPlan, options: ReadOptions): Promise<EnvironmentPlan> {
  const { newest } = await readLog(options.store, options.identity, options.trusted);
  return newest?.digest === plan.newest?.digest ? plan : readEnvironment(options);
}
