import type { Address } from '../../contract/values/address.ts';
import { isRead } from '../../contract/values/reading.ts';
import { readPrincipal } from '../../contract/values/principal.ts';
import type { Finding } from '../../finding/finding.ts';
import type { Policy } from '../../contract/shapes.ts';

/** A request as both systems are asked it. */
export interface OldRequest {
  /** In lower case; undefined for a person whom the old system's files do not name. */
  principal: string | undefined;
  service: string;
  port: number;
  source: Address | undefined;
}

/** A service that is to be, and where it leads, where the old system says that. */
export interface DraftService {
  id: string;
  description: string;
  protocol: 'tcp' | 'udp';
  /** First and last of each range. */
  ports: readonly [first: number, last: number][];
  backend?: string;
}

/** A group that is to be; its members have rights in common. */
export interface DraftGroup {
  id: string;
  description: string;
  members: readonly string[];
}

/** What the old system gives and nobody has here, where no service stands for the target. */
export interface LostAccess {
  /** As the old system's files name them. */
  who: string;
  target: string;
  ports: readonly (number | string)[];
}

/** Somebody whom nothing here can tell from others: whoever matches a rule that cannot be asked for. */
const STRANGER = 'whoever matches ';
export const strangerOf = (rule: string): string => `${STRANGER}${rule}`;
export const isStranger = (one: string | undefined): boolean => one?.startsWith(STRANGER) ?? false;

/** What another system's files come to here, before anything is written. */
export interface ImportDraft {
  /** Everybody and every machine that they name. */
  principals: readonly string[];
  /** Those whom a rule means that nothing here can ask for, each a `strangerOf`; here they are anyone else. */
  strangers: readonly string[];
  groups: readonly DraftGroup[];
  services: readonly DraftService[];
  policies: readonly Omit<Policy, 'owner'>[];
  /** What could not be expressed, each at its line. */
  findings: readonly Finding[];
  /** What no request to a service of the draft can show. */
  lost: readonly LostAccess[];
  /** Port ranges that any rule names, also one of which nothing is taken over. */
  portRanges: readonly (readonly [first: number, last: number])[];
  /** Source prefixes that any condition names. */
  prefixes: readonly string[];
  /**
   * The old system's own answer, worked out from its files as its makers describe it, and from nothing of the draft. A
   * condition that nothing here can ask for counts as met where it lets in, and as not met where it blocks, so that what
   * the old system gave is listed as lost; whom it names are strangers.
   */
  allows(request: OldRequest): boolean;
}

/** Makes ids of names, each another one. */
export class Ids {
  readonly #taken = new Map<string, string>();

  /** The id of a thing; the same for the same key. @param name what people call it */
  of(key: string, name = key): string {
    const known = this.#taken.get(key);
    if (known !== undefined) return known;
    const plain = name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+|-+$/g, '')
      .slice(0, 48);
    const used = new Set(this.#taken.values());
    let id = plain || 'imported';
    for (let count = 2; used.has(id); count++) id = `${plain}-${count}`;
    this.#taken.set(key, id);
    return id;
  }
}

/** A principal in lower case; undefined for what is none. */
export function principalOf(text: string): string | undefined {
  const read = readPrincipal(text.trim());
  return isRead(read) ? read.value : undefined;
}

/** Text that fits a description. */
export function described(text: string): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.slice(0, 180) || 'Imported';
}

/** Port ranges as files have them: `443`, `8000-8010`. */
export function portsText(ports: readonly (readonly [number, number])[]): (number | string)[] {
  return ports.map(([first, last]) => (first === last ? first : `${first}-${last}`));
}

/** Ranges in order, those that touch made one. */
export function unionOf(ports: readonly (readonly [number, number])[]): [number, number][] {
  const united: [number, number][] = [];
  for (const [first, last] of [...ports].sort((a, b) => a[0] - b[0])) {
    const end = united.at(-1);
    if (end && first <= end[1] + 1) end[1] = Math.max(end[1], last);
    else united.push([first, last]);
  }
  return united;
}

/** Port ranges of a text such as `*`, `443` or `80,8000-8010`; undefined where it is none. */
export function portsIn(text: string): [number, number][] | undefined {
  if (text.trim() === '*') return [[1, 65535]];
  const ranges = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map((one): [number, number] | undefined => {
      const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(one) ?? [];
      const [from, to] = [Math.max(1, Number(first)), Number(last)];
      return first !== undefined && from <= to && to <= 65535 ? [from, to] : undefined;
    });
  return ranges.length > 0 && ranges.every((one) => one !== undefined) ? unionOf(ranges) : undefined;
}
