import type { Calendar } from './axes.ts';
import { covers, type Access, type OpenService } from './model.ts';
import { Memory, rulingOf, type Ruling } from './pair.ts';
import { first, region, type Box } from './region.ts';

/** Whether a request is allowed on the one side there is. */
export const allowed = (sides: number): boolean => (sides & 1) === 1;

/** The rules of one class and one service. */
export function ruling(service: OpenService, principal: number): Ruling {
  const policies = [...service.denies, ...service.allows].filter((policy) => covers(policy, principal));
  return rulingOf({ before: { service, policies }, after: { service: undefined, policies: [] } });
}

/** What a class may do with a service in the calendar's time, as boxes. */
export function allowedBoxes({ rules, line }: Ruling, calendar: Calendar): Box[] {
  return rules.some(({ effect }) => effect === 'allow') ? region(rules, line, calendar, allowed) : [];
}

/** The first request of a class to a service that is allowed, as a box; null where none ever is. */
export function firstAllowed({ rules, line }: Ruling, calendar: Calendar): Box | null {
  const hopeless = rules.every(({ effect }) => effect === 'deny');
  return hopeless ? null : (first(rules, line, calendar, allowed) ?? null);
}

/** Everyone who can reach a service at some instant of the calendar's time. */
export function reachers(
  access: Access,
  id: string,
  calendar: Calendar,
): { principals: string[]; anyoneElse: boolean } {
  const index = access.serviceIndex.get(id);
  if (index === undefined) return { principals: [], anyoneElse: false };
  const memory = new Memory<Box | null>(calendar);
  const can = access.model.classes.map((_, principal) => {
    return memory.of(ruling(access.services[index]!, principal), firstAllowed) !== null;
  });
  const principals = access.model.classes.flatMap((members, principal) => (can[principal] ? members : []));
  return { principals: principals.sort(), anyoneElse: can[0]! };
}
