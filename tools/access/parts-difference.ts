import type { AccessModel, EnvironmentDifference, RevocationChange } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { accessChanges, INTERVALS_SHOWN } from './difference.ts';
import { sidesOf, type BranchesChange } from './service-changes.ts';
import { indexPolicies } from './model.ts';
import { AnswerCache } from './solver/branches.ts';
import { Calendar } from './solver/calendar.ts';
import type { Instant } from './values/time-zone.ts';
import type { Causes } from './wording/causes.ts';
import { connectionChanges } from './wording/connections.ts';
import { destinationChanges, destinationsOf } from './wording/destinations.ts';
import { REVOCATIONS } from './wording/revocations.ts';

/** What one environment's components enforce, as their parts say it. */
export interface EnforcedSide {
  access: AccessModel;
  /** Where connectors lead. */
  connectors: readonly { id: string; services: readonly { service: string; backend: string }[] }[];
  /** What is refused to connect, as `certificate <fingerprint>`, `principal <name>` or `ca <digest>`. */
  refusals: ReadonlySet<string>;
}

/** No line is behind what parts say. */
const NO_CAUSES: Causes = { of: () => [], edited: () => false };

/**
 * Exactly what changes between what is enforced and what is to be, by the parts alone, whatever files they were built
 * from.
 * @param names the repository whose groups people are named by, and that knows machines and reasons
 * @param at from when on
 */
export function enforcedDifference(
  environment: string,
  before: EnforcedSide,
  after: EnforcedSide,
  names: Repository,
  at: Instant,
): EnvironmentDifference {
  const calendar = new Calendar(at);
  const sides = sidesOf(indexPolicies(before.access), indexPolicies(after.access));
  const [was, is] = [before, after].map(({ access }) => access.withoutCertificate !== undefined);
  const connecting = connectionChanges(was!, is!, environment, NO_CAUSES, at);
  const memory = new AnswerCache<BranchesChange>(calendar);
  const telling = { environment, causes: NO_CAUSES, memory, intervals: INTERVALS_SHOWN };
  const changes = accessChanges(sides, { before: names, after: names }, telling);
  const context = { environment, access: sides.after, calendar, causes: NO_CAUSES, sides: [names] };
  return {
    environment,
    production: names.environments.get(environment)?.value.production ?? true,
    gains: [...connecting.gains, ...changes.gains],
    losses: [...connecting.losses, ...changes.losses],
    destinations: destinationChanges(leading(before), leading(after), context),
    revocations: [
      ...refusedOnly(after, before, 'revoked', names),
      ...refusedOnly(before, after, 'accepted', names),
    ],
    principals: changes.principals,
    services: changes.services,
  };
}

function leading({ access, connectors }: EnforcedSide): ReturnType<typeof destinationsOf> {
  const services = new Map(access.services.map((one) => [one.id, one]));
  return destinationsOf(connectors, (id) => services.get(id));
}

/** What one side refuses and the other does not. */
function refusedOnly(
  { refusals }: EnforcedSide,
  other: EnforcedSide,
  effect: RevocationChange['effect'],
  names: Repository,
): RevocationChange[] {
  return [...refusals]
    .filter((one) => !other.refusals.has(one))
    .map((one) => {
      const [kind, subject] = one.split(/ (.*)/) as [RevocationChange['kind'], string];
      return { kind, subject, effect, reason: reasonOf(kind, subject, names), causes: [] };
    });
}

function reasonOf(kind: RevocationChange['kind'], subject: string, { revoked }: Repository): string {
  const list = revoked && REVOCATIONS.find((one) => one.kind === kind)!.of(revoked.value);
  return list?.find((one) => one.subject === subject)?.reason ?? 'the entry does not say why';
}
