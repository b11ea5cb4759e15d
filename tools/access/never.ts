import type { Request } from '../contract/shapes.ts';
import { addressText } from './values/address.ts';
import type { Calendar } from './solver/calendar.ts';
import { instantText } from './values/time-zone.ts';
import { decide } from './decide.ts';
import { WITHOUT_CERTIFICATE, type Access } from './model.ts';
import { AnswerCache } from './solver/branches.ts';
import { firstAllowed, ruling } from './solver/reach.ts';
import type { Box } from './solver/boxes.ts';
import { typed } from './request.ts';

/** A request that is allowed although it never should be, and the policies that allow it. */
export interface Counterexample {
  request: Request;
  policies: string[];
}

/** An invariant: these principals never reach these services. */
export interface Invariant {
  /** In lower case; undefined is anyone else, and `WITHOUT_CERTIFICATE` clients that have none. */
  principals: readonly (string | undefined)[];
  services: readonly string[];
}

/** Answers kept between the invariants of one environment. */
export type Reach = AnswerCache<Box | null>;

/** What `never` keeps between invariants over the same time. */
export function reachMemory(calendar: Calendar): Reach {
  return new AnswerCache<Box | null>(calendar);
}

/**
 * Decides an invariant over all requests of the calendar's time.
 * @returns a counterexample, which `decide` allows; undefined where the invariant holds
 */
export function never(
  access: Access,
  { principals, services }: Invariant,
  memory: Reach,
): Counterexample | undefined {
  const classes = new Map<number, string | undefined>();
  for (const principal of principals) {
    const index = classOf(access, principal);
    if (!classes.has(index)) classes.set(index, principal);
  }
  for (const id of services) {
    const index = access.serviceIndex.get(id);
    if (index === undefined) continue;
    for (const [principalClass, principal] of classes) {
      const box = memory.of(ruling(access.services[index]!, principalClass), firstAllowed);
      if (box) return counterexample(access, principal ?? ANYONE_ELSE, id, box);
    }
  }
  return undefined;
}

/** How many of an invariant's principals reach one of its services, anyone else counting as one. */
export function breaking(access: Access, { principals, services }: Invariant, memory: Reach): number {
  const indexes = services.flatMap((id) => access.serviceIndex.get(id) ?? []);
  const reaches = (principalClass: number): boolean =>
    indexes.some(
      (index) => memory.of(ruling(access.services[index]!, principalClass), firstAllowed) !== null,
    );
  const known = new Map<number, boolean>();
  return principals.filter((principal) => {
    const principalClass = classOf(access, principal);
    if (!known.has(principalClass)) known.set(principalClass, reaches(principalClass));
    return known.get(principalClass);
  }).length;
}

/** The class of a principal; of anyone else where no group lists it. */
function classOf({ classIndex }: Access, principal: string | undefined): number {
  return principal === undefined ? 0 : (classIndex.get(principal) ?? 0);
}

/** Is anyone else where a name is wanted; no certificate can carry it, as it has spaces. */
export const ANYONE_ELSE = 'anyone else';

function counterexample(access: Access, principal: string, service: string, box: Box): Counterexample {
  const who = principal === WITHOUT_CERTIFICATE ? { withoutCertificate: true as const } : { principal };
  const request = { ...who, service, environment: access.model.environment, ...sample(box) };
  return { request, policies: decide(access, typed(request)).policies };
}

/** The first request of a box; facts that may be unknown are left out. */
function sample({
  time,
  ports,
  sources,
  device,
}: Box): Pick<Request, 'at' | 'port' | 'from' | 'device'> & { port: number } {
  const source =
    sources.v4.length > 0
      ? ({ family: 4, value: sources.v4[0]! } as const)
      : ({ family: 6, value: sources.v6[0]! } as const);
  const stated = device
    .filter(({ unknown }) => !unknown)
    .map(({ attribute, values }) => [
      attribute.name,
      attribute.values.find((_, index) => values & (1 << (attribute.shift + index)))!,
    ]);
  return {
    port: ports[0]!,
    at: instantText(time[0]!),
    ...(!sources.unknown && { from: addressText(source) }),
    ...(stated.length > 0 && { device: Object.fromEntries(stated) as Record<string, string> }),
  };
}
