import type { Expectation, ProtectedServices, Requirement } from '../contract/shapes.ts';

type ServiceSelection = ProtectedServices & { all?: true };

/** Whether a selection of services has, whatever services there are, all that the one before had. */
function selectsAsMuch(before: ServiceSelection, after: ServiceSelection): boolean {
  if (after.all) return true;
  if (before.all) return false;
  const named = (before.services ?? []).every((id) => after.services?.includes(id));
  return named && labelsAsWide(before.labels ?? {}, after.labels ?? {});
}

/** Every service that carries the labels of before carries those of after; no labels select nothing. */
function labelsAsWide(before: Record<string, string>, after: Record<string, string>): boolean {
  if (Object.keys(before).length === 0) return true;
  const labels = Object.entries(after);
  return labels.length > 0 && labels.every(([name, value]) => before[name] === value);
}

/** Whether what is protected after has all that was before. */
export function protectsAsMuch(before: ProtectedServices = {}, after: ProtectedServices = {}): boolean {
  return selectsAsMuch(before, after);
}

/** Whether a requirement asks at least for what it did before, of at least the same policies. */
export function isAsStrong(before: Requirement, after: Requirement): boolean {
  const days = before.longestLifeDays;
  const wide = selectsAsMuch(before.what, after.what);
  const expires = after.expires || after.longestLifeDays !== undefined;
  return (
    wide &&
    (!before.expires || expires) &&
    (!before.ticket || after.ticket === true) &&
    (days === undefined || (after.longestLifeDays !== undefined && after.longestLifeDays <= days))
  );
}

/** Whether an expectation is the one before, in at least the same environments, and probed where that was. */
export function expectsAsMuch(before: Expectation, after: Expectation): boolean {
  const { environments: wasIn, probe: wasProbed, ...was } = before;
  const { environments: isIn, probe: isProbed, ...is } = after;
  if (sorted(was) !== sorted(is) || (wasProbed && !isProbed)) return false;
  return isIn === undefined || (wasIn !== undefined && wasIn.every((id) => isIn.includes(id)));
}

/** JSON with keys in order. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
