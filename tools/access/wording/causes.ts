import type { Cause, RevokedPrincipal } from '../../contract/shapes.ts';
import type { Repository } from '../../load/repository.ts';
import { groupClosure, principalKey } from '../values/membership.ts';
import type { Edit } from './edits.ts';

/** How many lines are named behind one change. */
const CAUSES_SHOWN = 12;

/** Finds what was edited behind a change of access. */
export interface Causes {
  /** The lines behind a change of some services' access for some principals, or clients without certificate, in an environment. */
  of(
    environment: string,
    policies: ReadonlySet<string>,
    services: readonly string[],
    principals: readonly string[],
    withoutCertificate?: boolean,
  ): Cause[];
  /** Whether a policy, or a group through which it finds its principals, was edited. */
  edited(policy: string): boolean;
}

/** Makes what finds the lines behind a change. */
export function causesOf(
  before: Repository,
  after: Repository,
  edits: ReadonlyMap<string, readonly Edit[]>,
): Causes {
  const of = (subject: string): readonly Edit[] => edits.get(subject) ?? [];
  const known = new Map<string, readonly string[]>();
  const behind = (policy: string): readonly string[] => {
    const groups = known.get(policy) ?? groupsBehind(policy, before, after);
    known.set(policy, groups);
    return groups;
  };
  const edited = (policy: string): boolean =>
    of(`policy/${policy}`).length > 0 || behind(policy).some((id) => of(`group/${id}`).length > 0);
  const lines: Causes['of'] = (environment, policies, services, principals, withoutCertificate) => {
    let who: ReadonlySet<string> | undefined;
    const concerned = (edit: Edit): boolean => concerns(edit, (who ??= new Set(principals)));
    const groups = [...policies].flatMap(behind);
    const found = [
      ...[...policies].flatMap((id) => of(`policy/${id}`)),
      ...[...new Set(groups)].flatMap((id) => of(`group/${id}`).filter(concerned)),
      ...services.flatMap((id) => of(`service/${id}`)),
      ...registrations(environment, services, before, after, of),
      ...of('revoked').filter((edit) => isRevocationOf(edit, (who ??= new Set(principals)))),
      ...of(`environment/${environment}`).filter(({ path }) => withoutCertificate && path[0] === 'clients'),
    ];
    return sorted(found).slice(0, CAUSES_SHOWN);
  };
  return { of: lines, edited };
}

/** An edit of a group's list of members concerns those whom it names. */
function concerns({ path, value }: Edit, who: ReadonlySet<string>): boolean {
  return path[0] !== 'members' || path.length < 2 || who.has(principalKey(String(value)));
}

/** An edit of revoked.yaml is about the principal whom it names. */
function isRevocationOf({ path, value }: Edit, who: ReadonlySet<string>): boolean {
  return path[0] === 'principals' && who.has(principalKey((value as RevokedPrincipal).principal));
}

/** The groups through which a policy finds its principals, on either side. */
function groupsBehind(policy: string, ...sides: readonly Repository[]): string[] {
  return sides.flatMap((repository) => {
    const who = repository.policies.get(policy)?.value.who;
    return [...groupClosure(repository, [...(who?.groups ?? []), ...(who?.except?.groups ?? [])])];
  });
}

function registrations(
  environment: string,
  services: readonly string[],
  before: Repository,
  after: Repository,
  of: (subject: string) => readonly Edit[],
): Edit[] {
  const ids = [before, after].flatMap((side) => [
    ...(side.environments.get(environment)?.connectors.keys() ?? []),
  ]);
  return [...new Set(ids)].flatMap((id) =>
    of(`connector/${environment}/${id}`).filter(({ value }) => {
      const text = JSON.stringify(value);
      return services.some((service) => text.includes(`"service":${JSON.stringify(service)}`));
    }),
  );
}

/** Edits as lines, each once, in order. */
export function sorted(edits: readonly Edit[]): Cause[] {
  const lines = new Map<string, Cause>();
  for (const { file, side, line } of edits) {
    const cause = { file, line: line(), side };
    lines.set(`${file}:${String(cause.line).padStart(9, '0')}:${side}`, cause);
  }
  return [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cause]) => cause);
}
