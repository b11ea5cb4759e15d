import type { Guardrail } from '../change.ts';
import { gained, protectedServices } from '../widening.ts';

export const gains: Guardrail = {
  id: 'gains',
  says: 'Ensure that access to a service is gained only with a review by its owner, as of the base, who wrote none of the change.',
  why: 'Review is the authorization: access that its owner never saw is access that nobody gave.',
  *check(change) {
    const kept = protectedServices(change);
    yield* gained(gains.id, change, (service) => !kept.has(service));
  },
};
