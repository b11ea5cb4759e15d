import type { AccessChange } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';
import { membership, principalKey } from './values/membership.ts';

/** The part of a repository's listing about one service, one principal, or both. */
export function concerning(
  repository: Repository,
  changes: readonly AccessChange[],
  { service, principal }: { service?: string | undefined; principal?: string | undefined },
): AccessChange[] {
  const name = principal === undefined ? undefined : principalKey(principal);
  // Who reaches nothing of it is named in no change, and is for that not anyone else.
  const known = name === undefined || membership(repository).index(name) !== undefined;
  return changes.flatMap((change) => {
    const services = change.services.filter((one) => service === undefined || one.service === service);
    if (services.length === 0) return [];
    if (name === undefined) return [{ ...change, services }];
    // A principal that no policy or group names reaches what anyone else does.
    if (known ? !change.principals.includes(name) : !change.anyoneElse) return [];
    const { group: _, withoutCertificate: __, machines = [], ...rest } = change;
    const machine = machines.includes(name) && { machines: [name] };
    return [{ ...rest, services, principals: [name], ...machine, anyoneElse: false }];
  });
}
