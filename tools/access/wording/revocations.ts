import type { RevocationChange, Revoked } from '../../contract/shapes.ts';
import type { Repository, RepositoryFile } from '../../load/repository.ts';
import type { Access } from '../model.ts';
import type { Calendar } from '../solver/calendar.ts';
import { reachers, type Reachers } from '../solver/reach.ts';
import { machinesAmong, principalKey } from '../values/membership.ts';

/** One line of revoked.yaml: what is refused, and why. */
interface Refusal {
  subject: string;
  reason: string;
}

/** What is refused whatever policies say: one entry for each list of revoked.yaml. */
export const REVOCATIONS = [
  {
    kind: 'certificate',
    list: 'certificates',
    key: 'fingerprint',
    of: ({ certificates = [] }: Revoked): Refusal[] =>
      certificates.map(({ fingerprint, reason }) => ({ subject: fingerprint, reason })),
  },
  {
    kind: 'principal',
    list: 'principals',
    key: 'principal',
    of: ({ principals = [] }: Revoked): Refusal[] =>
      principals.map(({ principal, reason }) => ({ subject: principalKey(principal), reason })),
  },
  {
    kind: 'ca',
    list: 'cas',
    key: 'ca',
    of: ({ cas = [] }: Revoked): Refusal[] => cas.map(({ ca, reason }) => ({ subject: ca, reason })),
  },
] as const;

/** What is newly refused at once, and what is accepted again, wherever it is accepted at all. */
export function revocationChanges(before: Repository, after: Repository): RevocationChange[] {
  return REVOCATIONS.flatMap((one) => [
    ...onlyIn(after.revoked, before.revoked, one, 'after'),
    ...onlyIn(before.revoked, after.revoked, one, 'before'),
  ]);
}

/** The lines of one side about what the other does not name, each subject once, sorted. */
function onlyIn(
  file: RepositoryFile<Revoked> | undefined,
  other: RepositoryFile<Revoked> | undefined,
  { kind, of, list }: (typeof REVOCATIONS)[number],
  side: 'before' | 'after',
): RevocationChange[] {
  const lines = file ? of(file.value) : [];
  const told = new Set(other && of(other.value).map(({ subject }) => subject));
  const found = lines.flatMap(({ subject, reason }, index): RevocationChange[] => {
    if (told.has(subject)) return [];
    told.add(subject);
    const place = file!.place([list, index]);
    const causes = [{ file: place.file, line: place.line, side }];
    return [{ kind, subject, effect: side === 'after' ? 'revoked' : 'accepted', reason, causes }];
  });
  return found.sort((a, b) => (a.subject < b.subject ? -1 : 1));
}

/** One side of an environment: what is accepted there, and who reaches what. */
export interface RevocationSide {
  repository: Repository;
  access: Access;
}

/**
 * Those of the revocations that are about an environment. Which CA signed a person's certificate is in no file: with a
 * CA go all who reach something, as any of them may lose it.
 */
export function revocationsIn(
  environment: string,
  changes: readonly RevocationChange[],
  sides: Record<'before' | 'after', RevocationSide>,
  calendar: Calendar,
): RevocationChange[] {
  const accepted = new Set(
    [sides.before, sides.after].flatMap(({ repository }) =>
      (repository.environments.get(environment)?.value.clientCas ?? []).map(({ id }) => id),
    ),
  );
  return changes.flatMap((change): RevocationChange[] => {
    if (change.kind !== 'ca') return [change];
    if (!accepted.has(change.subject)) return [];
    const { access } = change.effect === 'revoked' ? sides.before : sides.after;
    const { principals, anyoneElse } = everyone(access, calendar);
    const machines = machinesAmong(principals, [sides.before.repository, sides.after.repository]);
    return [{ ...change, principals, ...machines, anyoneElse }];
  });
}

/** Everyone who reaches some service. */
function everyone(access: Access, calendar: Calendar): Reachers {
  const all = [...access.serviceIndex.keys()].map((id) => reachers(access, id, calendar));
  return {
    principals: [...new Set(all.flatMap(({ principals }) => principals))].sort(),
    anyoneElse: all.some(({ anyoneElse }) => anyoneElse),
  };
}
