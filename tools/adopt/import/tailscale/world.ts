import { isInside, parseAddress, parsePrefix } from '../../../contract/values/address.ts';
import { principalOf } from '../draft.ts';
import { objectOf, textsOf } from '../json.ts';
import type { TailscaleRule } from './rules.ts';

/** What the file names. */
export interface OldCompany {
  /** Members of each group in lower case, with those of groups inside. */
  groups: Map<string, string[]>;
  /** Members of each group who cannot be named here, as they stand in the file. */
  unnamed: Map<string, string[]>;
  hosts: Map<string, string>;
  principals: string[];
  /** Every machine that the file names: as a source, as a destination, or as one that somebody may give its tag to. */
  tags: string[];
  /** Destinations that are one machine: a tag, or an address. */
  machines: Map<string, { name: string; address?: string }>;
}

/** A machine with a tag connects with a certificate of this name. */
export const tagPrincipal = (tag: string): string => tag.replace(':', '-').toLowerCase();

export function worldOf(root: Record<string, unknown>, rules: readonly TailscaleRule[]): OldCompany {
  const raw = new Map(
    Object.entries(objectOf(root['groups'])).map(([id, members]) => [id, textsOf(members)]),
  );
  const given = [...raw.keys()].map((id) => [id, membersOf(id, raw)] as const);
  const groups = new Map(given.map(([id, all]) => [id, all.flatMap((one) => principalOf(one) ?? [])]));
  const unnamed = new Map(
    given.map(([id, all]) => [id, all.filter((one) => principalOf(one) === undefined)] as const),
  );
  const hosts = new Map(
    Object.entries(objectOf(root['hosts'])).flatMap(([id, at]) =>
      typeof at === 'string' ? [[id, at] as const] : [],
    ),
  );
  const named = rules.flatMap(({ src }) => src);
  // A machine that is only led to, or only has owners, is no person either: who means every person does not mean it.
  const places = [...named, ...rules.flatMap(({ dst }) => dst.map(({ target }) => target))];
  const owned = Object.keys(objectOf(root['tagOwners']));
  const tags = [...new Set([...places, ...owned].filter((one) => one.startsWith('tag:')))];
  const people = [...[...groups.values()].flat(), ...named].flatMap((one) =>
    one.includes('@') ? (principalOf(one) ?? []) : [],
  );
  const machines: OldCompany['machines'] = new Map();
  for (const { target } of rules.flatMap(({ dst }) => dst)) {
    const at = hosts.get(target) ?? target;
    if (target.startsWith('tag:')) machines.set(target, { name: target.slice(4) });
    else if (isOne(at))
      machines.set(addressOf(at), {
        name: hosts.has(target) ? target : `host-${at}`,
        address: addressOf(at),
      });
  }
  return {
    groups,
    unnamed,
    hosts,
    tags,
    machines,
    principals: [...new Set([...people, ...tags.map(tagPrincipal)])].sort(),
  };
}

/** Members of a group and of those inside it, as they stand in the file. */
function membersOf(id: string, raw: ReadonlyMap<string, string[]>, seen = new Set<string>()): string[] {
  if (seen.has(id)) return [];
  seen.add(id);
  return (raw.get(id) ?? []).flatMap((one) => (one.startsWith('group:') ? membersOf(one, raw, seen) : [one]));
}

const addressOf = (text: string): string => text.split('/')[0]!;

/** Whether a text is one address, perhaps as a prefix of full length. */
function isOne(text: string): boolean {
  const prefix = parsePrefix(text);
  if (!prefix) return false;
  return prefix.family === 4 ? prefix.end - prefix.begin === 1 : prefix.end - prefix.begin === 1n;
}

/** Whether a destination is one machine: all of it is taken over. */
export const isMachine = (target: string, { machines, hosts }: OldCompany): boolean =>
  machines.has(target) || isOne(hosts.get(target) ?? target);

/** Whether a source, no group of the file, can be said here. */
export const isNamed = (one: string): boolean =>
  one.startsWith('tag:') ||
  one === 'autogroup:member' ||
  (one.includes('@') && principalOf(one) !== undefined);

/** The machines that a destination of a rule is about. */
export function covered(target: string, { machines, hosts }: OldCompany): string[] {
  if (target === '*') return [...machines.keys()];
  if (machines.has(target)) return [target];
  const network = parsePrefix(hosts.get(target) ?? target);
  if (!network) return [];
  return [...machines].flatMap(([key, { address }]) => {
    const at = address === undefined ? undefined : parseAddress(address);
    return at && isInside(at, network) ? [key] : [];
  });
}
