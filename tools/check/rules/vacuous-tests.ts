import { portSetOf } from '../../access/values/ports.ts';
import { includes } from '../../access/values/intervals.ts';
import type { Expectation, Target } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';
import { registeredIn, selectorOf } from '../each.ts';
import { isLater } from '../common/later.ts';
import { finding, type FindingWords, type Rule } from '../rule.ts';

export const vacuousTests: Rule = {
  id: 'vacuous-tests',
  says: 'Ensure that every access test could fail.',
  why: 'A test that holds whatever the policies say protects nothing, and everybody believes it does.',
  whole: true,
  *check(repository) {
    for (const file of repository.tests.values()) {
      for (const [index, expectation] of file.value.expect.entries()) {
        const found = vacuous(repository, expectation);
        if (found === undefined || isLater(file, [String(expectation.port)])) continue;
        const key = expectation.never ? 'never' : 'denied';
        const message = `this holds whatever the policies say: ${found.message}`;
        const words = { remedy: 'correct it, or remove it', ...found, message };
        yield finding(vacuousTests.id, file, ['expect', index, key], words, 'key');
      }
    }
  },
};

/** Why an expectation cannot fail; undefined where it can. */
function vacuous(
  repository: Repository,
  { never, denied, port, environments }: Expectation,
): FindingWords | undefined {
  // An environment that does not exist is a matter of `references`.
  if (environments && !environments.some((id) => repository.environments.has(id))) return undefined;
  const isServed = (id: string): boolean => {
    const has = registeredIn(repository).get(id);
    return has !== undefined && (!environments || environments.some((one) => has.has(one)));
  };
  const unserved = (which: string): FindingWords => ({
    severity: 'warning',
    message: `no connector${inThese(environments)} registers ${which}`,
  });
  if (never) {
    if (selectsNothing(never))
      return { message: 'it names no service', remedy: 'name services, labels or `all: true`' };
    const about = selectorOf(repository).ids(never);
    return about.length > 0 && !about.some(isServed)
      ? unserved(about.length === 1 ? `\`${about[0]}\`` : 'these services')
      : undefined;
  }
  const service = denied === undefined ? undefined : repository.services.get(denied);
  if (!service) return undefined;
  if (environments && !isServed(denied!)) return unserved(`\`${denied}\``);
  const { ports } = service.value;
  if (includes(portSetOf(ports), port!)) return undefined;
  const expected = `${ports.length > 1 ? 'one of ' : ''}${ports.join(', ')}`;
  return { message: `\`${denied}\` has no port ${port}`, expected };
}

function selectsNothing({ all, services = [], labels = {} }: Target): boolean {
  return !all && services.length === 0 && Object.keys(labels).length === 0;
}

function inThese(environments: readonly string[] | undefined): string {
  return environments ? ` of ${environments.join(' or ')}` : '';
}
