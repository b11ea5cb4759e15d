import { canonicalJson } from '../contract/canonical.ts';
import { Calendar } from '../access/solver/calendar.ts';
import { contained } from '../access/contains.ts';
import type { Hold, IntermediatePart } from '../contract/shapes.ts';
import { revokedIn, type EnforcedState } from './state.ts';

/** What the holds of the newest entry mean for new content. */
export interface HoldVerdict {
  /** Those that stay in force. */
  kept: Hold[];
  /** Those whose change the new commit contains and the new content does not: it has been reverted. */
  released: Hold[];
  /** Those that the new content must not be published against, and why. */
  against: { hold: Hold; problem: string }[];
}

/**
 * Judges new content against holds. A hold that names a part is against exactly that part. Any other is against
 * the change from `kept` to `undone`, told by access and not by commits: new content contains it where it gives
 * back a gain or a destination that the rollback took away, or repeats all of a loss that it made good.
 * @param holds those of the newest entry
 * @param states the state of each entry that a hold names; absent where it cannot be read
 * @param next the state that is to be published
 * @param at from when on access is compared, in milliseconds
 * @param merged the undone entries whose commit the new one contains: content of a commit before them says nothing
 *   of a revert, so a job that is run again does not end a hold
 */
export function judgeHolds(
  holds: readonly Hold[],
  states: ReadonlyMap<number, EnforcedState>,
  next: EnforcedState,
  at: number,
  merged: ReadonlySet<number>,
): HoldVerdict {
  const verdict: HoldVerdict = { kept: [], released: [], against: [] };
  for (const hold of holds) {
    const problem = hold.part ? partProblem(hold, next) : changeProblem(hold, states, next, at);
    if (problem) verdict.against.push({ hold, problem });
    else verdict[hold.part || !merged.has(hold.undone) ? 'kept' : 'released'].push(hold);
  }
  return verdict;
}

function partProblem({ part, undone }: Hold, { index }: EnforcedState): string | undefined {
  const holder = Object.keys(index.components).find((one) => index.components[one]!.part === part);
  return holder && `it gives ${holder} the part that was refused in entry ${undone}`;
}

function changeProblem(
  hold: Hold,
  states: ReadonlyMap<number, EnforcedState>,
  next: EnforcedState,
  at: number,
): string | undefined {
  const [undone, kept] = [states.get(hold.undone), states.get(hold.kept)];
  if (!undone || !kept) return `entries ${hold.kept} and ${hold.undone} cannot be read to compare with`;
  const three = { kept, undone, next };
  const problem = accessProblem(three, at) ?? destinationProblem(three) ?? revocationProblem(three);
  return problem && `it ${problem}, as entry ${hold.undone} did`;
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
