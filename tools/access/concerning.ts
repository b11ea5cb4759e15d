import type { AccessChange } from '../contract/shapes.ts';
import { principalKey } from './values/membership.ts';

/** The part of a listing about one service, one principal, or both. */
export function concerning(
  changes: readonly AccessChange[],
  { service, principal }: { service?: string | undefined; principal?: string | undefined },
): AccessChange[] {
  const name = principal === undefined ? undefined : principalKey(principal);
  const known = name === undefined || changes.some(({ principals }) => principals.includes(name));
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
