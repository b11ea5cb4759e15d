/**
 * The same policies in Cedar's language, and requests as Cedar takes them. What is not policy (whether a service
 * is registered and serves the port) is left to the caller.
 */
import {
  preparsePolicySet,
  statefulIsAuthorized,
  type CedarValueJson,
  type EntityJson,
} from '@cedar-policy/cedar-wasm/nodejs';
import type { Policy, Request, When } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';
import { wallClock } from './clock.ts';

/** What Cedar answers: the policies that decided, sorted. */
export interface CedarAnswer {
  decision: 'allow' | 'deny';
  policies: string[];
}

/** A repository that Cedar decides on. */
export interface Cedar {
  ask(request: Request): CedarAnswer;
}

let sets = 0;

/** Hands a repository's policies to Cedar. @throws Error where Cedar does not understand them */
export function cedarOf(repository: Repository): Cedar {
  const set = `set-${++sets}`;
  const policies = [...repository.policies.values()].map(({ value }) => value);
  const parsed = preparsePolicySet(set, {
    staticPolicies: Object.fromEntries(policies.map((policy) => [policy.id, policyText(policy)])),
  });
  if (parsed.type === 'failure') throw new Error(parsed.errors.map(({ message }) => message).join('; '));
  const zones = [...new Set(policies.flatMap(({ when }) => when?.hours?.timezone ?? []))];
  const entities = new Map<string, EntityJson[]>();
  return {
    ask(request) {
      const key = `${request.principal} ${request.service}`;
      if (!entities.has(key)) entities.set(key, entitiesOf(repository, request));
      const answer = statefulIsAuthorized({
        principal: { type: 'User', id: request.principal },
        action: { type: 'Action', id: 'reach' },
        resource: { type: 'Service', id: request.service },
        context: contextOf(request, zones),
        preparsedPolicySetId: set,
        entities: entities.get(key)!,
      });
      if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
      const { decision, diagnostics } = answer.response;
      if (diagnostics.errors.length > 0) throw new Error(JSON.stringify(diagnostics.errors));
      return { decision, policies: [...diagnostics.reason].sort() };
    },
  };
}

const quoted = (text: string): string => JSON.stringify(text);
const or = (parts: readonly string[]): string => (parts.length === 0 ? 'false' : `(${parts.join(' || ')})`);

/** A policy as Cedar's text. */
export function policyText({ effect, who, what, when, environments }: Policy): string {
  const unknown = effect === 'deny';
  const conditions = [
    whoText(who),
    ...(who.except ? [`!${whoText(who.except)}`] : []),
    whatText(what),
    ...(what.ports ? [portsText(what.ports)] : []),
    ...(environments ? [or(environments.map((id) => `context.environment == ${quoted(id)}`))] : []),
    ...whenTexts(when ?? {}, unknown),
  ];
  return `${effect === 'allow' ? 'permit' : 'forbid'}(principal, action, resource) when { ${conditions.join(' && ')} };`;
}

function whoText({ all, groups = [], principals = [] }: Policy['who']): string {
  if (all) return 'true';
  return or([
    ...groups.map((id) => `principal in Group::${quoted(id)}`),
    ...principals.map((name) => `principal == User::${quoted(name.toLowerCase())}`),
  ]);
}

function whatText({ all, services = [], labels = {} }: Policy['what']): string {
  if (all) return 'true';
  const pairs = Object.entries(labels).map(
    ([name, value]) => `resource in Label::${quoted(`${name}=${value}`)}`,
  );
  return or([
    ...services.map((id) => `resource == Service::${quoted(id)}`),
    ...(pairs.length > 0 ? [`(${pairs.join(' && ')})`] : []),
  ]);
}

function portsText(ports: readonly (number | string)[]): string {
  return or(
    ports.map((port) => {
      const [first, last = first] = String(port).split('-');
      return `(context.port >= ${first} && context.port <= ${last})`;
    }),
  );
}

/** Each condition; one about an unknown fact counts as `unknown` says. */
function whenTexts({ hours, from, device = {}, start, expires }: When, unknown: boolean): string[] {
  const guarded = (fact: string, text: string): string =>
    unknown ? `(!(context has ${fact}) || ${text})` : `(context has ${fact} && ${text})`;
  const facts = Object.entries(device).map(([name, wanted]) =>
    guarded(name, or([wanted].flat().map((value) => `context.${name} == ${quoted(String(value))}`))),
  );
  return [
    ...(start ? [`context.at >= ${Date.parse(start)}`] : []),
    ...(expires ? [`context.at < ${Date.parse(expires)}`] : []),
    ...(hours ? [hoursText(hours)] : []),
    ...(from
      ? [guarded('source', or(from.map((one) => `context.source.isInRange(ip(${quoted(plainIp(one))}))`)))]
      : []),
    ...facts,
  ];
}

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

function hoursText({ timezone, days, from, to }: NonNullable<When['hours']>): string {
  const clock = `context.local[${quoted(timezone)}]`;
  const on = (shift: number): string =>
    or((days ?? WEEK).map((day) => `${clock}.day == ${(WEEK.indexOf(day) + shift) % 7}`));
  const [begin, end] = [minutes(from), minutes(to)];
  if (begin < end) return `(${on(0)} && ${clock}.minute >= ${begin} && ${clock}.minute < ${end})`;
  return `((${on(0)} && ${clock}.minute >= ${begin}) || (${on(1)} && ${clock}.minute < ${end}))`;
}

/** Cedar does not know IPv4 mapped into IPv6. */
function plainIp(text: string): string {
  const mapped = /^::ffff:([0-9.]+)(?:\/(\d+))?$/.exec(text);
  if (!mapped) return text;
  return mapped[2] === undefined ? mapped[1]! : `${mapped[1]}/${Number(mapped[2]) - 96}`;
}

const VALUES: Record<string, readonly string[]> = {
  managed: ['true', 'false'],
  diskEncrypted: ['true', 'false'],
  os: ['android', 'chromeos', 'ios', 'linux', 'macos', 'windows'],
};

function contextOf(
  { environment, port, at, from, device = {} }: Request,
  zones: readonly string[],
): Record<string, CedarValueJson> {
  const instant = Date.parse(at!);
  const facts = Object.entries(device).filter(
    ([name, value]) => VALUES[name]?.includes(String(value)) && !Array.isArray(value),
  );
  return {
    environment,
    port: port as number,
    at: instant,
    local: Object.fromEntries(zones.map((zone) => [zone, { ...wallClock(instant, zone) }])),
    ...(from !== undefined && { source: { __extn: { fn: 'ip', arg: plainIp(from) } } }),
    ...Object.fromEntries(facts.map(([name, value]) => [name, String(value)])),
  };
}

/** A request's principal with its groups, and its service with its labels. */
function entitiesOf(repository: Repository, { principal, service }: Request): EntityJson[] {
  const groups = [...repository.groups.values()].map(({ value }) => value);
  const inside = groups.filter(({ members }) => members?.some((name) => name.toLowerCase() === principal));
  const containing = (id: string): string[] =>
    groups.filter((group) => group.groups?.includes(id)).map((group) => group.id);
  const known = new Map<string, string[]>();
  const visit = (id: string): void => {
    if (known.has(id)) return;
    known.set(id, containing(id));
    known.get(id)!.forEach(visit);
  };
  inside.forEach(({ id }) => visit(id));
  const entity = (type: string, id: string, parents: [string, string][]): EntityJson => ({
    uid: { type, id },
    attrs: {},
    parents: parents.map(([type, id]) => ({ type, id })),
  });
  const labels = Object.entries(repository.services.get(service)?.value.labels ?? {});
  return [
    entity(
      'User',
      principal,
      inside.map(({ id }) => ['Group', id]),
    ),
    ...[...known].map(([id, parents]) =>
      entity(
        'Group',
        id,
        parents.map((one) => ['Group', one]),
      ),
    ),
    entity(
      'Service',
      service,
      labels.map(([name, value]) => ['Label', `${name}=${value}`]),
    ),
  ];
}
