import { compile } from '../access/compile.ts';
import { indexPolicies } from '../access/model.ts';
import { never, reachMemory } from '../access/never.ts';
import { Calendar } from '../access/solver/calendar.ts';
import { principalKey } from '../access/values/membership.ts';
import type { Instant } from '../access/values/time-zone.ts';
import { SCHEMA_VERSION } from '../contract/limits.ts';
import type { AccessModel, AgentConfig } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { addressesOf } from './assemble.ts';

/**
 * What a principal's agent must know: where to connect, and the services that it can ask for.
 * @param environment an environment of the repository
 * @param from services that no policy lets the principal reach at any instant from here on are left out; all are listed
 * where it is undefined
 * @throws TypeError when the repository has no such environment
 */
export function agentConfigOf(
  repository: Repository,
  environment: string,
  principal: string,
  from: Instant | undefined,
): AgentConfig {
  const loaded = repository.environments.get(environment)?.value;
  if (!loaded) throw new TypeError(`no environment ${environment} in the repository`);
  const model = compile(repository, environment);
  const reached = from === undefined ? undefined : reachable(model, principalKey(principal), from);
  return {
    schemaVersion: SCHEMA_VERSION,
    environment,
    principal: principalKey(principal),
    virtualNetwork: loaded.network.virtualNetwork,
    intermediates: addressesOf(loaded).map((one) => ({ ...one, serverName: one.address })),
    services: model.services.filter(({ id }) => reached?.has(id) ?? true).map((service) => ({ ...service })),
  };
}

/** The ids of the services that a principal reaches in some way at some instant. */
function reachable(model: AccessModel, principal: string, from: Instant): Set<string> {
  const access = indexPolicies(model);
  const memory = reachMemory(new Calendar(from));
  const ids = model.services.map(({ id }) => id);
  return new Set(ids.filter((id) => never(access, { principals: [principal], services: [id] }, memory)));
}
