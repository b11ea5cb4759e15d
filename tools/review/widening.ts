import { Selector } from '../access/values/selector.ts';
import type { AccessChange } from '../contract/shapes.ts';
import { ownerOf, unlessApproved } from './approval.ts';
import type { Change, Objection } from './change.ts';
import { causeSpot } from './locations.ts';

/** The services that the base's guardrails protect, as they are and as they would be. */
export function protectedServices({ base, head }: Pick<Change, 'base' | 'head'>): Set<string> {
  const kept = (base.guardrails ?? head.guardrails)?.value.protected;
  if (!kept) return new Set();
  const ids = [base, head].flatMap(({ services }) =>
    new Selector([...services.values()].map(({ value }) => value)).ids(kept),
  );
  return new Set(ids);
}

/** Objects to every service that a principal would gain, once for each service, until its owner approves. */
export function* gained(
  guardrail: string,
  change: Change,
  about: (service: string) => boolean,
  called = 'service',
): Iterable<Objection> {
  const told = new Set<string>();
  for (const { environment, gains } of change.difference) {
    for (const gain of gains) {
      for (const { service } of gain.services) {
        if (told.has(service) || !about(service)) continue;
        told.add(service);
        const owner = ownerOf(change, service);
        yield* unlessApproved(guardrail, change, owner, {
          subject: service,
          spot: causeSpot(change, gain, service),
          words: {
            message: `${whoText(gain)} the ${called} \`${service}\` in ${environment}`,
            expected: `approval of its owner \`${owner}\``,
          },
        });
      }
    }
  }
}

/** `ann@example.com would gain`, `12 principals would gain`, `anyone else would gain` */
function whoText({ principals, anyoneElse, withoutCertificate }: AccessChange): string {
  const named = principals.length > 1 ? `${principals.length} principals` : principals[0];
  const who = [named, anyoneElse && 'anyone else', withoutCertificate && 'clients without certificate']
    .filter(Boolean)
    .join(' and ');
  return `${who} would gain`;
}
