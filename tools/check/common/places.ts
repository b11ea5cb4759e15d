import type { Repository } from '../../load/repository.ts';

/** More policies than this are counted, not listed. */
const SHOWN = 5;

/** Policies with where they are: `` `no-guests` policies/access/no-guests.yaml:5 ``. */
export function policyPlaces(repository: Repository, ids: readonly string[]): string {
  const shown = ids.slice(0, SHOWN).map((id) => {
    const { file, line } = repository.policies.get(id)!.place(['effect'], 'key');
    return `\`${id}\` ${file}:${line}`;
  });
  const rest = ids.length - shown.length;
  return [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}
