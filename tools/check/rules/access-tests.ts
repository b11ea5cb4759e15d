import { decide, type Decision } from '../../access/decide.ts';
import { membership, principalKey } from '../../access/values/membership.ts';
import { WITHOUT_CERTIFICATE } from '../../access/model.ts';
import { breaking, never } from '../../access/never.ts';
import { typed } from '../../access/request.ts';
import type { AccessTest, Expectation, Request } from '../../contract/shapes.ts';
import type { Finding } from '../../finding/finding.ts';
import type { RepositoryFile, Repository } from '../../load/repository.ts';
import { selectorOf } from '../each.ts';
import { policyPlaces } from '../common/places.ts';
import { explainCommand, requestText } from '../request.ts';
import { finding, type Rule, type FindingWords } from '../rule.ts';
import { worldsOf, type EnvironmentsToAsk } from '../worlds.ts';

export const accessTests: Rule = {
  id: 'access-tests',
  says: 'Ensure that every expectation in policies/tests/ holds.',
  why: 'The tests are what the company promised itself about access; a change that breaks one must change the test, in the open.',
  whole: true,
  *check(repository, at) {
    const worlds = worldsOf(repository, at);
    for (const file of repository.tests.values()) {
      for (const [index, expectation] of file.value.expect.entries()) {
        const test = { repository, worlds, file, index, expectation };
        yield* expectation.never ? invariant(test) : answers(test);
      }
    }
  },
};

/** One expectation, and what it is about. */
interface Test {
  repository: Repository;
  worlds: EnvironmentsToAsk;
  file: RepositoryFile<AccessTest>;
  index: number;
  expectation: Expectation;
}

const REMEDY = 'fix the policies, or change the expectation';

function failure({ file, index }: Test, key: keyof Expectation, words: FindingWords): Finding {
  return finding(accessTests.id, file, ['expect', index, key], words, 'key');
}

/** `reaches` and `denied`: one request in each environment that was named, or that registers the service. */
function* answers(test: Test): Iterable<Finding> {
  const { repository, worlds, expectation } = test;
  const { reaches, denied } = expectation;
  const service = (reaches ?? denied)!;
  // A service that does not exist is a matter of `references`.
  if (!repository.services.has(service)) return;
  const key = reaches === undefined ? 'denied' : 'reaches';
  const registered = [...worlds]
    .filter(([, { access }]) => access.serviceIndex.has(service))
    .map(([id]) => id);
  const environments = expectation.environments ?? registered;
  if (environments.length === 0) {
    const message = `no connector registers \`${service}\` in any environment`;
    yield failure(test, key, { message, remedy: 'register it, or remove the expectation' });
  }
  for (const environment of environments) {
    const world = worlds.get(environment);
    if (!world) continue;
    const request = requestOf(expectation, service, environment);
    const answer = decide(world.access, typed(request));
    if (answer.decision !== (reaches === undefined ? 'deny' : 'allow'))
      yield failure(test, key, unexpected(repository, request, answer));
  }
}

function requestOf(
  { principal, withoutCertificate, port, at, from, device }: Expectation,
  service: string,
  environment: string,
): Request {
  return {
    ...(withoutCertificate ? { withoutCertificate } : { principal: principal! }),
    service,
    environment,
    port: port!,
    at: at!,
    ...(from !== undefined && { from }),
    ...(device && { device: { ...device } }),
  };
}

/** The request, what was expected and found, who decided it and where, and the command that says more. */
function unexpected(repository: Repository, request: Request, answer: Decision): FindingWords {
  const [verb, expected] = answer.decision === 'deny' ? ['does not reach', 'allow'] : ['reaches', 'deny'];
  return {
    message: requestText(request, verb!),
    expected: expected!,
    found: foundText(repository, answer),
    remedy: `${REMEDY}; more: ${explainCommand(request)}`,
  };
}

const REASONS = {
  'unknown-service': 'no connector registers it there',
  'unknown-environment': 'there is no such environment',
  'port-not-served': 'the service does not have that port',
  'no-policy-allows': 'no policy allows it',
  revoked: 'policies/revoked.yaml names the principal',
  'certificate-missing': 'no client without certificate may connect there',
};

function foundText(repository: Repository, { decision, policies, reason }: Decision): string {
  if (reason === 'allowed' || reason === 'denied-by-policy')
    return `${decision} by ${policyPlaces(repository, policies)}`;
  return `${decision}, as ${REASONS[reason]}`;
}

/** `never`: an invariant over all requests from now on, with a request that breaks it. */
function* invariant(test: Test): Iterable<Finding> {
  const { repository, worlds, expectation } = test;
  const services = selectorOf(repository).ids(expectation.never!);
  const principals = aboutWhom(repository, expectation);
  for (const [environment, { access, reach }] of worlds) {
    if (expectation.environments && !expectation.environments.includes(environment)) continue;
    const found = never(access, { principals, services }, reach);
    if (!found) continue;
    const others = breaking(access, { principals, services }, reach) - 1;
    const more = others > 0 ? `, and for ${others} more of the group` : '';
    yield failure(test, 'never', {
      message: requestText(found.request, 'reaches'),
      expected: 'never',
      found: `allow by ${policyPlaces(repository, found.policies)}${more}`,
      remedy: expectation.anyoneElse ? REMEDY : `${REMEDY}; more: ${explainCommand(found.request)}`,
    });
  }
}

/** Principals in lower case; undefined is anyone else. */
function aboutWhom(
  repository: Repository,
  { group, principal, withoutCertificate }: Expectation,
): (string | undefined)[] {
  if (withoutCertificate) return [WITHOUT_CERTIFICATE];
  if (group === undefined) return [principal && principalKey(principal)];
  const members = membership(repository);
  return members.group(group).map((person) => members.everybody[person]);
}
