import { code, joined, name, say, type Literal, type Sentence } from '../contract/sentence.ts';
import type { AccessChange, Intervals, ServicePorts } from '../contract/shapes.ts';

/** How much is said: of long lists the first and how many more there are, or all. */
export type Detail = 'short' | 'full';

/** More names than this are counted, not listed. */
const NAMES_SHOWN = 3;

/** `8080,9000-9010` */
function portsOf(ports: Intervals): Sentence {
  const texts = ports.map(([first, last]) => (first === last ? say`${first}` : say`${first}-${last}`));
  return joined(texts, ',');
}

/** `` `web-app` tcp/8080, `wiki` tcp/443 and 4 more services `` */
export function servicesOf(services: readonly ServicePorts[], detail: Detail = 'short'): Sentence {
  const all = services.map(
    ({ service, protocol, ports }) => say`${code(service)} ${protocol}/${portsOf(ports)}`,
  );
  return detail === 'full' ? conjunction(all) : firstOf(all);
}

/** The first of several, and how many more there are; one more is said as well as counted. */
export function firstOf(all: readonly Sentence[]): Sentence {
  if (all.length <= NAMES_SHOWN + 1) return conjunction(all);
  return say`${joined(all.slice(0, NAMES_SHOWN), ', ')} and ${all.length - NAMES_SHOWN} more`;
}

/** Whom changes: names, `12 people in `contractors-eu``, or a few names and a count. */
export function whoOf(who: Whom, detail: Detail = 'short'): Sentence {
  const { principals, group } = who;
  const unnamed = unnamedOf(who);
  if (detail === 'full') return conjunction([...namesOf(principals), ...unnamed]);
  const count = conjunction(countsOf(crowdOf([who])));
  const named =
    principals.length <= NAMES_SHOWN && group === undefined
      ? conjunction(namesOf(principals))
      : group === undefined
        ? say`${count} (${joined(namesOf(principals.slice(0, 2)), ', ')} ...)`
        : say`${count} in ${code(group)}`;
  return joined([...(principals.length > 0 ? [named] : []), ...unnamed], ' and ');
}

/** Those of an audience whom no name tells. */
export function unnamedOf({
  anyoneElse,
  withoutCertificate,
}: Pick<Whom, 'anyoneElse' | 'withoutCertificate'>): Sentence[] {
  return [
    ...(anyoneElse ? [say`anyone else`] : []),
    ...(withoutCertificate ? [say`clients without certificate`] : []),
  ];
}

/** People, and machines among them, who change together. */
export type Whom = Pick<AccessChange, 'principals' | 'group'> & {
  machines?: readonly string[] | undefined;
  anyoneElse?: boolean | undefined;
  withoutCertificate?: true | undefined;
};

/** How many people and machines there are, each counted once, and whom no name tells. */
export interface Crowd {
  people: number;
  machines: number;
  anyoneElse: boolean;
  withoutCertificate: boolean;
}

/** Everybody in some audiences. */
export function crowdOf(audiences: readonly Whom[]): Crowd {
  const all = new Set(audiences.flatMap(({ principals }) => principals));
  const machines = new Set(audiences.flatMap((one) => one.machines ?? []));
  return {
    people: all.size - machines.size,
    machines: machines.size,
    anyoneElse: audiences.some(({ anyoneElse }) => anyoneElse),
    withoutCertificate: audiences.some((one) => one.withoutCertificate),
  };
}

/** `60 people` and `1 machine`, without what there is none of. */
function countsOf({ people, machines }: Crowd): Sentence[] {
  return [
    ...(people > 0 ? [say`${plural(people, 'person', 'people')}`] : []),
    ...(machines > 0 ? [say`${plural(machines, 'machine')}`] : []),
  ];
}

/** `60 people, 1 machine and anyone else`; `nobody` */
export function crowdText(crowd: Crowd): Sentence {
  const all = [
    ...countsOf(crowd),
    ...unnamedOf({ ...crowd, withoutCertificate: crowd.withoutCertificate || undefined }),
  ];
  return all.length === 0 ? say`nobody` : conjunction(all);
}

/** Whether a crowd is more than one, or nobody: what it does is then said as of several. */
export function isMany({ people, machines, anyoneElse, withoutCertificate }: Crowd): boolean {
  return people + machines + Number(anyoneElse) + 2 * Number(withoutCertificate) !== 1;
}

/** Names, each a sentence of its own. */
export const namesOf = (names: readonly string[]): Sentence[] => names.map((one) => [name(one)]);

/** How many a change is about, anyone else counting as one more, and clients without certificate as two. */
export function howMany({ principals, anyoneElse, withoutCertificate }: Omit<Whom, 'group'>): number {
  return principals.length + Number(anyoneElse ?? false) + 2 * Number(withoutCertificate ?? false);
}

/** `a, b and c` */
export function conjunction(items: readonly Sentence[]): Sentence {
  return items.length < 2 ? items.flat() : say`${joined(items.slice(0, -1), ', ')} and ${items.at(-1)!}`;
}

/** `1 person`, `12 people` */
export function plural<One extends string, Many extends string = `${One}s`>(
  count: number,
  one: Literal<One>,
  many = `${one}s` as Many,
): `${number} ${One | Many}` {
  return `${count} ${count === 1 ? (one as One) : many}`;
}
