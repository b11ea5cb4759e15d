import { Calendar } from '../../access/axes.ts';
import { HORIZON } from '../../access/difference.ts';
import { compile } from '../../access/compile.ts';
import { decide } from '../../access/decide.ts';
import { membership, principalKey } from '../../access/members.ts';
import { open, type Access } from '../../access/model.ts';
import { never, reachMemory, type Reach } from '../../access/never.ts';
import { typed } from '../../access/request.ts';
import { Selector } from '../../access/select.ts';
import type { Instant } from '../../access/clock.ts';
import type { AccessTest, Expectation, Request } from '../../contract/shapes.ts';
import type { Finding } from '../../finding/finding.ts';
import type { Loaded, Repository } from '../../load/repository.ts';
import { finding, type Rule } from '../rule.ts';

export const accessTests: Rule = {
  id: 'access-tests',
  says: 'Ensure that every expectation in policies/tests/ holds.',
  why: 'The tests are what the company promised itself about access; a change that breaks one must change the test, in the open.',
  *check(repository, at) {
    const worlds = new Map(
      [...repository.environments.keys()].map((id) => [id, worldOf(repository, id, at)]),
    );
    for (const file of repository.tests.values()) {
      for (const [index, expectation] of file.value.expect.entries()) {
        yield* expectation.never
          ? invariant(repository, worlds, file, index, expectation)
          : answer(repository, worlds, file, index, expectation);
      }
    }
  },
};

/** One environment, ready to be asked. */
interface World {
  access: Access;
  services: Selector;
  reach: Reach;
}

function worldOf(repository: Repository, environment: string, at: Instant): World {
  const access = open(compile(repository, environment));
  const services = access.model.services.map(({ id }) => repository.services.get(id)!.value);
  return { access, services: new Selector(services), reach: reachMemory(new Calendar(at, at + HORIZON)) };
}

type Worlds = ReadonlyMap<string, World>;

/** `reaches` and `denied`: one request in each environment. */
function* answer(
  repository: Repository,
  worlds: Worlds,
  file: Loaded<AccessTest>,
  index: number,
  expectation: Expectation,
): Iterable<Finding> {
  const { principal, reaches, denied, port, at, from, device, environments } = expectation;
  const service = (reaches ?? denied)!;
  const wanted = reaches === undefined ? 'deny' : 'allow';
  const path = ['expect', index, reaches === undefined ? 'denied' : 'reaches'];
  const where =
    environments ??
    [...worlds].filter(([, { access }]) => access.serviceIndex.has(service)).map(([id]) => id);
  if (where.length === 0) {
    const message = `no connector registers \`${service}\` in any environment`;
    yield finding(
      accessTests.id,
      file,
      path,
      { message, remedy: 'register it, or remove the expectation' },
      'key',
    );
  }
  for (const environment of where) {
    const world = worlds.get(environment);
    if (!world) continue;
    const request: Request = {
      principal: principal!,
      service,
      environment,
      port: port!,
      at: at!,
      ...(from && { from }),
      ...(device && { device: { ...device } }),
    };
    const { decision, policies, reason } = decide(world.access, typed(request));
    if (decision === wanted) continue;
    const message = `${principal} ${wanted === 'allow' ? 'does not reach' : 'reaches'} \`${service}\` port ${port} in ${environment} at ${at}`;
    const found = `${decision} (${reason}${policies.length > 0 ? `: ${places(repository, policies)}` : ''})`;
    yield finding(
      accessTests.id,
      file,
      path,
      { message, expected: wanted, found, remedy: 'mend the policies, or change the expectation' },
      'key',
    );
  }
}

/** `never`: an invariant over all requests up to the horizon. */
function* invariant(
  repository: Repository,
  worlds: Worlds,
  file: Loaded<AccessTest>,
  index: number,
  expectation: Expectation,
): Iterable<Finding> {
  const { group, principal, environments } = expectation;
  const members = membership(repository);
  const principals =
    group === undefined
      ? [principal && principalKey(principal)]
      : members.group(group).map((person) => members.everybody[person]);
  for (const [environment, { access, services, reach }] of worlds) {
    if (environments && !environments.includes(environment)) continue;
    const found = never(access, { principals, services: services.ids(expectation.never!) }, reach);
    if (!found) continue;
    const { request, policies } = found;
    const facts = [
      `port ${request.port}`,
      `at ${request.at}`,
      request.from && `from ${request.from}`,
      request.device && `with ${JSON.stringify(request.device)}`,
    ];
    const message = `${request.principal} reaches \`${request.service}\` in ${environment}: ${facts.filter(Boolean).join(', ')}`;
    const words = {
      message,
      expected: 'never',
      found: `allow (${places(repository, policies)})`,
      remedy: 'mend the policies, or change the expectation',
    };
    yield finding(accessTests.id, file, ['expect', index, 'never'], words, 'key');
  }
}

/** Policies with where they are. */
function places(repository: Repository, policies: readonly string[]): string {
  return policies
    .map((id) => {
      const { file, line } = repository.policies.get(id)!.place(['effect'], 'key');
      return `\`${id}\` ${file}:${line}`;
    })
    .join(', ');
}
