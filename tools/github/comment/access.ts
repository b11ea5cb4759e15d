import type { AccessChange, Cause, EnvironmentDifference } from '../../contract/shapes.ts';
import { differenceMarkdown } from '../../output/difference.ts';
import { plural, servicesText } from '../../output/words.ts';
import type { Links, PullRequestOutcome } from '../../review/outcome.ts';
import { code, inert } from './inert.ts';
import { placeLink } from './places.ts';

type Sides = Pick<PullRequestOutcome, 'base' | 'head'>;

/** The sentences of a difference, a line each, in which nothing that people wrote has a meaning, with links. */
export function sentences(
  difference: readonly EnvironmentDifference[],
  sides: Sides,
  links: Links,
): string[] {
  const text = differenceMarkdown({
    before: '',
    after: '',
    at: '',
    horizon: '',
    environments: difference.map((one) => harmless(one)),
  });
  return text.split('\n').map((line) =>
    line.replace(/ {3}(\S+\.yaml):(\d+)( \(removed\))?/, (_, file: string, number: string, removed = '') => {
      const commit = removed ? sides.base : sides.head;
      return ` &nbsp; ${placeLink(links, commit, file, Number(number))}${removed}`;
    }),
  );
}

/** The same with every text that people wrote made harmless, wherever it stands; ids are so by their schema. */
function harmless<T>(node: T, key = ''): T {
  const made = (value: unknown): unknown => {
    if (typeof value === 'string') return (HARMLESS[key] ?? String)(value);
    if (Array.isArray(value)) return value.map((one) => harmless(one as unknown, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, harmless(one, name)]));
  };
  return made(node) as T;
}

/** How texts become harmless, by their key. */
const HARMLESS: Readonly<Record<string, (text: string) => string>> = {
  principals: code,
  text: inert,
  before: code,
  after: code,
};

/** Everybody by name and every condition, a line for each change. */
export function byName(environment: EnvironmentDifference, sides: Sides, links: Links): string[] {
  const changes = (list: readonly AccessChange[], mark: string): string[] =>
    list.map(
      (one) =>
        `- **${mark}** ${named(one)}: ${servicesText(one.services)}${conditions(one)}${causes(one.causes, sides, links)}`,
    );
  const moved = environment.destinations.map(
    (one) =>
      `- **>** \`${one.service}\`: ${plural(one.principals.length, 'person', 'people')}${named(one, ': ')}${causes(one.causes, sides, links)}`,
  );
  const { gains, losses, observed = [] } = environment;
  return [...changes(gains, '+'), ...changes(losses, '-'), ...changes(observed, '?'), ...moved];
}

function named(
  { principals, anyoneElse }: Pick<AccessChange, 'principals' | 'anyoneElse'>,
  before = '',
): string {
  const names = [...principals.map(code), ...(anyoneElse ? ['anyone else'] : [])];
  return names.length === 0 ? '' : `${before}${names.join(', ')}`;
}

function conditions({ conditions: list }: AccessChange): string {
  if (list.some(({ text }) => text === '')) return '';
  return `; ${list.map(({ text }) => inert(text)).join('; or ')}`;
}

function causes(list: readonly Cause[], sides: Sides, links: Links): string {
  const places = list.map(({ file, line, side }) =>
    placeLink(links, side === 'after' ? sides.head : sides.base, file, line),
  );
  return places.length === 0 ? '' : ` (${places.join(', ')})`;
}
