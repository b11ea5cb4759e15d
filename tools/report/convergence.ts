import { comparePositions, type InvalidEntry, type VerifiedEntry } from '../contract/log/entry.ts';
import { isAhead, readAck } from '../contract/log/ack.ts';
import { holdName, liftingCommand } from '../contract/log/hold.ts';
import { absenceNotes, isLive, presenceOf } from '../contract/log/liveness.ts';
import type { LogScope } from '../contract/names.ts';
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

/** What was read of one environment's log. */
export interface LogObservation {
  log: LogScope;
  newest?: VerifiedEntry;
  /** What is above it and is no entry. */
  invalid: readonly InvalidEntry[];
  /** The newest entry's index; absent where it cannot be read. */
  contents?: BundleIndex;
  /** Everything below the path of the acks: name to value. */
  acks: ReadonlyMap<string, string>;
  /** What time the store said it was, in milliseconds: a clock of ours that is wrong must not make anybody gone. */
  date?: number;
}

/** From best to worst: a component is what its worst live instance is; where none is live, the worst of all. */
const RANK: readonly ConvergenceState[] = [
  'enforcing',
  'stale',
  'behind',
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
export function convergence(
  { log, newest, invalid, contents, acks, date }: LogObservation,
  clock: number,
  flags = '',
): Convergence {
  const now = date ?? clock;
  const { reports, notes } = readAcks(log, acks);
  const components = newest ? componentStates(newest, contents, reports, now) : [];
  const wanted = components.filter(({ state }) => state !== 'removed');
  if (newest && !contents) notes.unshift(`the index of entry ${newest.entry.sequence} cannot be read`);
  for (const hold of newest?.entry.holds ?? [])
    notes.push(
      `the change of entry ${holdName(hold, log.epoch)} is on hold since ${hold.since}: ${hold.reason}; to lift it: ${liftingCommand(log.environment, hold, log.epoch, flags)}`,
    );
  notes.push(...components.flatMap(absenceNotes));
  for (const ack of reports) if (isAhead(ack, log.epoch, newest)) notes.unshift(lossNote(ack));
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

/** That the log lacks what an instance enforces: nothing that is published below it would be taken. */
function lossNote({ component, instance, enforced }: Ack): string {
  return `the store is lost or an old copy: ${component}/${instance} enforces entry ${enforced!.sequence}, which the log does not have: npx ztna publish says what to do`;
}

function newestOf({ entry, digest, key }: VerifiedEntry, now: number): NewestEntry {
  const { sequence, commit, reason, issuedAt, expiresAt } = entry;
  const expired = now >= Date.parse(expiresAt);
  return { sequence, entry: digest, commit, reason, issuedAt, expiresAt, expired, key: key.id };
}

function readAcks(log: LogScope, acks: ReadonlyMap<string, string>): { reports: Ack[]; notes: string[] } {
  const reports: Ack[] = [];
  const notes: string[] = [];
  for (const [name, text] of [...acks].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const read = readAck(log, name, text);
    if (read.ok) reports.push(read.ack);
    else notes.push(read.problem);
  }
  return { reports, notes };
}

function componentStates(
  newest: VerifiedEntry,
  contents: BundleIndex | undefined,
  reports: readonly Ack[],
  now: number,
): ComponentState[] {
  const wanted = new Set(Object.keys(contents?.components ?? {}));
  const all = new Set([...wanted, ...reports.map(({ component }) => component)]);
  return [...all].sort().map((component) => {
    const instances = reports
      .filter((ack) => ack.component === component)
      .map((ack) => instanceState(ack, newest, now));
    const removed = contents !== undefined && !wanted.has(component);
    return { component, state: removed ? 'removed' : worst(instances), instances };
  });
}

function worst(instances: readonly InstanceState[]): ConvergenceState {
  const live = instances.filter(isLive);
  const ranks = (live.length > 0 ? live : instances).map(({ state }) => RANK.indexOf(state));
  return ranks.length > 0 ? RANK[Math.max(...ranks)]! : 'silent';
}

function instanceState(ack: Ack, newest: VerifiedEntry, now: number): InstanceState {
  const { instance, enforced, refused, waiting, reason = waiting?.reason, verifiedBy, at, figures } = ack;
  const presence = presenceOf(ack, now);
  return {
    instance,
    state: presence === 'live' ? stateOf(ack, newest) : presence,
    ...(isOfLog(enforced, newest) && isSame(enforced, newest) && { sequence: enforced.sequence }),
    ...(isOfLog(refused, newest) && { refused: refused.sequence }),
    ...(isOfLog(waiting?.position, newest) && { waiting: waiting.position.sequence }),
    ...(waiting && { since: waiting.since }),
    ...(reason !== undefined && { reason: printable(reason) }),
    ...(verifiedBy && { verifiedBy }),
    at,
    ...(figures && { figures }),
  };
}

/**
 * Whether a position is one of this log up to its newest entry. Others are none of its sequences: an epoch before
 * counted further, and what is refused above the newest valid entry was forged.
 */
function isOfLog(position: Position | undefined, { entry }: VerifiedEntry): position is Position {
  return position?.epoch === entry.epoch && position.sequence <= entry.sequence;
}

/** Whether what is enforced under the newest entry's own sequence is that entry: after a store was lost it may be another. */
function isSame({ sequence, entry }: Position, newest: VerifiedEntry): boolean {
  return sequence < newest.entry.sequence || entry === newest.digest;
}

function stateOf({ state, enforced, refused }: Ack, { entry, digest }: VerifiedEntry): ConvergenceState {
  if (!enforced) return state === 'waiting' ? 'waiting' : 'denying';
  if (enforced.entry === digest) return state === 'stale' ? 'stale' : 'enforcing';
  if (refused && comparePositions(refused, entry) === 0) return 'refused';
  return state === 'waiting' ? 'waiting' : 'behind';
}
