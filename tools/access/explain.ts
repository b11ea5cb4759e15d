import type { DecidingPolicy, Explanation, Request } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { advise } from './advice/advise.ts';
import { type AccessQuestion, reduced } from './advice/edits.ts';
import { rulesOf, waysTo } from './advice/facts.ts';
import { adviceText } from './advice/text.ts';
import { compile } from './compile.ts';
import { decide, type Decision, type TypedRequest } from './decide.ts';
import { covers, indexPolicies, type Access } from './model.ts';
import { typed } from './request.ts';
import { Calendar, durationOf } from './solver/calendar.ts';
import { principalKey } from './values/membership.ts';
import { union, type IntervalSet } from './values/intervals.ts';
import { instantText, type Instant } from './values/time-zone.ts';

/**
 * Answers one request and says why: the policies with their places, until when, and what would change the answer.
 * @param now the instant from which waiting is counted where the request names none
 */
export function explain(repository: Repository, request: Request, now: Instant): Explanation {
  const { environment } = request;
  if (!repository.environments.has(environment)) return unknown(repository, request);
  const asked = typed(request);
  const about = { principal: asked.principal, service: asked.service, environment };
  const access = accessAbout(repository, about);
  const answer = decide(access, asked);
  const at = asked.at ?? now;
  const connects = answer.reason !== 'revoked' && answer.reason !== 'certificate-missing';
  const advice = answer.decision === 'allow' || !connects ? [] : advise(repository, asked, environment, at);
  const until = nextChange(access, asked, answer);
  return {
    request,
    decision: answer.decision,
    reason: answer.reason,
    policies: answer.policies.map((id) => deciding(repository, id)),
    ...(answer.reason === 'revoked' && { refusedBy: refusing(repository, asked.principal) }),
    ...(until !== undefined && { until: instantText(until) }),
    changes: [...new Set(advice.map((one) => adviceText(repository, about, asked, one)))],
  };
}

/** The last question about each repository: the ports of a service are asked for one after the other. */
const last = new WeakMap<Repository, { about: string; access: Access }>();

/** What answers requests of one principal for one service: of a large company all would take as long as hundreds of answers. */
function accessAbout(repository: Repository, about: AccessQuestion): Access {
  const name = JSON.stringify(about);
  const known = last.get(repository);
  if (known?.about === name) return known.access;
  const access = indexPolicies(compile(reduced(repository, about), about.environment));
  last.set(repository, { about: name, access });
  return access;
}

/** What an environment that does not exist comes to; those that would allow the request are named. */
function unknown(repository: Repository, request: Request): Explanation {
  const allowing = [...repository.environments.keys()].filter((id) => {
    const { decision } = decide(indexPolicies(compile(repository, id)), typed(request));
    return decision === 'allow';
  });
  const changes = allowing.length > 0 ? [`name one of the environments: ${allowing.join(', ')}`] : [];
  return { request, decision: 'deny', reason: 'unknown-environment', policies: [], changes };
}

/** A policy with the place of its first line. */
function deciding(repository: Repository, id: string): DecidingPolicy {
  const { value, place } = repository.policies.get(id)!;
  const { file, line } = place(['effect'], 'key');
  return { id, effect: value.effect, description: value.description, file, line };
}

/** The line of revoked.yaml that names a revoked principal. */
function refusing({ revoked }: Repository, principal: string): NonNullable<Explanation['refusedBy']> {
  const lines = revoked!.value.principals!;
  const index = lines.findIndex((one) => principalKey(one.principal) === principal);
  const { file, line } = revoked!.place(['principals', index]);
  return { reason: lines[index]!.reason, file, line };
}

/** The first instant at which the answer changes by itself, all other facts staying. */
function nextChange(access: Access, request: TypedRequest, { decision }: Decision): Instant | undefined {
  const { at } = request;
  if (at === undefined) return undefined;
  const times = allowedTimes(access, request, at);
  const change = decision === 'allow' ? times[1] : times[0];
  return change === Infinity ? undefined : change;
}

const TIME = new Set(['time']);

/** All instants from one on at which the request would be allowed, as far as they are known one by one. */
function allowedTimes(access: Access, request: TypedRequest, at: Instant): IntervalSet {
  const service = access.services[access.serviceIndex.get(request.service) ?? -1];
  if (!service) return [];
  const principal = access.classIndex.get(request.principal) ?? 0;
  const policies = [...service.allows, ...service.denies].filter((policy) => covers(policy, principal));
  const calendar = new Calendar(at);
  const boxes = waysTo(service, policies, request, TIME, calendar);
  const time = boxes.reduce<IntervalSet>((all, box) => union(all, box.time), []);
  if (time.length === 0) return [];
  const rules = rulesOf(service, policies, request, TIME);
  const { all = time } = durationOf(time, calendar.line(rules.map(({ condition }) => condition)));
  return all;
}
