import type { Path, RepositoryFile, Repository } from '../../load/repository.ts';
import { didYouMean, slipOf } from '../../finding/nearest.ts';
import { finding, type Rule } from '../rule.ts';

export const owners: Rule = {
  id: 'owners',
  says: 'Ensure that every owner is a team listed in guardrails.yaml.',
  why: 'The owner approves who gains access; an owner that does not exist can approve nothing, and the pull request waits for ever.',
  *check(repository) {
    const { guardrails } = repository;
    if (!guardrails) return;
    const known = guardrails.value.owners.map(({ id }) => id);
    for (const { file, path, owner } of ownersIn(repository)) {
      if (known.includes(owner)) continue;
      const remedy = didYouMean(owner, known, 'add the team to `owners` in policies/guardrails.yaml');
      const meant = slipOf(owner, known);
      yield finding(owners.id, file, path, {
        message: `there is no owner \`${owner}\``,
        expected: `one of ${known.join(', ')}`,
        remedy,
        ...(meant !== undefined && { edits: [{ path, write: meant }] }),
      });
    }
  },
};

/** A place that names an owner. */
interface NamedOwner {
  file: RepositoryFile<unknown>;
  path: Path;
  owner: string;
}

function* ownersIn(repository: Repository): Iterable<NamedOwner> {
  for (const file of ownedFiles(repository))
    if (file.value.owner !== undefined) yield { file, path: ['owner'], owner: file.value.owner };
  const { guardrails } = repository;
  for (const [index, owner] of (guardrails?.value.maintainers ?? []).entries())
    yield { file: guardrails!, path: ['maintainers', index], owner };
}

function* ownedFiles(repository: Repository): Iterable<RepositoryFile<{ owner?: string }>> {
  yield* repository.services.values();
  yield* repository.groups.values();
  yield* repository.policies.values();
  yield* repository.tests.values();
  for (const { connectors } of repository.environments.values()) yield* connectors.values();
  if (repository.guardrails) yield repository.guardrails;
}
