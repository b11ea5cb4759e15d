import { Selector } from '../../access/values/selector.ts';
import { ownerOf, unlessApproved } from '../approval.ts';
import type { Change, Guardrail } from '../change.ts';
import { serviceSpot } from '../locations.ts';
import { gained, protectedServices as keptServices } from '../widening.ts';

export const protectedServices: Guardrail = {
  id: 'protected-services',
  says: 'Ensure that no protected service is widened, or stops being protected, unless its owner approves.',
  why: 'What is protected is what hurts most when it is opened by a detour: a label changed today is access for everybody tomorrow.',
  *check(change) {
    const kept = keptServices(change);
    yield* gained(protectedServices.id, change, (service) => kept.has(service), 'protected service');
    for (const service of unprotected(change)) {
      const owner = ownerOf(change, service);
      yield* unlessApproved(protectedServices.id, change, owner, {
        subject: service,
        spot: serviceSpot(change, service),
        words: {
          message: `\`${service}\` would be protected no more`,
          expected: `approval of its owner \`${owner}\``,
        },
      });
    }
  },
};

/** Services that the base's guardrails protect as they are, and not as they would be. */
function unprotected({ base, head }: Change): string[] {
  const kept = base.guardrails?.value.protected;
  if (!kept) return [];
  const [before, after] = [base, head].map(({ services }) =>
    new Selector([...services.values()].map(({ value }) => value)).ids(kept),
  );
  return before!.filter((id) => head.services.has(id) && !after!.includes(id));
}
