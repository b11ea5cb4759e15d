import { Calendar } from '../../access/solver/calendar.ts';
import { compile } from '../../access/compile.ts';
import { principalsOf } from '../../access/values/membership.ts';
import { indexPolicies } from '../../access/model.ts';
import { reachers } from '../../access/solver/reach.ts';
import type { AccessChange } from '../../contract/shapes.ts';
import { registrationsOf } from '../../check/each.ts';
import { objection, type Change, type Gist, type Guardrail, type Objection } from '../change.ts';
import { spotOf } from '../locations.ts';
import { ALL_SERVICES } from '../overrides.ts';

export const massLosses: Guardrail = {
  id: 'mass-losses',
  says: 'Ensure that no change takes access from more than the share of principals that guardrails.yaml allows.',
  why: 'A group emptied by mistake, or a file deleted by a script, takes everybody off line at once, and each line of it looks harmless.',
  *check(change) {
    const limits = (change.base.guardrails ?? change.head.guardrails)?.value.limits;
    if (!limits) return;
    const { everybody, byService } = losers(change);
    const all = principalsOf(change.base).length;
    if (everybody.size > allowed(limits.principalsLosing, all))
      yield tooMany(change, ALL_SERVICES, everybody.size, all, limits.principalsLosing, 'some access');
    for (const [subject, { environment, service, who }] of byService) {
      const reach = reaching(change, environment, service);
      if (who.size <= allowed(limits.principalsLosingOneService, reach)) continue;
      const what = `access to \`${service}\` in ${environment}`;
      yield {
        ...tooMany(change, subject, who.size, reach, limits.principalsLosingOneService, what),
        gist: gistOf(who.size, reach, limits.principalsLosingOneService, service, environment),
      };
    }
  },
};

/** How many of so many may lose: one always, as a leaver or a stolen laptop must not wait, unless the limit is 0. */
function allowed(share: number, of: number): number {
  return share === 0 ? 0 : Math.max(1, Math.floor(share * of));
}

interface Losers {
  everybody: Set<string>;
  byService: Map<string, { environment: string; service: string; who: Set<string> }>;
}

/** Everyone who loses anything, and everyone who loses something of each service of each environment. */
function losers(change: Change): Losers {
  const found: Losers = { everybody: new Set(), byService: new Map() };
  const { difference } = change;
  const isSaid = saidElsewhere(change);
  for (const { environment, losses, revocations } of difference) {
    // Whose certificate a CA signed is in no file: all whom it may concern are counted.
    for (const { effect, principals = [], anyoneElse } of revocations)
      if (effect === 'revoked')
        for (const one of whoLoses({ principals, anyoneElse: anyoneElse === true })) found.everybody.add(one);
    for (const loss of losses) {
      for (const { service } of loss.services) {
        const key = `${environment}/${service}`;
        if (isSaid(environment, service)) continue;
        const known = found.byService.get(key) ?? { environment, service, who: new Set() };
        found.byService.set(key, known);
        for (const principal of whoLoses(loss)) (known.who.add(principal), found.everybody.add(principal));
      }
    }
  }
  return found;
}

/**
 * Losses that another guardrail stops the change for, so that what is meant as one is objected to once: those in an
 * environment that is gone, and of a service that has no connector left in one that stays.
 */
function saidElsewhere({ base, head }: Change): (environment: string, service: string) => boolean {
  const observed: readonly string[] = base.guardrails?.value.observe ?? [];
  const stops = (guardrail: string): boolean => !observed.includes(guardrail);
  const registered = new Set(
    [...registrationsOf(head)].map((one) => `${one.environment.value.id}/${one.registration.service}`),
  );
  return (environment, service) => {
    if (!head.environments.has(environment)) return stops('environments');
    const unserved = head.services.has(service) && !registered.has(`${environment}/${service}`);
    return unserved && stops('last-connectors');
  };
}

/** Names, and one more, which no principal has, for anyone else; clients without certificate are no principals. */
function whoLoses({
  principals,
  anyoneElse = false,
}: Pick<AccessChange, 'principals'> & Partial<AccessChange>): string[] {
  return anyoneElse ? [...principals, ''] : principals;
}

/** How many reach a service of an environment now, anyone else counting as one. */
function reaching({ base, at }: Change, environment: string, service: string): number {
  const { principals, anyoneElse } = reachers(
    indexPolicies(compile(base, environment)),
    service,
    new Calendar(at),
  );
  return principals.length + Number(anyoneElse);
}

/** A share as people write it. */
const percent = (share: number): number => Number((100 * share).toFixed(2));

function gistOf(losing: number, of: number, share: number, service: string, environment: string): Gist {
  const begin = `${losing} of ${of} principals (at most ${allowed(share, of)} may) lose access to`;
  return { begin, kind: 'service', thing: service, where: environment, end: '' };
}

function tooMany(
  change: Change,
  subject: string,
  losing: number,
  of: number,
  share: number,
  what: string,
): Objection {
  const { base, head } = change;
  return objection(
    massLosses.id,
    subject,
    spotOf(base.guardrails ? 'before' : 'after', (base.guardrails ?? head.guardrails)!, ['limits']),
    {
      message: `${losing} of ${of} principals lose ${what}`,
      expected: `at most ${allowed(share, of)} (${percent(share)}% of them)`,
    },
    change,
  );
}
