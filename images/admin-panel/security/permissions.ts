import type { AdminPanel, PanelPerson } from '../../../tools/contract/shapes.ts';
import { groupsOf } from '../model/groups.ts';
import type { EnvironmentView } from '../model/view.ts';
import type { Permissions } from '../context.ts';
import type { Claim } from './sign-in.ts';

/**
 * What somebody may do in an environment: its `adminPanel` names the groups. On one's own machine everything, as the
 * files and the store are that person's anyway.
 */
export function permissionsOf(view: EnvironmentView, claim: Claim): Permissions {
  const groups = groupsOf(view.repository, claim.principal);
  const { viewers, proposers, logReaders } = view.environment.adminPanel ?? ({} as Partial<AdminPanel>);
  const own = claim.signIn === 'loopback';
  const isIn = (wanted: readonly string[] | undefined): boolean =>
    own || wanted === undefined || wanted.some((id) => groups.includes(id));
  const sees = isIn(viewers);
  const person: PanelPerson = {
    name: claim.principal,
    groups,
    mayPropose: claim.proposes !== false && sees && isIn(proposers),
    signIn: claim.signIn,
  };
  return { who: { person, by: claim.by }, sees, readsLog: sees && isIn(logReaders) };
}
