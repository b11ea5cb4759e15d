import type { RevocationChange, Revoked } from '../../contract/shapes.ts';
import type { Repository, RepositoryFile } from '../../load/repository.ts';

/** What is refused whatever policies say: one line for each list of revoked.yaml. */
const KINDS = [
  {
    kind: 'certificate',
    of: ({ certificates }: Revoked) => certificates.map((one) => ({ ...one, subject: one.fingerprint })),
    list: 'certificates',
  },
] as const;

/** What is newly refused at once, and what is accepted again; it is so in every environment. */
export function revocationChanges(before: Repository, after: Repository): RevocationChange[] {
  return KINDS.flatMap((one) => [
    ...onlyIn(after.revoked, before.revoked, one, 'after'),
    ...onlyIn(before.revoked, after.revoked, one, 'before'),
  ]);
}

/** The lines of one side about what the other does not name, each subject once, sorted. */
function onlyIn(
  file: RepositoryFile<Revoked> | undefined,
  other: RepositoryFile<Revoked> | undefined,
  { kind, of, list }: (typeof KINDS)[number],
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
