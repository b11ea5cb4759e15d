import { warning, type Rule } from '../rule.ts';

const FILE = 'policies/guardrails.yaml';

export const guardrails: Rule = {
  id: 'guardrails',
  says: 'Ensure that there is a policies/guardrails.yaml.',
  why: 'Without it no owner is known: nobody is asked for a review, and no change is too large.',
  whole: true,
  *check(repository) {
    if (repository.guardrails) return;
    const place = () => ({ file: FILE, line: 1, column: 1 });
    yield warning(guardrails.id, { file: FILE, value: undefined, place }, [], {
      message: 'there are no guardrails: no owner is known, and nobody has to approve anything',
      expected: '`organization`, `owners` and `limits`',
      remedy: `add ${FILE}; docs/reference.md shows one`,
    });
  },
};
