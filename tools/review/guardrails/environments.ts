import { objection, type Guardrail } from '../change.ts';
import { spotOf } from '../locations.ts';

export const environments: Guardrail = {
  id: 'environments',
  says: 'Ensure that no environment is removed unsaid.',
  why: 'Its components go on with what they have until it is stale, and Terraform takes down everything that ran there.',
  *check({ base, head }) {
    for (const [id, file] of base.environments) {
      if (head.environments.has(id)) continue;
      const message = `the environment \`${id}\` would be gone`;
      yield objection(environments.id, id, spotOf('before', file, ['id']), { message });
    }
  },
};
