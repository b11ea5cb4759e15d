import { durationOf, type Calendar } from './calendar.ts';
import { union, type IntervalSet } from '../values/intervals.ts';
import type { Sides } from './axes.ts';
import type { Access, IndexedService } from '../model.ts';
import { AnswerCache, rulingOf, type Ruling } from './branches.ts';
import { firstBoxWhere, boxesWhere, type Box } from './boxes.ts';

/** Whether a request is allowed on the one side there is. */
export const allowed = ({ before }: Sides): boolean => before;

/** The rules of a class that no allow of a service is about. */
const NOTHING: Ruling = { rules: [], line: [], key: '' };

/** Classes that a service's policies treat alike, some allow among them, and their rules. */
export interface Party {
  classes: readonly number[];
  ruling: Ruling;
  /** The same if observed denies denied, where there are any about these classes. */
  observed?: Ruling;
}

const parties = new WeakMap<IndexedService, readonly Party[]>();

/** Everybody that some allow of a service is about: those together that the same policies are about. */
export function partiesOf(service: IndexedService): readonly Party[] {
  let known = parties.get(service);
  if (!known) parties.set(service, (known = partition(service)));
  return known;
}

function partition(service: IndexedService): Party[] {
  const policies = [...service.allows, ...service.denies, ...service.observed];
  const keys = new Map<number, string>();
  policies.forEach(({ effect, about }, index) => {
    for (const one of about)
      if (effect === 'allow' || keys.has(one)) keys.set(one, `${keys.get(one) ?? ''}${index},`);
  });
  const classes = new Map<string, number[]>();
  for (const [one, key] of keys) {
    const alike = classes.get(key);
    if (alike) alike.push(one);
    else classes.set(key, [one]);
  }
  return [...classes].map(([key, members]) => {
    const about = key
      .split(',')
      .slice(0, -1)
      .map((index) => policies[Number(index)]!);
    const before = { service, policies: about.filter(({ model }) => !model.observe) };
    const none = { service: undefined, policies: [] };
    const all = { service, policies: about };
    const differs = before.policies.length < about.length;
    return {
      classes: members.sort((a, b) => a - b),
      ruling: rulingOf({ before, after: none }),
      ...(differs && { observed: rulingOf({ before: all, after: none }) }),
    };
  });
}

const rulings = new WeakMap<IndexedService, ReadonlyMap<number, Ruling>>();

/** The rules of one class and one service. */
export function ruling(service: IndexedService, principal: number): Ruling {
  let known = rulings.get(service);
  if (!known) {
    const all = partiesOf(service).flatMap(({ classes, ruling }) =>
      classes.map((one) => [one, ruling] as const),
    );
    rulings.set(service, (known = new Map(all)));
  }
  return known.get(principal) ?? NOTHING;
}

/** What a class may do with a service in the calendar's time, as boxes. */
export function allowedBoxes({ rules, line }: Ruling, calendar: Calendar): Box[] {
  return rules.some(({ effect }) => effect === 'allow') ? boxesWhere(rules, line, calendar, allowed) : [];
}

/** The instants of the calendar's time at which a class may do something with a service, as far as they are known one by one. */
export function allowedTimes(ruling: Ruling, calendar: Calendar): IntervalSet {
  const boxes = allowedBoxes(ruling, calendar);
  const time = boxes.reduce<IntervalSet>((all, box) => union(all, box.time), []);
  if (time.length === 0) return [];
  const line = calendar.line(ruling.rules.map(({ condition }) => condition));
  return durationOf(time, line).all ?? time;
}

/** The first request of a class to a service that is allowed, as a box; null where none ever is. */
export function firstAllowed({ rules, line }: Ruling, calendar: Calendar): Box | null {
  const hopeless = rules.every(({ effect }) => effect === 'deny');
  return hopeless ? null : (firstBoxWhere(rules, line, calendar, allowed) ?? null);
}

/** Who can reach something. */
export interface Reachers {
  /** Sorted. */
  principals: string[];
  anyoneElse: boolean;
  /** Clients without certificate can; absent where they cannot. */
  withoutCertificate?: true;
}

/** Everyone who can reach a service at some instant of the calendar's time. */
export function reachers(access: Access, id: string, calendar: Calendar): Reachers {
  const index = access.serviceIndex.get(id);
  if (index === undefined) return { principals: [], anyoneElse: false };
  const memory = new AnswerCache<Box | null>(calendar);
  const can = partiesOf(access.services[index]!)
    .filter(({ ruling }) => memory.of(ruling, firstAllowed) !== null)
    .flatMap(({ classes }) => classes);
  return {
    principals: can.flatMap((one) => access.classes[one]!).sort(),
    anyoneElse: can.includes(0),
    ...(can.includes(access.model.classes.length) && { withoutCertificate: true }),
  };
}
