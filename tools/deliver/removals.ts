import type { Bundle } from '../bundle/assemble.ts';
import { narrowed } from '../access/narrow.ts';
import { Calendar } from '../access/solver/calendar.ts';
import { canonicalJson } from '../contract/log/canonical.ts';
import type { IntermediatePart, Part } from '../contract/shapes.ts';
import { isLossesOnly, type Parts } from '../publish/losses.ts';
import { partsOf } from '../publish/state.ts';
import { bundleOf } from './revocations.ts';

/**
 * What is in force, without the access that a bundle takes away: for where the rest of the bundle is on hold.
 * @param base what all components have
 * @param at from when on access is compared, in milliseconds
 * @returns undefined where it takes nothing away
 */
export function removalsOnly(base: Parts, bundle: Bundle, at: number): Bundle | undefined {
  const wanted = [...partsOf(bundle).values()].find((part) => part.kind === 'intermediate');
  if (!wanted) return undefined;
  const calendar = new Calendar(at);
  const known = new Map<string, Part>();
  const change = (part: Part): Part => {
    if (part.kind !== 'intermediate') return part;
    const key = canonicalJson(part);
    known.set(key, known.get(key) ?? without(part, wanted, calendar, at));
    return known.get(key)!;
  };
  const taken = [...base.values()].some((part) => !isSame(change(part), part));
  return taken ? bundleOf(bundle.environment, base, change) : undefined;
}

/** The part itself where nothing is taken of it. */
function without(
  part: IntermediatePart,
  wanted: IntermediatePart,
  calendar: Calendar,
  at: number,
): IntermediatePart {
  const less = { ...part, access: narrowed(part.access, wanted.access, calendar) };
  const [one, other] = [new Map<string, Part>([['', less]]), new Map<string, Part>([['', part]])];
  return isLossesOnly(one, other, at) ? part : less;
}

function isSame(a: Part, b: Part): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
