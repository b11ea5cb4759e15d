import { canonicalJson } from '../contract/log/canonical.ts';
import { Calendar } from '../access/solver/calendar.ts';
import { contained } from '../access/contains.ts';
import { holdName, positionsOf, positionText } from '../contract/log/hold.ts';
import type { Hold, IntermediatePart } from '../contract/shapes.ts';
import { REASON_BYTES, brief } from '../contract/text.ts';
import { isLossesOnly } from './losses.ts';
import { revokedIn, type EnforcedState } from './state.ts';

/** What the holds of an environment mean for new content. */
export interface HoldVerdict {
  /** Those that stay in force. */
  kept: Hold[];
  /** Those whose change the new commit contains and the new content does not: it has been reverted. */
  released: Hold[];
  /** Those that the new content must not be published against, and why. */
  against: { hold: Hold; problem: string }[];
  /** Those that would be against it, and stay in force: it only takes access away. */
  passed: Hold[];
}

/** What holds are judged by. */
export interface HeldStates {
  /** The epoch of the log in which the holds are. */
  epoch: number;
  /** The state of each entry that a hold names, by `<epoch>/<sequence>`; absent where it cannot be read. */
  states: ReadonlyMap<string, EnforcedState>;
  /** From when on access is compared, in milliseconds. */
  at: number;
}

/** New content, and what it comes after. */
export interface NewContent {
  /** What is to be published. */
  next: EnforcedState;
  /** What is in force; absent where there is nothing, or where it cannot be read. */
  current?: EnforcedState | undefined;
  /**
   * The undone entries, by `<epoch>/<sequence>`, whose commit the new one contains: content of a commit before them says
   * nothing of a revert, so a job that is run again does not end a hold.
   */
  merged: ReadonlySet<string>;
}

/**
 * Judges new content against holds. A hold that names a part is against exactly that part. Any other is against
 * the change from `kept` to `undone`, told by access and not by commits: new content contains it where it gives
 * back a gain or a destination that the rollback took away, or repeats all of a loss that it made good.
 * What only takes away of what is in force passes every hold, and lifts none that it would be against.
 * @param holds those of the newest entry
 */
export function judgeHolds(
  holds: readonly Hold[],
  held: HeldStates,
  { next, current, merged }: NewContent,
): HoldVerdict {
  const verdict: HoldVerdict = { kept: [], released: [], against: [], passed: [] };
  let passes: boolean | undefined;
  for (const hold of holds) {
    const problem = holdProblem(hold, held, next);
    const undone = positionText(positionsOf(hold, held.epoch).undone);
    if (problem === undefined) verdict[hold.part || !merged.has(undone) ? 'kept' : 'released'].push(hold);
    else if ((passes ??= current !== undefined && isLossesOnly(current.parts, next.parts, held.at)))
      verdict.passed.push(hold);
    else verdict.against.push({ hold, problem });
  }
  verdict.kept.push(...verdict.passed);
  return verdict;
}

/** A hold as it is after a person went to an earlier entry on purpose; undefined where nothing of it is left. */
function afterGoingTo(hold: Hold, { source, state }: ChosenEntry, held: HeldStates): Hold | undefined {
  if (holdProblem(hold, held, state) === undefined || !isReadable(hold, held)) return hold;
  const undone = held.states.get(positionText(positionsOf(hold, held.epoch).undone));
  // What the entry chosen has of the change is wanted again; the rest of the change stays on hold.
  const rest = !hold.part && undone && !isLossesOnly(state.parts, undone.parts, held.at);
  return rest && (hold.epoch ?? held.epoch) === held.epoch ? { ...hold, kept: source } : undefined;
}

/** An entry that a person goes back, or forward, to. */
export interface ChosenEntry {
  /** Its sequence. */
  source: number;
  state: EnforcedState;
}

/** What going to an entry makes of the holds. */
export interface HoldsAfter {
  holds: Hold[];
  /** Those that the entry contains the change of: going there lifts them. */
  lifted: Hold[];
  /** Those that going back had lifted, and that stand again now that the way is gone back. */
  again: Hold[];
}

/** What a person leaves. */
export interface LeftEntry {
  /** The hold on what is left. */
  added: Hold;
  /** The content digest of what is left. */
  content: string;
  /** The holds that the entry which a hold undoes had itself, as an entry of this epoch has them; undefined where it cannot be read. */
  holdsAt(hold: Hold): readonly Hold[] | undefined;
}

/**
 * The holds after a person has gone from one entry to another on purpose. What that one contains is wanted, and no hold
 * is against it any more. What is left is held, unless it was itself only the state that a lifted hold kept: then the
 * person takes a step back again, and what was on hold before that step is on hold once more.
 */
export function holdsAfter(
  holds: readonly Hold[],
  chosen: ChosenEntry,
  held: HeldStates,
  left: LeftEntry,
): HoldsAfter {
  const after = holds.map((hold) => ({ hold, now: afterGoingTo(hold, chosen, held) }));
  const changed = after.filter(({ hold, now }) => now !== hold);
  const keptContent = ({ hold }: { hold: Hold }): string | undefined =>
    held.states.get(positionText(positionsOf(hold, held.epoch).kept))?.content;
  const steps = changed.filter((one) => keptContent(one) === left.content);
  const before = steps.map(({ hold }) => left.holdsAt(hold));
  const isStepBack = steps.length > 0 && before.every((one) => one !== undefined);
  const stay = after.flatMap(({ now }) => now ?? []);
  const again = isStepBack ? againOf(before.flat() as Hold[], stay, chosen, held) : [];
  return {
    holds: [...stay, ...again, ...(isStepBack ? [] : [left.added])],
    lifted: changed.filter(({ now }) => !now).map(({ hold }) => hold),
    again,
  };
}

/** Those of some earlier holds that an entry does not contain the change of, and that do not stand already. */
function againOf(
  earlier: readonly Hold[],
  stay: readonly Hold[],
  chosen: ChosenEntry,
  held: HeldStates,
): Hold[] {
  const name = (hold: Hold): string => `${positionText(positionsOf(hold, held.epoch).undone)} ${hold.since}`;
  const known = new Set(stay.map(name));
  const distinct = new Map(earlier.map((hold) => [name(hold), hold]));
  return [...distinct]
    .filter(([one]) => !known.has(one))
    .flatMap(([, hold]) => afterGoingTo(hold, chosen, held) ?? []);
}

/** How many holds an entry has room for, with its reasons cut short. */
export const MOST_HOLDS = 8;
/** Bytes of an entry for all its holds; and of one hold, in JSON, without its reason. */
const BYTES = { all: 1900, one: 190 };

/** Holds as an entry has room for them: the more there are, the shorter their reasons. The log has them in full. */
export function fitted(holds: readonly Hold[]): Hold[] {
  const bytes = Math.min(REASON_BYTES, Math.floor(BYTES.all / holds.length) - BYTES.one);
  return holds.map((hold) => ({ ...hold, reason: brief(hold.reason, bytes) }));
}

function holdProblem(hold: Hold, held: HeldStates, next: EnforcedState): string | undefined {
  return hold.part ? partProblem(hold, held.epoch, next) : changeProblem(hold, held, next);
}

function partProblem(hold: Hold, epoch: number, { index }: EnforcedState): string | undefined {
  const holder = Object.keys(index.components).find((one) => index.components[one]!.part === hold.part);
  return holder && `it gives ${holder} the part that was refused in entry ${holdName(hold, epoch)}`;
}

function isReadable(hold: Hold, { epoch, states }: HeldStates): boolean {
  const { undone, kept } = positionsOf(hold, epoch);
  return hold.part !== undefined || [undone, kept].every((one) => states.has(positionText(one)));
}

function changeProblem(
  hold: Hold,
  { epoch, states, at }: HeldStates,
  next: EnforcedState,
): string | undefined {
  const [undone, kept] = [positionsOf(hold, epoch).undone, positionsOf(hold, epoch).kept].map((one) =>
    states.get(positionText(one)),
  );
  const name = holdName(hold, epoch);
  if (!undone || !kept) return `entries ${hold.kept} and ${name} cannot be read to compare with`;
  const three = { kept, undone, next };
  const problem = accessProblem(three, at) ?? destinationProblem(three) ?? revocationProblem(three);
  return problem && `it ${problem}, as entry ${name} did`;
}

/** Three states of one environment. */
interface Three {
  kept: EnforcedState;
  undone: EnforcedState;
  next: EnforcedState;
}

function accessProblem(three: Three, at: number): string | undefined {
  const calendar = new Calendar(at);
  for (const { kept, undone, next } of intermediates(three)) {
    if (same(kept.access, undone.access)) continue;
    const found = contained({ kept: kept.access, undone: undone.access, next: next.access }, calendar);
    if (found.gain) return `gives ${found.gain.principal} \`${found.gain.service}\``;
    if (found.loss) return `takes \`${found.loss.service}\` from ${found.loss.principal}`;
  }
  return undefined;
}

/** One intermediate's parts on the three sides. */
type Parts = Record<keyof Three, IntermediatePart>;

/** The parts of each intermediate, those that are the same once. */
function intermediates({ kept, undone, next }: Three): Parts[] {
  const known = new Map<string, Parts>();
  for (const component of next.parts.keys()) {
    const [was, is, will] = [kept, undone, next].map((state) => intermediatePart(state, component));
    if (!component.startsWith('intermediate/') || !was || !is || !will) continue;
    const parts = { kept: was, undone: is, next: will };
    known.set(canonicalJson(parts), parts);
  }
  return [...known.values()];
}

/** The part of an intermediate; one that is new is compared with another of its side. */
function intermediatePart({ parts }: EnforcedState, component: string): IntermediatePart | undefined {
  const all = [...parts].filter(([, part]) => part.kind === 'intermediate');
  return (all.find(([name]) => name === component) ?? all[0])?.[1] as IntermediatePart | undefined;
}

function destinationProblem({ kept, undone, next }: Three): string | undefined {
  const [was, is, will] = [kept, undone, next].map(destinations);
  const back = [...is!].find(([where]) => !was!.has(where) && will!.has(where));
  return back && `leads \`${back[1]}\` there again`;
}

/** Where each service leads: connector, backend, address and protocol, as one text, with the service. */
function destinations({ parts }: EnforcedState): Map<string, string> {
  return new Map(
    [...parts.values()].flatMap((part) =>
      part.kind === 'connector'
        ? part.services.map((service): [string, string] => [
            canonicalJson([part.connector, service]),
            service.id,
          ])
        : [],
    ),
  );
}

function revocationProblem({ kept, undone, next }: Three): string | undefined {
  const [was, is, will] = [kept, undone, next].map(revokedIn);
  const back = [...was!].find(([refusal]) => !is!.has(refusal) && !will!.has(refusal));
  return back && `accepts the revoked ${back[1]}`;
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
