import type { DecidingPolicy, Explanation, Request } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { Calendar } from './solver/calendar.ts';
import { instantText, type Instant, zone } from './values/time-zone.ts';
import { compile } from './compile.ts';
import { meetsDevice, meetsSource, meetsTime } from './values/condition.ts';
import { decide, type Decision, type TypedRequest } from './decide.ts';
import { covers, indexPolicies, type Access, type IndexedPolicy } from './model.ts';
import { typed } from './request.ts';
import { includes, subtract, union, type IntervalSet } from './values/intervals.ts';
import { deviceText, hoursText, sourcesText } from './wording/condition-text.ts';

/** How many ways to change an answer are named. */
const CHANGES_SHOWN = 3;

/**
 * Answers one request and says why: the policies with their places, until when, and what would change the answer.
 * @param now the instant from which waiting is counted where the request names none
 */
export function explain(repository: Repository, request: Request, now: Instant): Explanation {
  if (!repository.environments.has(request.environment)) return unknown(repository, request);
  const access = indexPolicies(compile(repository, request.environment));
  const asked = typed(request);
  const answer = decide(access, asked);
  const at = asked.at ?? now;
  const changes = answer.decision === 'allow' ? [] : remedies(repository, access, asked, answer, at);
  const until = nextChange(access, asked, answer, at);
  return {
    request,
    decision: answer.decision,
    reason: answer.reason,
    policies: answer.policies.map((id) => deciding(repository, id)),
    ...(until !== undefined && { until: instantText(until) }),
    changes,
  };
}

function unknown(repository: Repository, request: Request): Explanation {
  const known = [...repository.environments.keys()].join(', ');
  const changes = [`name one of the environments: ${known}`];
  return { request, decision: 'deny', reason: 'unknown-environment', policies: [], changes };
}

/** A policy with the place of its first line. */
function deciding(repository: Repository, id: string): DecidingPolicy {
  const { value, place } = repository.policies.get(id)!;
  const { file, line } = place(['effect'], 'key');
  return { id, effect: value.effect, description: value.description, file, line };
}

/** The first instant at which the answer changes by itself, all other facts staying. */
function nextChange(
  access: Access,
  request: TypedRequest,
  answer: Decision,
  at: Instant,
): Instant | undefined {
  if (request.at === undefined || request.port === 'icmp') return undefined;
  const times = allowedTimes(access, request, at);
  const index = times.findIndex((boundary) => boundary > at);
  const change = times[index];
  if (change === undefined) return undefined;
  return (index % 2 === 1) === (answer.decision === 'allow') ? change : undefined;
}

/** All instants at which the request would be allowed. */
function allowedTimes(access: Access, request: TypedRequest, at: Instant): IntervalSet {
  const service = access.services[access.serviceIndex.get(request.service) ?? -1];
  if (!service || request.port === 'icmp' || !includes(service.ports, request.port)) return [];
  const calendar = new Calendar(at);
  const times = (policies: readonly IndexedPolicy[], unknown: boolean): IntervalSet =>
    policies
      .filter((policy) => unmetParts(access, policy, request, unknown).every((what) => what === 'time'))
      .reduce<IntervalSet>((all, { condition }) => union(all, calendar.instants(condition, unknown)), []);
  return subtract(times(service.allows, false), times(service.denies, true));
}

/** What of a policy a request does not meet. */
type UnmetPart = 'who' | 'port' | 'time' | 'source' | 'device';

function unmetParts(
  access: Access,
  policy: IndexedPolicy,
  request: TypedRequest,
  unknown: boolean,
): UnmetPart[] {
  const { condition } = policy;
  const met: [UnmetPart, boolean][] = [
    ['who', covers(policy, access.classIndex.get(request.principal) ?? 0)],
    ['port', request.port === 'icmp' || !policy.ports || includes(policy.ports, request.port)],
    ['time', meetsTime(condition, request.at, unknown)],
    ['source', meetsSource(condition.sources, request.source, unknown)],
    ['device', meetsDevice(condition.device, request.device, unknown)],
  ];
  return met.filter(([, isMet]) => !isMet).map(([what]) => what);
}

/** What would turn a denial into an answer that allows, the fewest steps first. */
function remedies(
  repository: Repository,
  access: Access,
  request: TypedRequest,
  answer: Decision,
  at: Instant,
): string[] {
  const service = access.services[access.serviceIndex.get(request.service) ?? -1];
  if (!service) return [`register \`${request.service}\` on a connector of ${access.model.environment}`];
  if (answer.reason === 'port-not-served') return [`ask for a port that \`${request.service}\` has`];
  if (answer.reason === 'denied-by-policy') return escapes(repository, access, request, answer, at);
  const waits = waiting(access, request, at);
  const ways = service.allows
    .map((policy) => ({ policy, missing: unmetParts(access, policy, request, false) }))
    .sort((a, b) => a.missing.length - b.missing.length || (a.policy.id < b.policy.id ? -1 : 1))
    .filter(({ missing }, _, all) => missing.length === all[0]!.missing.length)
    .map(({ policy, missing }) =>
      missing.map((what) => step(repository, policy, what, request, waits)).join(' and '),
    );
  const all = [...(waits ? [waits] : []), ...ways];
  if (all.length === 0) return [`add a policy that allows \`${request.service}\``];
  return [...new Set(all)].slice(0, CHANGES_SHOWN);
}

function waiting(access: Access, request: TypedRequest, at: Instant): string | undefined {
  const opens = allowedTimes(access, request, at)[0];
  if (opens === undefined || opens <= at) return undefined;
  return `wait until ${instantText(opens)}${localTime(access, request, opens)}`;
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** ` (Monday 08:00 America/New_York)`: the instant in the zone of the first policy with hours that then allows. */
function localTime(access: Access, request: TypedRequest, at: Instant): string {
  const { policies } = decide(access, { ...request, at });
  const allowing = access.policies.filter(({ id }) => policies.includes(id));
  const hours = allowing.flatMap(({ condition }) => condition.when.hours ?? [])[0];
  const clock = hours && zone(hours.timezone);
  if (!clock) return '';
  const local = new Date(at + clock.offset(at));
  return ` (${WEEKDAYS[local.getUTCDay()]} ${local.toISOString().slice(11, 16)} ${hours.timezone})`;
}

/** One thing to change so that a policy matches. */
function step(
  repository: Repository,
  { id, condition, model }: IndexedPolicy,
  what: UnmetPart,
  request: TypedRequest,
  waits: string | undefined,
): string {
  const { when } = condition;
  if (what === 'who') return joinGroup(repository, id, request.principal);
  if (what === 'port')
    return `use a port of policy \`${id}\` (${(model.ports ?? []).map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(', ')})`;
  if (what === 'source') return `come ${sourcesText(when.from!)}`;
  if (what === 'device')
    return `use a device ${deviceText(Object.fromEntries(Object.entries(when.device!).map(([name, value]) => [name, [value].flat().map(String)])))}`;
  if (request.at !== undefined && request.at >= condition.expires)
    return `renew policy \`${id}\`, which expired ${when.expires}`;
  return (
    waits ??
    `wait for policy \`${id}\` (${[when.start && `from ${when.start}`, when.hours && hoursText(when.hours)].filter(Boolean).join(', ')})`
  );
}

function joinGroup(repository: Repository, policy: string, principal: string): string {
  const { who } = repository.policies.get(policy)!.value;
  const group = who.groups?.[0];
  return group === undefined
    ? `add ${principal} to policy \`${policy}\``
    : `add ${principal} to \`${group}\``;
}

/** What would escape the denies, where anything can. */
function escapes(
  repository: Repository,
  access: Access,
  request: TypedRequest,
  answer: Decision,
  at: Instant,
): string[] {
  const waits = waiting(access, request, at);
  const denies = answer.policies.map((id) => deciding(repository, id));
  const named = denies.map(({ id, file, line }) => `change policy \`${id}\` (${file}:${line}), which denies`);
  return [...(waits ? [waits] : []), ...named].slice(0, CHANGES_SHOWN);
}
