import { objection, type Guardrail } from '../change.ts';
import { spotOf } from '../locations.ts';

export const environments: Guardrail = {
  id: 'environments',
  says: 'Ensure that no environment is removed unsaid.',
  why: 'Its components go on with what they have until it is stale, and Terraform takes down everything that ran there.',
  *check(change) {
    const { base, head, difference } = change;
    for (const [id, file] of base.environments) {
      if (head.environments.has(id)) continue;
      const losses = difference.find(({ environment }) => environment === id)?.losses ?? [];
      const services = new Set(losses.flatMap((one) => one.services.map(({ service }) => service))).size;
      const people = new Set(losses.flatMap(({ principals }) => principals)).size;
      const lost =
        people > 0 ? `, and with it what ${people} principals reach there (${services} services)` : '';
      const message = `the environment \`${id}\` would be gone${lost}`;
      yield objection(environments.id, id, spotOf('before', file, ['id']), { message }, change);
    }
  },
};
