import type { LogPosition } from '../contract/entry.ts';
import { prefixTexts } from '../access/values/address.ts';
import { Calendar } from '../access/solver/calendar.ts';
import { instantText, type Instant } from '../access/values/time-zone.ts';
import { indexPolicies, type Access } from '../access/model.ts';
import { AnswerCache, type Ruling } from '../access/solver/branches.ts';
import { portIntervals } from '../access/values/ports.ts';
import { allowedBoxes, firstAllowed, partiesOf } from '../access/solver/reach.ts';
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
  const classes = [{ principals: [], reaches: [], grants: [] }];
  return { ...file, intermediate: { ...file.intermediate!, classes } };
}

function connectorRules({ services, intermediates }: ConnectorPart): NonNullable<Enforcement['connector']> {
  return { services, intermediates };
}

function rules(part: IntermediatePart, from: Instant, to: Instant): NonNullable<Enforcement['intermediate']> {
  const { virtualNetwork, access, revoked } = part;
  return {
    virtualNetwork,
    services: access.services,
    classes: classesOf(indexPolicies(access), from, to),
    revoked,
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
}

/** Classes that reach and are granted the same are put together; the first stays anyone else. */
function classesOf(access: Access, from: Instant, to: Instant): PrincipalClass[] {
  const shares: Share[][] = access.model.classes.map(() => []);
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
    const [reaches, grants] = [mine.flatMap((one) => one.reaches), mine.flatMap((one) => one.grants)];
    const observing = mine.some(({ observed }) => observed);
    const observed = observing && { observed: mine.flatMap((one) => one.observed ?? one.grants) };
    known.set(key, { principals: [...principals], reaches, grants, ...observed });
  });
  for (const { principals } of known.values()) principals.sort();
  return [...known.values()];
}

/** Works out what a ruling comes to in a lease, once for all that are decided alike. */
function sharing(
  from: Instant,
  to: Instant,
): (service: string, ruling: Ruling, observed: Ruling | undefined) => Share {
  const grants = new AnswerCache<Omit<Grant, 'service'>[]>(new Calendar(from, to));
  const ever = new AnswerCache<Box | null>(new Calendar(from));
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
    const text = JSON.stringify([service, granted, left]);
    if (!numbers.has(text)) numbers.set(text, numbers.size);
    return {
      key: String(numbers.get(text)),
      reaches: reaches ? [service] : [],
      grants: granted,
      ...(left && { observed: left }),
    };
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
