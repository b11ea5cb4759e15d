import { canonicalJson } from '../contract/log/canonical.ts';
import { Calendar } from '../access/solver/calendar.ts';
import { admitsNoMore } from '../contract/admission.ts';
import { contained } from '../access/contains.ts';
import type { IntermediatePart, Part } from '../contract/shapes.ts';

/** What every component is to enforce: the part of each. */
export type Parts = ReadonlyMap<string, Part>;

/**
 * Whether a change takes access away and does nothing else: nobody gains, nothing leads elsewhere, nobody is
 * let in who was not, and no setting changes. Then it need not wait for rings.
 * @param at from when on access is compared, in milliseconds
 */
export function isLossesOnly(before: Parts, after: Parts, at: number): boolean {
  if ([...after.keys()].some((component) => !before.has(component))) return false;
  return [...after].every(([component, part]) => narrows(before.get(component)!, part, at));
}

function narrows(before: Part, after: Part, at: number): boolean {
  if (before.kind === 'intermediate' && after.kind === 'intermediate')
    return (
      same(withoutAccess(before), withoutAccess(after)) &&
      admitsNoMore(after, before) &&
      servesNoMore(after, before) &&
      !gains(before, after, at)
    );
  if (before.kind !== 'connector' || after.kind !== 'connector') return false;
  const known = new Set(before.services.map((service) => canonicalJson(service)));
  return (
    same({ ...before, services: [] }, { ...after, services: [] }) &&
    after.services.every((service) => known.has(canonicalJson(service)))
  );
}

function gains(before: IntermediatePart, after: IntermediatePart, at: number): boolean {
  if (!same(leads(before), leads(after)) && !subset(leads(after), leads(before))) return true;
  const calendar = new Calendar(at);
  const change = { kept: before.access, undone: after.access, next: after.access };
  return contained(change, calendar).gain !== undefined;
}

/** Where each service is inside the tunnel. */
const leads = ({ access }: IntermediatePart): string[] =>
  access.services.map(({ owner: _, ...service }) => canonicalJson(service));

/** Whether what connectors may serve, they could serve before. */
function servesNoMore(after: IntermediatePart, before: IntermediatePart): boolean {
  const was = new Map((before.connectors ?? []).map(({ id, services }) => [id, services]));
  return (after.connectors ?? []).every(({ id, services }) => subset(services, was.get(id) ?? []));
}

function subset(some: readonly string[], all: readonly string[]): boolean {
  return some.every((one) => all.includes(one));
}

function withoutAccess(part: IntermediatePart): unknown {
  const { access: _, revoked, clientCas, revokedPrincipals, revokedCas, connectors, ...settings } = part;
  return settings;
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
