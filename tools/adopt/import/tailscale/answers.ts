import { isInside, parseAddress, parsePrefix } from '../../../contract/values/address.ts';
import { type OldRequest, portsIn } from '../draft.ts';
import { objectsOf, textsOf } from '../json.ts';
import { PROTOCOLS } from './rules.ts';
import type { TailscaleService } from './services.ts';
import { type OldCompany, tagPrincipal } from './world.ts';

/** The old system's answer, from the file alone. */
export function isAllowed(
  root: Record<string, unknown>,
  world: OldCompany,
  services: readonly TailscaleService[],
  { principal, service, port }: OldRequest,
): boolean {
  const asked = services.find(({ id }) => id === service);
  if (!asked) return false;
  if (root['acls'] === undefined && root['grants'] === undefined) return true;
  const isTag = world.tags.some((tag) => tagPrincipal(tag) === principal);
  const isSource = (one: string): boolean =>
    one === '*' ||
    (one === 'autogroup:member' && !isTag) ||
    (one.startsWith('tag:') && tagPrincipal(one) === principal) ||
    one.toLowerCase() === principal ||
    (world.groups.get(one) ?? []).some((member) => member === principal);
  const machine = world.machines.get(asked.target)!;
  const isTarget = (one: string): boolean => {
    const at = world.hosts.get(one) ?? one;
    if (one === '*' || one === asked.target || at === machine.address) return true;
    const [network, address] = [
      parsePrefix(at),
      machine.address === undefined ? undefined : parseAddress(machine.address),
    ];
    return !!network && !!address && isInside(address, network);
  };
  const isPort = (text: string): boolean =>
    (portsIn(text) ?? []).some(([first, last]) => first <= port && port <= last);
  const byAcl = objectsOf(root['acls']).some(
    ({ action, proto, src, dst }) =>
      action === 'accept' &&
      (PROTOCOLS[String(proto ?? '')] ?? []).includes(asked.protocol) &&
      textsOf(src).some(isSource) &&
      textsOf(dst).some(
        (one) =>
          isPort(one.slice(one.lastIndexOf(':') + 1)) &&
          isTarget(one.slice(0, one.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1')),
      ),
  );
  const byGrant = objectsOf(root['grants']).some(
    ({ src, dst, ip }) =>
      textsOf(src).some(isSource) &&
      textsOf(dst).some(isTarget) &&
      textsOf(ip).some((text) => {
        const [, name = '', rest = ''] = /^(?:([a-z0-9]+):)?(.+)$/.exec(text) ?? [];
        return (PROTOCOLS[name] ?? []).includes(asked.protocol) && isPort(rest);
      }),
  );
  return byAcl || byGrant;
}
