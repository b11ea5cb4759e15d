import type { AccessChange, Cause, EnvironmentDifference } from '../contract/shapes.ts';

/** Environments that change alike, said once. */
export interface Alike<E extends Changing = EnvironmentDifference> {
  /** Production first. */
  environments: string[];
  /** What changes in each of them; behind it are the lines of all. */
  changes: E;
  /** What each has that need not be the same. */
  all: E[];
}

/** Whatever changes in an environment: lists of changes with the lines behind them. */
type Changing = { environment: string; production?: boolean };

/**
 * Environments in the order in which they matter to a reader, production first; those in which the same changes come
 * together.
 */
export function alike<E extends Changing>(
  environments: readonly E[],
  lists: (one: E) => Partial<E>,
): Alike<E>[] {
  const sorted = [...environments].sort(
    (a, b) =>
      Number(b.production ?? true) - Number(a.production ?? true) || (a.environment < b.environment ? -1 : 1),
  );
  const found = new Map<string, Alike<E>>();
  for (const one of sorted) {
    // Alone, it is like no other, however long its lists are.
    const key = sorted.length === 1 ? '' : keyOf(lists(one));
    const known = found.get(key);
    if (!known) found.set(key, { environments: [one.environment], changes: one, all: [one] });
    else {
      known.environments.push(one.environment);
      known.all.push(one);
      known.changes = { ...known.changes, ...withCauses(lists(known.changes), lists(one)) };
    }
  }
  return [...found.values()];
}

/** The lists of a difference. */
export function listsOf(difference: EnvironmentDifference): Partial<EnvironmentDifference> {
  const { gains, losses, observed, destinations, revocations } = difference;
  return { gains, losses, ...(observed && { observed }), destinations, revocations };
}

type Caused = { causes: Cause[] };

/** The same for the same changes, in whatever order, whichever lines are behind them. */
function keyOf(lists: object): string {
  return JSON.stringify(
    Object.entries(lists).map(([key, list]) => [key, (list as Caused[]).map(bare).sort()]),
  );
}

const bare = ({ causes: _, ...rest }: Caused): string => JSON.stringify(rest);

/** The lists of one, each change with the lines of the same one of the other too. */
function withCauses<L extends object>(lists: L, others: L): L {
  return Object.fromEntries(
    Object.entries(lists).map(([key, list]) => {
      const other = new Map((others[key as keyof L] as Caused[]).map((one) => [bare(one), one.causes]));
      return [
        key,
        (list as Caused[]).map((one) => ({
          ...one,
          causes: together(one.causes, other.get(bare(one)) ?? []),
        })),
      ];
    }),
  ) as L;
}

function together(causes: readonly Cause[], more: readonly Cause[]): Cause[] {
  const known = new Set(causes.map((one) => JSON.stringify(one)));
  return [...causes, ...more.filter((one) => !known.has(JSON.stringify(one)))];
}

/** Whether anything changes. */
export function isChange({ gains, losses, destinations, revocations }: EnvironmentDifference): boolean {
  return gains.length + losses.length + destinations.length + revocations.length > 0;
}

/** Changes of access, gains and losses of the same services beside each other, those of the most people first. */
export function besideEachOther(
  gains: readonly AccessChange[],
  losses: readonly AccessChange[],
): { mark: '+' | '-'; change: AccessChange }[] {
  const all = [
    ...gains.map((change) => ({ mark: '+' as const, change })),
    ...losses.map((change) => ({ mark: '-' as const, change })),
  ];
  const size = ({ change }: (typeof all)[number]): number =>
    change.principals.length + Number(change.anyoneElse) + 2 * Number(change.withoutCertificate ?? false);
  const groups = new Map<string, typeof all>();
  for (const one of all) {
    const key = one.change.services.map(({ service }) => service).join();
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const sorted = [...groups.values()].map((group) =>
    group.sort((a, b) => size(b) - size(a) || (a.mark < b.mark ? -1 : 1)),
  );
  return sorted.sort((a, b) => size(b[0]!) - size(a[0]!)).flat();
}

/** Everything that changes in several environments. */
export function togetherOf(
  all: readonly EnvironmentDifference[],
): Pick<EnvironmentDifference, 'gains' | 'losses' | 'destinations' | 'revocations'> {
  return {
    gains: all.flatMap(({ gains }) => gains),
    losses: all.flatMap(({ losses }) => losses),
    destinations: all.flatMap(({ destinations }) => destinations),
    revocations: all.flatMap(({ revocations }) => revocations),
  };
}
