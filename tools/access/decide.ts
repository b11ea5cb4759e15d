import type { AccessModel, Reason } from '../contract/shapes.ts';
import { meets, type Facts } from './values/condition.ts';
import { covers, type Access, type IndexedPolicy, type IndexedService } from './model.ts';
import { includes } from './values/intervals.ts';

/** A typed request to one environment; facts that are undefined are unknown. */
export interface TypedRequest extends Facts {
  /** In lower case; `WITHOUT_CERTIFICATE` for a client that has none. */
  principal: string;
  service: string;
  port: number | 'icmp';
}

/** The answer to a request. */
export interface Decision {
  decision: 'allow' | 'deny';
  /** All matching denies, else all matching allows, sorted. */
  policies: string[];
  reason: Reason;
}

/** Answers one request: allowed when some allow matches and no deny does. */
export function decide(access: Access, request: TypedRequest): Decision {
  const index = access.serviceIndex.get(request.service);
  if (index === undefined) return { decision: 'deny', policies: [], reason: 'unknown-service' };
  const service = access.services[index]!;
  const principal = access.classIndex.get(request.principal) ?? 0;
  const refused = refusal(access.model, principal);
  if (refused) return { decision: 'deny', policies: [], reason: refused };
  if (request.port === 'icmp') return decideEcho(service, principal, request);
  if (!includes(service.ports, request.port))
    return { decision: 'deny', policies: [], reason: 'port-not-served' };
  return decidePort(service, principal, request.port, request);
}

/** Why a class may not even connect; undefined where it may. */
function refusal(
  { classes, revoked, withoutCertificate }: AccessModel,
  principal: number,
): Reason | undefined {
  if (principal === revoked) return 'revoked';
  return principal === classes.length && !withoutCertificate ? 'certificate-missing' : undefined;
}

function decidePort(
  { allows, denies }: IndexedService,
  principal: number,
  port: number,
  facts: Facts,
): Decision {
  const denying = matching(denies, principal, port, facts, true);
  if (denying.length > 0) return { decision: 'deny', policies: denying, reason: 'denied-by-policy' };
  const allowing = matching(allows, principal, port, facts, false);
  if (allowing.length > 0) return { decision: 'allow', policies: allowing, reason: 'allowed' };
  return { decision: 'deny', policies: [], reason: 'no-policy-allows' };
}

function matching(
  policies: readonly IndexedPolicy[],
  principal: number,
  port: number,
  facts: Facts,
  unknown: boolean,
): string[] {
  const ids: string[] = [];
  for (const policy of policies) {
    if (!covers(policy, principal) || (policy.ports && !includes(policy.ports, port))) continue;
    if (meets(policy.condition, facts, unknown)) ids.push(policy.id);
  }
  return ids;
}

/** ICMP echo is allowed where any port of the service is; policies change only at the ends of their ports. */
function decideEcho(service: IndexedService, principal: number, facts: Facts): Decision {
  const ends = [...service.allows, ...service.denies].flatMap(({ ports }) => [...(ports ?? [])]);
  const begins = service.ports.filter((_, index) => index % 2 === 0);
  const ports = new Set([...begins, ...ends.filter((port) => includes(service.ports, port))]);
  const answers = [...ports].map((port) => decidePort(service, principal, port, facts));
  const reason = (['allowed', 'denied-by-policy', 'no-policy-allows'] as const).find((wanted) =>
    answers.some((answer) => answer.reason === wanted),
  )!;
  const policies = new Set(
    answers.filter((answer) => answer.reason === reason).flatMap((answer) => answer.policies),
  );
  return { decision: reason === 'allowed' ? 'allow' : 'deny', policies: [...policies].sort(), reason };
}
