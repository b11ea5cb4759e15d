import { parsePrefix } from '../../../contract/values/address.ts';
import { type LostAccess, portsText, strangerOf } from '../draft.ts';
import type { TailscaleRule } from './rules.ts';
import { type OldCompany, covered, isMachine, isNamed } from './world.ts';

/** Why less than a destination is taken over. */
export function notWhole(target: string, world: OldCompany): string {
  const network = parsePrefix(world.hosts.get(target) ?? target);
  if (target !== '*' && !network) return `${target} is no machine that can be named`;
  const named = covered(target, world).length;
  const taken = named === 0 ? 'none' : `only ${named} named ${named === 1 ? 'machine' : 'machines'}`;
  return `${target} is more than one machine: ${taken} of it ${named > 1 ? 'are' : 'is'} taken over`;
}

/** What a rule gives beyond machines and people that can be named. */
export function lostOf({ src, dst, protocols, conditions }: TailscaleRule, world: OldCompany): LostAccess[] {
  const strangers = conditions.length > 0 ? [] : strangersOf(src, world);
  return dst.flatMap(({ target, ports }) => {
    const whole = protocols.length > 0 && isMachine(target, world);
    const who = whole ? strangers : src.slice(0, 1).map(() => src.join(', '));
    return who.map((one): LostAccess => ({ who: one, target, ports: portsText(ports) }));
  });
}

/** Whom sources of a rule mean beside those who can be named. */
function strangersOf(src: readonly string[], world: OldCompany): string[] {
  if (src.includes('*')) return [];
  return src.flatMap((one) => {
    if (world.groups.has(one)) return world.unnamed.get(one)!.map((member) => strangerOf(`\`${member}\``));
    return isNamed(one) ? [] : [strangerOf(`\`${one}\``)];
  });
}
