import { portSetOf } from '../../access/values/ports.ts';
import { includes } from '../../access/values/intervals.ts';
import type { Expectation } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';
import { registeredIn, selectorOf } from '../each.ts';
import { warning, type Rule } from '../rule.ts';

export const vacuousTests: Rule = {
  id: 'vacuous-tests',
  says: 'Ensure that every access test could fail.',
  why: 'A test that holds whatever the policies say protects nothing, and everybody believes it does.',
  whole: true,
  *check(repository) {
    for (const file of repository.tests.values()) {
      for (const [index, expectation] of file.value.expect.entries()) {
        const message = vacuous(repository, expectation);
        if (message === undefined) continue;
        const key = expectation.never ? 'never' : 'denied';
        yield warning(
          vacuousTests.id,
          file,
          ['expect', index, key],
          { message: `this holds whatever the policies say: ${message}`, remedy: 'correct it, or remove it' },
          'key',
        );
      }
    }
  },
};

/** Why an expectation cannot fail; undefined where it can. */
function vacuous(
  repository: Repository,
  { never, denied, port, environments }: Expectation,
): string | undefined {
  // An environment that does not exist is a matter of `references`.
  if (environments && !environments.some((id) => repository.environments.has(id))) return undefined;
  const isServed = (id: string): boolean => {
    const has = registeredIn(repository).get(id);
    return has !== undefined && (!environments || environments.some((one) => has.has(one)));
  };
  if (never) {
    const about = selectorOf(repository).ids(never);
    return about.length > 0 && !about.some(isServed)
      ? `no connector${inThese(environments)} registers ${about.length === 1 ? `\`${about[0]}\`` : 'these services'}`
      : undefined;
  }
  const service = denied === undefined ? undefined : repository.services.get(denied);
  if (!service) return undefined;
  if (environments && !isServed(denied!))
    return `no connector${inThese(environments)} registers \`${denied}\``;
  return includes(portSetOf(service.value.ports), port!) ? undefined : `\`${denied}\` has no port ${port}`;
}

function inThese(environments: readonly string[] | undefined): string {
  return environments ? ` of ${environments.join(' or ')}` : '';
}
