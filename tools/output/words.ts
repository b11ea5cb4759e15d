import type { AccessChange, Intervals, ServicePorts } from '../contract/shapes.ts';

/** More names than this are counted, not listed. */
const NAMES_SHOWN = 3;

/** `8080, 9000-9010` */
export function portText(ports: Intervals): string {
  return ports.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}

/** `` `web-app` tcp/8080 and `wiki` tcp/443 `` */
export function servicesText(services: readonly ServicePorts[]): string {
  const texts = services.map(
    ({ service, protocol, ports }) => `\`${service}\` ${protocol}/${portText(ports).replaceAll(', ', ',')}`,
  );
  return texts.length > NAMES_SHOWN
    ? `${conjunction(texts.slice(0, NAMES_SHOWN))} (${texts.length} services in all)`
    : conjunction(texts);
}

/** Who changes: a name, `12 people in `contractors-eu``, or a few names and a count. */
export function whoText({
  principals,
  anyoneElse,
  group,
}: Pick<AccessChange, 'principals' | 'anyoneElse' | 'group'>): string {
  const named =
    principals.length <= NAMES_SHOWN && group === undefined
      ? conjunction(principals)
      : `${principals.length} people${group === undefined ? ` (${principals.slice(0, 2).join(', ')} ...)` : ` in \`${group}\``}`;
  if (!anyoneElse) return named;
  return principals.length === 0 ? 'anyone else' : `${named} and anyone else`;
}

/** How many people a change is about, anyone else counting as one more. */
export function howMany({ principals, anyoneElse }: Pick<AccessChange, 'principals' | 'anyoneElse'>): number {
  return principals.length + Number(anyoneElse);
}

/** `a, b and c` */
export function conjunction(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** `1 person`, `12 people` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
