import type { LogPosition } from '../contract/log/entry.ts';
import { prefixTexts } from '../access/values/address.ts';
import { Calendar } from '../access/solver/calendar.ts';
import { isTimeless } from '../access/values/condition.ts';
import { DAY, instantText, type Instant } from '../access/values/time-zone.ts';
import { indexPolicies, type Access } from '../access/model.ts';
import { AnswerCache, type Ruling } from '../access/solver/branches.ts';
import { portIntervals } from '../access/values/ports.ts';
import { allowedBoxes, allowedTimes, firstAllowed, partiesOf } from '../access/solver/reach.ts';
import type { Box } from '../access/solver/boxes.ts';
import { intervalsOf } from '../access/values/intervals.ts';
import type {
  ConnectorPart,
  Enforcement,
  Grant,
  IntermediatePart,
  Part,
  PrincipalClass,
} from '../contract/shapes.ts';
import { SCHEMA_VERSION } from '../contract/limits.ts';

/**
 * What a component must enforce from one instant up to another: its lease.
 * @param part the component's part; every allowed request of the lease is in some grant, and no other
 * @param from the lease's first instant, in milliseconds
 * @param to the lease's end, excluded
 */
export function flatten(
  part: Part,
  component: string,
  { epoch, sequence }: LogPosition,
  from: Instant,
  to: Instant,
): Enforcement {
  const lease = { notBefore: instantText(from), notAfter: instantText(to) };
  const head = {
    schemaVersion: SCHEMA_VERSION,
    environment: part.environment,
    component,
    epoch,
    sequence,
    ...lease,
  } as const;
  return part.kind === 'intermediate'
    ? { ...head, intermediate: rules(part, from, to) }
    : { ...head, connector: connectorRules(part) };
}

/** An enforcement file that allows nothing: what a stale or unreadable part comes to. */
export function denyAll(
  part: Part,
  component: string,
  position: LogPosition,
  from: Instant,
  to: Instant,
): Enforcement {
  const file = flatten(part, component, position, from, to);
  if (file.connector) return { ...file, connector: { ...file.connector, services: [] } };
  const nothing = { reaches: [], grants: [] };
  const { withoutCertificate, ...rest } = file.intermediate!;
  const unnamed = withoutCertificate && { withoutCertificate: nothing };
  return { ...file, intermediate: { ...rest, classes: [{ principals: [], ...nothing }], ...unnamed } };
}

function connectorRules({ services, intermediates }: ConnectorPart): NonNullable<Enforcement['connector']> {
  return { services, intermediates };
}

function rules(part: IntermediatePart, from: Instant, to: Instant): NonNullable<Enforcement['intermediate']> {
  const { virtualNetwork, access, revoked, clientCas, revokedPrincipals, connectors } = part;
  return {
    virtualNetwork,
    services: access.services,
    ...audiencesOf(indexPolicies(access), from, to),
    revoked,
    ...(clientCas && { clientCas }),
    ...(revokedPrincipals && { revokedPrincipals }),
    ...(connectors && { connectors }),
  };
}

/** What some class may do with one service. */
interface Share {
  /** The same for equal shares. */
  key: string;
  reaches: string[];
  grants: Grant[];
  /** What would be granted if observed denies denied; absent where that is the same. */
  observed?: Grant[];
  /** When a grant begins next, also beyond the lease. */
  opensAt?: string;
}

/** Classes, and clients without certificate where they may connect. */
type Audiences = Pick<NonNullable<Enforcement['intermediate']>, 'classes' | 'withoutCertificate'>;

/** Classes that reach and are granted the same are put together; the first stays anyone else. */
function audiencesOf(access: Access, from: Instant, to: Instant): Audiences {
  const shares: Share[][] = access.classes.map(() => []);
  const shareOf = sharing(from, to);
  for (const service of access.services) {
    for (const { classes, ruling, observed } of partiesOf(service)) {
      const share = shareOf(service.model.id, ruling, observed);
      if (share.reaches.length > 0) for (const one of classes) shares[one]!.push(share);
    }
  }
  const known = new Map<string, PrincipalClass>();
  access.model.classes.forEach((principals, index) => {
    const mine = shares[index]!;
    const key = index === 0 ? 'anyone else' : mine.map(({ key }) => key).join();
    const alike = known.get(key);
    if (alike) return void alike.principals.push(...principals);
    known.set(key, { principals: [...principals], ...together(mine) });
  });
  for (const { principals } of known.values()) principals.sort();
  const { classes, withoutCertificate } = access.model;
  return {
    classes: [...known.values()],
    ...(withoutCertificate && { withoutCertificate: together(shares[classes.length]!) }),
  };
}

/** What one class may do with all services. */
function together(shares: readonly Share[]): Omit<PrincipalClass, 'principals'> {
  const opening = shares.flatMap(({ reaches, opensAt }) =>
    opensAt === undefined ? [] : reaches.map((service) => [service, opensAt] as const),
  );
  return {
    reaches: shares.flatMap(({ reaches }) => reaches),
    grants: shares.flatMap(({ grants }) => grants),
    ...(shares.some(({ observed }) => observed) && {
      observed: shares.flatMap(({ observed, grants }) => observed ?? grants),
    }),
    ...(opening.length > 0 && { opensAt: Object.fromEntries(opening) }),
  };
}

/** Works out what a ruling comes to in a lease, once for all that are decided alike. */
function sharing(
  from: Instant,
  to: Instant,
): (service: string, ruling: Ruling, observed: Ruling | undefined) => Share {
  const grants = new AnswerCache<Omit<Grant, 'service'>[]>(new Calendar(from, to));
  const ever = new AnswerCache<Box | null>(new Calendar(from));
  const nextBegin = openings(from);
  const numbers = new Map<string, number>();
  const grantsIn = (service: string, ruling: Ruling): Grant[] =>
    grants
      .of(ruling, (one, calendar) => allowedBoxes(one, calendar).flatMap(grantsOf))
      .map((grant) => ({ service, ...grant }));
  return (service, ruling, observed) => {
    const granted = grantsIn(service, ruling);
    const left = observed && grantsIn(service, observed);
    // What is granted now is reached; only what is not needs a look ahead.
    const reaches = granted.length > 0 || ever.of(ruling, firstAllowed) !== null;
    const opensAt = reaches ? nextBegin(ruling) : undefined;
    const text = JSON.stringify([service, granted, left, opensAt]);
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return {
      key: String(numbers.get(text)),
      reaches: reaches ? [service] : [],
      grants: granted,
      ...(left && { observed: left }),
      ...(opensAt !== undefined && { opensAt: instantText(opensAt) }),
    };
  };
}

/** Nearly all that opens again does so within a week; only what does not is looked for further on. */
const SOON = 8 * DAY;

/** Works out when what is closed opens next after an instant, once for all that are decided alike; undefined for never. */
function openings(from: Instant): (ruling: Ruling) => Instant | undefined {
  const [soon, late] = [from + SOON, undefined].map(
    (end) => new AnswerCache<Instant | null>(new Calendar(from, end)),
  ) as [AnswerCache<Instant | null>, AnswerCache<Instant | null>];
  const begin = (ruling: Ruling, calendar: Calendar): Instant | null =>
    intervalsOf(allowedTimes(ruling, calendar)).find(([first]) => first > from)?.[0] ?? null;
  return (ruling) => {
    if (ruling.rules.every(({ condition }) => isTimeless(condition))) return undefined;
    return soon.of(ruling, begin) ?? late.of(ruling, begin) ?? undefined;
  };
}

/**
 * A box as grants, one per interval of time. What is unknown satisfies no allow and escapes no deny, so where an
 * unknown fact is allowed every known one is: a set that holds the unknown needs no condition.
 */
function grantsOf({ time, ports, sources, device }: Box): Omit<Grant, 'service'>[] {
  const values = device
    .filter(({ unknown }) => !unknown)
    .map(({ attribute, values }) => [
      attribute.name,
      attribute.values.filter((_, index) => values & (1 << (attribute.shift + index))),
    ]);
  return intervalsOf(time).map(([begin, end]) => ({
    ports: portIntervals(ports),
    ...(!sources.unknown && { sources: prefixTexts(sources) }),
    ...(values.length > 0 && { device: Object.fromEntries(values) as Record<string, string[]> }),
    notBefore: instantText(begin),
    notAfter: instantText(end),
  }));
}
