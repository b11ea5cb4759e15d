import type { RepositoryFile, Path, Repository } from '../../load/repository.ts';
import { finding, type Rule } from '../rule.ts';
import { secretIn } from '../common/secrets.ts';

export const secrets: Rule = {
  id: 'secrets',
  says: 'Ensure that no file holds a secret: a private key, a token, a password.',
  why: 'Anyone who can read the repository, now or in any clone of it later, has the secret; deleting the line does not take it back.',
  *check(repository) {
    for (const file of filesOf(repository)) {
      for (const [path, kind] of secretsIn(file.value, [])) {
        // The secret itself is never part of a finding.
        yield finding(secrets.id, file, path, {
          message: `this looks like ${kind}`,
          remedy: 'revoke it now, then remove it',
        });
      }
    }
  },
};

function* secretsIn(value: unknown, path: Path): Iterable<[Path, string]> {
  if (typeof value === 'string') {
    const kind = secretIn(value);
    if (kind) yield [path, kind];
  } else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value))
      yield* secretsIn(item, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

function* filesOf(repository: Repository): Iterable<RepositoryFile<unknown>> {
  const { services, groups, policies, tests, environments, guardrails, revoked } = repository;
  for (const files of [services, groups, policies, tests, environments]) yield* files.values();
  for (const { connectors } of environments.values()) yield* connectors.values();
  if (guardrails) yield guardrails;
  if (revoked) yield revoked;
}
