import type { AccessTest, Expectation } from '../../contract/shapes.ts';
import { sentence } from '../../finding/finding.ts';
import type { RepositoryFile } from '../../load/repository.ts';
import { accessTests } from '../../check/rules/access-tests.ts';
import { keeper, unlessApproved } from '../approval.ts';
import type { Change, Guardrail } from '../change.ts';
import { spotOf } from '../locations.ts';
import { expectsAsMuch } from '../weakening.ts';

export const weakenedTests: Guardrail = {
  id: 'weakened-tests',
  says: 'Ensure that no expectation of an access test is removed or changed unless the one who answers for the test approves.',
  why: 'A test that is changed together with what it tests proves nothing; the tests of the base say what was promised.',
  *check(change) {
    const now = [...change.head.tests.values()].flatMap(({ value }) => value.expect);
    for (const file of change.base.tests.values()) {
      const owner = file.value.owner ?? keeper(change);
      for (const [index, one] of file.value.expect.entries()) {
        if (now.some((other) => expectsAsMuch(one, other))) continue;
        const broken = outcome(change, file, one);
        yield* unlessApproved(weakenedTests.id, change, owner, {
          subject: file.value.id,
          spot: spotOf('before', file, ['expect', index]),
          words: {
            message: `an expectation of the access test \`${file.value.id}\` would be removed or changed${broken}`,
            expected: `approval of \`${owner}\`, who answers for it`,
          },
          gist: {
            ...{ begin: 'less, or something else, would be expected by', kind: 'access test' },
            ...{ thing: file.value.id, end: broken && ', and what was expected would not hold any more' },
          },
        });
      }
    }
  },
};

/** What the expectation comes to on the new data, in how many environments. */
function outcome({ head, at }: Change, file: RepositoryFile<AccessTest>, expectation: Expectation): string {
  const { id } = file.value;
  const alone = { ...file, value: { ...file.value, expect: [expectation] as AccessTest['expect'] } };
  // One answer for each environment in which it does not hold.
  const [found, ...more] = accessTests.check({ ...head, tests: new Map([[id, alone]]) }, at);
  if (!found) return '';
  const where = more.length > 0 ? ` in ${more.length + 1} environments` : '';
  const first = sentence({ ...found, remedy: '' });
  return `, and would not hold any more${where} (${more.length > 0 ? `the first: ${first}` : first})`;
}
