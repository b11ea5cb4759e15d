import { stringify } from 'yaml';
import { difference } from '../access/difference.ts';
import { instantText } from '../access/values/time-zone.ts';
import { checkLoad } from '../check/check-load.ts';
import { durationOf } from '../contract/duration.ts';
import { Fault } from '../contract/fault.ts';
import type { DeviceCondition, EnvironmentDifference, Policy } from '../contract/shapes.ts';
import { shellWord } from '../contract/text.ts';
import { count, type Finding, line } from '../finding/finding.ts';
import { loadSources } from '../load/load.ts';
import type { Repository } from '../load/repository.ts';
import type { Source } from '../load/sources.ts';
import type { Proposal } from './proposal.ts';

/** Who is to be given what, where, and for how long. */
export interface GrantRequest {
  principal: string;
  service: string;
  environments: readonly string[];
  /** `90m`, `4h` or `3d`. */
  time: string;
  ticket?: string | undefined;
  /** Source addresses, as prefixes; from anywhere where there is none. */
  from: readonly string[];
  /** `os=macos`, `managed=true`; with any device where there is none. */
  device: readonly string[];
}

/** A policy that gives one person one service for a while, and what it changes. */
export interface GrantPlan {
  policy: Policy;
  /** Where its file is to be. */
  path: string;
  text: string;
  /** What is worth saying of the file; no errors. */
  findings: readonly Finding[];
  /** What changes in the environments that were named. */
  difference: readonly EnvironmentDifference[];
}

/**
 * Plans a grant. Pure: nothing is written.
 * @param sources the files of the repository, to which one is added
 * @param at from when on, in milliseconds
 * @throws Fault where there is no such service or environment, the file is there already, the grant is not allowed, or
 *   gives nobody anything
 */
export function planGrant(
  before: Repository,
  sources: readonly Source[],
  request: GrantRequest,
  at: number,
): GrantPlan {
  const { service, environments } = request;
  const known = before.services.get(service);
  if (!known) throw unknown('service', service, before.services);
  for (const id of environments)
    if (!before.environments.has(id)) throw unknown('environment', id, before.environments);
  const policy = policyOf(request, known.value.owner, at);
  const path = `policies/access/${policy.id}.yaml`;
  if (sources.some((source) => source.path === path))
    throw new Fault(`${path} exists`, 'edit it, or try again in a minute');
  const text = `# yaml-language-server: $schema=../../schemas/policy.schema.json\n${stringify(policy)}`;
  const loaded = loadSources([...sources, { path, bytes: Buffer.from(text) }]);
  const findings = checkLoad(loaded, at).findings.filter(({ file }) => file === path);
  if (count(findings).errors > 0)
    throw new Fault('such a grant is not allowed here', 'fix what is said above', {
      status: 1,
      lines: findings.map(line),
    });
  const changes = difference(before, loaded.repository, { at }).filter(({ environment }) =>
    environments.includes(environment),
  );
  if (changes.every(({ gains }) => gains.length === 0)) throw idle(request);
  return { policy, path, text, findings, difference: changes };
}

/** A grant that gives nobody anything: what forbids it goes on forbidding it, or it was allowed before. */
function idle({ principal, service, environments }: GrantRequest): Fault {
  return new Fault(
    `nobody would gain anything: a deny forbids it, or ${principal} reaches ${service} already`,
    `see which: npx ztna explain ${shellWord(principal)} ${service} --env ${environments[0]}`,
    { status: 1 },
  );
}

function unknown(what: string, id: string, known: ReadonlyMap<string, unknown>): Fault {
  return new Fault(`there is no ${what} ${id}`, `use one of: ${[...known.keys()].join(', ')}`);
}

/** The pull request that adds a grant. */
export function grantProposal(grant: GrantPlan): Proposal {
  const { policy, path, text } = grant;
  return {
    branch: `ztna/${policy.id}`,
    files: new Map([[path, { text }]]),
    purpose: { kind: 'grant', grant },
  };
}

/** Milliseconds of a minute: a policy's instants are whole ones. */
const MINUTE = 60_000;

function policyOf(request: GrantRequest, owner: string, at: number): Policy {
  const { principal, service, environments, time, ticket, from } = request;
  const begin = Math.floor(at / MINUTE) * MINUTE;
  const start = instantText(begin);
  const device = deviceOf(request.device);
  return {
    id: `grant-${nameOf(principal)}-${service.slice(0, 16)}-${start.replace(/[^0-9]/g, '').slice(0, 12)}`,
    description: `${principal} reaches ${service} for ${time}`,
    owner,
    effect: 'allow',
    who: { principals: [principal] },
    what: { services: [service] },
    when: {
      ...(from.length > 0 && { from: from as [string, ...string[]] }),
      ...(device && { device }),
      start,
      expires: instantText(begin + durationOf(time)),
    },
    environments: environments as [string, ...string[]],
    ...(ticket !== undefined && { ticket }),
  };
}

/** The part of a principal's name that an id has room for. */
function nameOf(principal: string): string {
  return principal
    .toLowerCase()
    .split('@')[0]!
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 20);
}

/** `os=macos` and `managed=true`, each perhaps several times, as a condition; the schema says what is allowed. */
function deviceOf(stated: readonly string[]): DeviceCondition | undefined {
  const condition: Record<string, unknown> = {};
  for (const text of stated) {
    const [name = '', value = ''] = text.split('=');
    if (name === 'os') condition[name] = [...((condition[name] as string[]) ?? []), value];
    else condition[name] = value === 'true' ? true : value === 'false' ? false : value;
  }
  return stated.length > 0 ? (condition as DeviceCondition) : undefined;
}
