import { code, joined, name, say, type Literal, type Sentence } from '../contract/sentence.ts';
import type { AccessChange, Intervals, ServicePorts } from '../contract/shapes.ts';

/** More names than this are counted, not listed. */
const NAMES_SHOWN = 3;

/** `8080,9000-9010` */
function portsOf(ports: Intervals): Sentence {
  const texts = ports.map(([first, last]) => (first === last ? say`${first}` : say`${first}-${last}`));
  return joined(texts, ',');
}

/** `` `web-app` tcp/8080 and `wiki` tcp/443 `` */
export function servicesOf(services: readonly ServicePorts[]): Sentence {
  const all = services.map(
    ({ service, protocol, ports }) => say`${code(service)} ${protocol}/${portsOf(ports)}`,
  );
  return all.length > NAMES_SHOWN
    ? say`${conjunction(all.slice(0, NAMES_SHOWN))} (${all.length} services in all)`
    : conjunction(all);
}

/** Who changes: a name, `12 people in `contractors-eu``, or a few names and a count. */
export function whoOf({ principals, anyoneElse, withoutCertificate, group }: Who): Sentence {
  const named =
    principals.length <= NAMES_SHOWN && group === undefined
      ? conjunction(namesOf(principals))
      : say`${principals.length} people${
          group === undefined
            ? say` (${joined(namesOf(principals.slice(0, 2)), ', ')} ...)`
            : say` in ${code(group)}`
        }`;
  const all = [...(principals.length > 0 ? [named] : []), ...unnamedOf({ anyoneElse, withoutCertificate })];
  return joined(all, ' and ');
}

/** Those of an audience whom no name tells. */
export function unnamedOf({
  anyoneElse,
  withoutCertificate,
}: Pick<Who, 'anyoneElse' | 'withoutCertificate'>): Sentence[] {
  return [
    ...(anyoneElse ? [say`anyone else`] : []),
    ...(withoutCertificate ? [say`clients without certificate`] : []),
  ];
}

/** People who change together. */
type Who = Pick<AccessChange, 'principals' | 'anyoneElse' | 'group'> & {
  withoutCertificate?: true | undefined;
};

/** Names, each a sentence of its own. */
export const namesOf = (names: readonly string[]): Sentence[] => names.map((one) => [name(one)]);

/** How many people a change is about, anyone else counting as one more, and clients without certificate as two. */
export function howMany({ principals, anyoneElse, withoutCertificate }: Omit<Who, 'group'>): number {
  return principals.length + Number(anyoneElse) + 2 * Number(withoutCertificate ?? false);
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
