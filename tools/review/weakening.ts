import type { Expectation, ProtectedServices, Requirement } from '../contract/shapes.ts';

type ServiceSelection = ProtectedServices & { all?: true };

/** Whether a selection of services holds, whatever services there are, all that another one does. */
function selectsAsMuch(one: ServiceSelection, other: ServiceSelection): boolean {
  if (one.all) return true;
  if (other.all) return false;
  const named = (other.services ?? []).every((id) => one.services?.includes(id));
  return named && labelsAsWide(one.labels ?? {}, other.labels ?? {});
}

/** Every service that carries the other's pairs carries these; no pairs select nothing. */
function labelsAsWide(one: Record<string, string>, other: Record<string, string>): boolean {
  if (Object.keys(other).length === 0) return true;
  const pairs = Object.entries(one);
  return pairs.length > 0 && pairs.every(([name, value]) => other[name] === value);
}

/** Whether what is protected now holds all that was. */
export function protectsAsMuch(before: ProtectedServices = {}, now: ProtectedServices = {}): boolean {
  return selectsAsMuch(now, before);
}

/** Whether a requirement asks at least for what another does, of at least the same policies. */
export function isAsStrong(one: Requirement, other: Requirement): boolean {
  const days = other.longestLifeDays;
  const wide = selectsAsMuch(one.what, other.what);
  const expires = one.expires || one.longestLifeDays !== undefined;
  return (
    wide &&
    (!other.expires || expires) &&
    (!other.ticket || one.ticket === true) &&
    (days === undefined || (one.longestLifeDays !== undefined && one.longestLifeDays <= days))
  );
}

/** Whether an expectation is another one, in at least the same environments. */
export function expectsAsMuch(one: Expectation, other: Expectation): boolean {
  const { environments: here, ...rest } = one;
  const { environments: there, ...others } = other;
  if (sorted(rest) !== sorted(others)) return false;
  return here === undefined || (there !== undefined && there.every((id) => here.includes(id)));
}

/** JSON with keys in order. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
