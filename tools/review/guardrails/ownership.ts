import type { RepositoryFile, Repository } from '../../load/repository.ts';
import { unlessApproved } from '../approval.ts';
import type { Guardrail } from '../change.ts';
import { spotOf } from '../locations.ts';

export const ownership: Guardrail = {
  id: 'ownership',
  says: 'Ensure that nothing passes to another owner unless the one as of the base approves.',
  why: 'A person who can become the owner in one change approves their own access in the next.',
  *check(change) {
    const after = owned(change.head);
    for (const [subject, file] of owned(change.base)) {
      const { owner } = file.value;
      const now = after.get(subject);
      if (owner === undefined || !now || now.value.owner === owner) continue;
      const becomes = now.value.owner === undefined ? 'nobody' : `\`${now.value.owner}\``;
      yield* unlessApproved(ownership.id, change, owner, {
        subject,
        spot: spotOf('after', now, ['owner']),
        words: {
          message: `${subject} would pass from \`${owner}\` to ${becomes}`,
          expected: `approval of its owner \`${owner}\``,
        },
      });
    }
  },
};

/** Every file whose owner has to approve something, by what it is. */
function owned({
  services,
  tests,
  environments,
}: Repository): Map<string, RepositoryFile<{ owner?: string }>> {
  const found = new Map<string, RepositoryFile<{ owner?: string }>>();
  for (const [id, file] of services) found.set(`service/${id}`, file);
  for (const [id, file] of tests) found.set(`test/${id}`, file);
  for (const [environment, { connectors }] of environments)
    for (const [id, file] of connectors) found.set(`connector/${environment}/${id}`, file);
  return found;
}
