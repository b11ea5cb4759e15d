import {
  comparePositions,
  type InvalidEntry,
  type LogIdentity,
  type VerifiedEntry,
} from '../contract/log/entry.ts';
import { aheadIn } from '../contract/log/ack.ts';
import type { PublicKey } from '../contract/log/dsse.ts';
import { holdName, liftingCommand } from '../contract/log/hold.ts';
import { absenceNotes, claimNote, isLive } from '../contract/log/liveness.ts';
import { printable } from '../contract/text.ts';
import {
  type Ack,
  type BundleIndex,
  type ComponentState,
  type Convergence,
  type ConvergenceState,
  type InstanceState,
  type NewestEntry,
  type Position,
} from '../contract/shapes.ts';
import type { StoredAck } from '../store/acks.ts';

/** What was read of one environment's log. */
export interface LogObservation {
  log: LogIdentity;
  /** The keys that followers trust. */
  trusted: readonly PublicKey[];
  newest?: VerifiedEntry;
  /** What is above it and is no entry. */
  invalid: readonly InvalidEntry[];
  /** The newest entry's index; absent where it cannot be read. */
  contents?: BundleIndex;
  /** What instances have written, and which of them are live. */
  acks: readonly StoredAck[];
  /** What time the store said it was, in milliseconds. */
  date?: number;
}

/** From best to worst: a component is what its worst live instance is; where none is live, the worst of all. */
const RANK: readonly ConvergenceState[] = [
  'enforcing',
  'stale',
  'behind',
  'ahead',
  'waiting',
  'refused',
  'denying',
  'stopped',
  'gone',
  'silent',
  'removed',
];

/**
 * How far one environment's components have come towards its newest entry.
 * @param clock an instant in milliseconds, to tell who is live and whether the entry has expired; what the store says
 *   goes before it
 * @param flags what commands to type need to find this store
 */
export function convergence(observed: LogObservation, clock: number, flags = ''): Convergence {
  const { log, newest, invalid, contents, acks, date } = observed;
  const now = date ?? clock;
  const notes = acks.flatMap(({ problem }) => problem ?? []);
  const components = newest ? componentStates({ ...observed, newest }) : [];
  const wanted = components.filter(({ state }) => state !== 'removed');
  if (newest && !contents) notes.unshift(`the index of entry ${newest.entry.sequence} cannot be read`);
  for (const hold of newest?.entry.holds ?? [])
    notes.push(
      `the change of entry ${holdName(hold, log.epoch)} is on hold since ${hold.since}: ${hold.reason}; to lift it: ${liftingCommand(log.environment, hold, log.epoch, flags)}`,
    );
  notes.push(...components.flatMap(absenceNotes));
  for (const { ack } of acks) notes.unshift(...(ack ? aheadNotes(ack, observed) : []));
  notes.unshift(...invalid.map(({ sequence, reason }) => `entry ${sequence} is not valid: ${reason}`));
  return {
    environment: log.environment,
    epoch: log.epoch,
    newest: newest ? newestOf(newest, now) : null,
    converged:
      contents !== undefined && wanted.every(({ state }) => state === 'enforcing' || state === 'stale'),
    components,
    notes,
  };
}

/** That the log lacks what an instance enforces: nothing that is published below it would be taken. Or that it only says so. */
function aheadNotes(ack: Ack, observed: LogObservation): string[] {
  const ahead = aheadOf(ack, observed);
  if (ahead === 'claimed') return [claimNote(ack)];
  const { component, instance, enforced } = ack;
  return ahead
    ? [
        `the store is lost or an old copy: ${component}/${instance} enforces entry ${enforced!.sequence}, which the log does not have: npx ztna publish says what to do`,
      ]
    : [];
}

function aheadOf(ack: Ack, { log, trusted, newest }: LogObservation): ReturnType<typeof aheadIn> {
  return aheadIn(ack, { identity: log, trusted, newest });
}

function newestOf({ entry, digest, key }: VerifiedEntry, now: number): NewestEntry {
  const { sequence, commit, reason, issuedAt, expiresAt } = entry;
  const expired = now >= Date.parse(expiresAt);
  return { sequence, entry: digest, commit, reason, issuedAt, expiresAt, expired, key: key.id };
}

/** What was read where something was published. */
type Published = LogObservation & { newest: VerifiedEntry };

function componentStates(observed: Published): ComponentState[] {
  const { contents, acks } = observed;
  const wanted = new Set(Object.keys(contents?.components ?? {}));
  const found = new Map<string, InstanceState[]>();
  for (const one of acks) {
    const slash = one.instance.lastIndexOf('/');
    // Under a name that is none of an instance nobody can have written; it is only noted.
    if (slash < 1) continue;
    const component = one.instance.slice(0, slash);
    const state = instanceState(one, one.instance.slice(slash + 1), observed);
    found.set(component, [...(found.get(component) ?? []), state]);
  }
  return [...new Set([...wanted, ...found.keys()])].sort().map((component) => {
    const instances = found.get(component) ?? [];
    const removed = contents !== undefined && !wanted.has(component);
    return { component, state: removed ? 'removed' : worst(instances), instances };
  });
}

function worst(instances: readonly InstanceState[]): ConvergenceState {
  const live = instances.filter(isLive);
  const ranks = (live.length > 0 ? live : instances).map(({ state }) => RANK.indexOf(state));
  return ranks.length > 0 ? RANK[Math.max(...ranks)]! : 'silent';
}

function instanceState(
  { ack, presence, problem, heard }: StoredAck,
  instance: string,
  observed: Published,
): InstanceState {
  const { newest } = observed;
  const at = new Date(heard).toISOString();
  // It lives, and nobody can tell what it enforces: it is waited for, and has refused nothing.
  if (!ack) return { instance, state: presence === 'live' ? 'waiting' : presence, reason: problem!, at };
  const { enforced, refused, waiting, verifiedBy, figures } = ack;
  const state = presence === 'live' ? stateOf(ack, observed) : presence;
  const reason =
    ack.reason ?? waiting?.reason ?? (state === 'ahead' ? aheadReason(ack, observed) : undefined);
  return {
    instance,
    state,
    ...(isOfLog(enforced, newest) && isSame(enforced, newest) && enforcedOf(enforced, ack)),
    ...(isOfLog(refused, newest) && { refused: refused.sequence }),
    ...(isOfLog(waiting?.position, newest) && { waiting: waiting.position.sequence }),
    ...(waiting && { since: waiting.since }),
    ...(reason !== undefined && { reason: printable(reason) }),
    ...(verifiedBy && { verifiedBy }),
    at,
    ...(figures && { figures }),
  };
}

function aheadReason(ack: Ack, observed: LogObservation): string {
  const shown = aheadOf(ack, observed) === 'proven' ? 'and shows it' : 'and does not prove it';
  return `it says entry ${ack.enforced!.sequence}, ${shown}`;
}

/**
 * Whether a position is one of this log up to its newest entry. Others are none of its sequences: an epoch before
 * counted further, and what is refused above the newest valid entry was forged.
 */
function isOfLog(position: Position | undefined, { entry }: VerifiedEntry): position is Position {
  return position?.epoch === entry.epoch && position.sequence <= entry.sequence;
}

function enforcedOf(
  { sequence }: Position,
  { enforcedSince }: Ack,
): Pick<InstanceState, 'sequence' | 'enforcedSince'> {
  return { sequence, ...(enforcedSince !== undefined && { enforcedSince }) };
}

/** Whether what is enforced under the newest entry's own sequence is that entry: after a store was lost it may be another. */
function isSame({ sequence, entry }: Position, newest: VerifiedEntry): boolean {
  return sequence < newest.entry.sequence || entry === newest.digest;
}

function stateOf(ack: Ack, observed: Published): ConvergenceState {
  const { state, enforced, refused } = ack;
  const { entry, digest } = observed.newest;
  if (!enforced) return state === 'waiting' ? 'waiting' : 'denying';
  // Also where it was taken before: then what is in force is so only until its lease ends.
  if (refused && comparePositions(refused, entry) === 0) return 'refused';
  if (enforced.entry === digest) return state === 'stale' ? 'stale' : 'enforcing';
  if (state === 'waiting') return 'waiting';
  return aheadOf(ack, observed) ? 'ahead' : 'behind';
}
