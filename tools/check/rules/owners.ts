import type { RepositoryFile, Repository } from '../../load/repository.ts';
import { didYouMean } from '../../finding/nearest.ts';
import { finding, type Rule } from '../rule.ts';

export const owners: Rule = {
  id: 'owners',
  says: 'Ensure that every owner is a team listed in guardrails.yaml.',
  why: 'The owner approves who gains access; an owner that does not exist can approve nothing, and the pull request waits for ever.',
  *check(repository) {
    const { guardrails } = repository;
    if (!guardrails) return;
    const known = guardrails.value.owners.map(({ id }) => id);
    for (const file of ownedFiles(repository)) {
      const { owner } = file.value;
      if (owner === undefined || known.includes(owner)) continue;
      const remedy = didYouMean(owner, known, 'add the team to `owners` in policies/guardrails.yaml');
      yield finding(owners.id, file, ['owner'], {
        message: `there is no owner \`${owner}\``,
        expected: `one of ${known.join(', ')}`,
        remedy,
      });
    }
  },
};

function* ownedFiles(repository: Repository): Iterable<RepositoryFile<{ owner?: string }>> {
  yield* repository.services.values();
  yield* repository.groups.values();
  yield* repository.policies.values();
  yield* repository.tests.values();
  for (const { connectors } of repository.environments.values()) yield* connectors.values();
  if (repository.guardrails) yield repository.guardrails;
}
