import { Selector } from '../access/values/selector.ts';
import type { AccessChange, EnvironmentDifference } from '../contract/shapes.ts';
import { ownerOf, unlessApproved } from './approval.ts';
import type { Change, Gist, Objection } from './change.ts';
import { causeSpot } from './locations.ts';

/** The services that the base's guardrails protect, as they are and as they would be. */
export function protectedServices({ base, head }: Pick<Change, 'base' | 'head'>): Set<string> {
  const kept = (base.guardrails ?? head.guardrails)?.value.protected;
  if (!kept) return new Set();
  const ids = [base, head].flatMap(({ services }) =>
    new Selector([...services.values()].map(({ value }) => value)).ids(kept),
  );
  return new Set(ids);
}

/** Some people who gain a service, and the environments in which exactly they do, at whatever time. */
interface Gainers {
  environments: string[];
  people: ReadonlySet<string>;
  /** The changes of access by which they do. */
  gains: AccessChange[];
}

/** Who has no name among people, as a key that no principal is called, and in words. */
const NAMELESS = new Map([
  [' else', 'anyone else'],
  [' unnamed', 'clients without certificate'],
]);

/**
 * Objects to every service that a principal would gain, once for each service, until its owner approves. The objection
 * counts everybody, in all environments and at all times, the most people first.
 */
export function* gained(
  guardrail: string,
  change: Change,
  about: (service: string) => boolean,
  called = 'service',
): Iterable<Objection> {
  for (const service of new Set(change.difference.flatMap(({ gains }) => gains.flatMap(servicesOf)))) {
    if (!about(service)) continue;
    const all = gainersOf(change, service);
    const owner = ownerOf(change, service);
    yield* unlessApproved(guardrail, change, owner, {
      subject: service,
      spot: causeSpot(change, mostPeople(all), service),
      words: {
        message: gainText(all, ` the ${called} \`${service}\``),
        expected: `approval of its owner \`${owner}\``,
      },
      gist: { ...gainGist(all), kind: called, thing: service },
    });
  }
}

const servicesOf = ({ services }: AccessChange): string[] => services.map(({ service }) => service);

/** Everybody who gains a service; environments with the same people together, the most people first. */
function gainersOf({ difference }: Change, service: string): Gainers[] {
  const gains = new Map<string, AccessChange[]>();
  for (const { environment, gains: some } of productionFirst(difference)) {
    const own = some.filter((one) => servicesOf(one).includes(service));
    if (own.length > 0) gains.set(environment, [...(gains.get(environment) ?? []), ...own]);
  }
  const found = new Map<string, Gainers>();
  for (const [environment, own] of gains) {
    const people = new Set(own.flatMap(peopleOf).sort());
    const known = found.get([...people].join('\n')) ?? { environments: [], people, gains: [] };
    known.environments.push(environment);
    known.gains.push(...own);
    found.set([...people].join('\n'), known);
  }
  return [...found.values()].sort((a, b) => b.people.size - a.people.size);
}

/** Environments in the order in which they matter. */
const productionFirst = (difference: Change['difference']): EnvironmentDifference[] =>
  [...difference].sort((a, b) => Number(b.production ?? true) - Number(a.production ?? true));

const peopleOf = ({ principals, anyoneElse, withoutCertificate }: AccessChange): string[] => [
  ...principals,
  ...(anyoneElse ? [' else'] : []),
  ...(withoutCertificate ? [' unnamed'] : []),
];

/** The change by which most people gain, of those that the head has a line for where there are such. */
function mostPeople(all: readonly Gainers[]): AccessChange {
  const gains = all.flatMap((one) => one.gains);
  const shown = gains.filter(({ causes }) => causes.some(({ side }) => side === 'after'));
  const [first, ...rest] = shown.length > 0 ? shown : gains;
  return rest.reduce((most, one) => (peopleOf(one).length > peopleOf(most).length ? one : most), first!);
}

/** `60 principals would gain`, and ` in prod and stage, and ann@example.com in dev`. */
function gainGist([first, ...rest]: readonly Gainers[]): Pick<Gist, 'begin' | 'end'> {
  const where = ({ environments }: Gainers): string => listed(environments);
  const others = rest.map((one) => `${whoText(one)} in ${where(one)}`);
  const last = others.length === 0 ? [] : [...others.slice(0, -1), `and ${others.at(-1)}`];
  return { begin: `${whoText(first!)} would gain`, end: [` in ${where(first!)}`, ...last].join(', ') };
}

/** `60 principals would gain the service `wiki` in prod and stage, and ann@example.com in dev` */
function gainText(all: readonly Gainers[], what: string): string {
  const { begin, end } = gainGist(all);
  return `${begin}${what}${end}`;
}

/** `ann@example.com`, `12 principals`, `12 principals and anyone else`, `anyone else` */
function whoText({ people }: Gainers): string {
  const names = [...people].filter((one) => !NAMELESS.has(one));
  const named = names.length > 1 ? `${names.length} principals` : names[0];
  const others = [...NAMELESS].flatMap(([key, words]) => (people.has(key) ? [words] : []));
  return [...(named === undefined ? [] : [named]), ...others].join(' and ');
}

/** `dev, stage and prod` */
const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
