import { name, prose, say, type Sentence } from '../../contract/sentence.ts';
import type { Repository } from '../../load/repository.ts';
import { givenOf, type Line, listingOf } from './listing.ts';

/** What an edit adds to an environment's infrastructure, takes away and changes. */
export interface ListingDifference {
  added: readonly Line[];
  removed: readonly Line[];
  changed: readonly { before: Line; after: Line }[];
}

/** What differs between two listings of one environment; a thing is the same where its address is. */
export function listingDifference(before: readonly Line[], after: readonly Line[]): ListingDifference {
  const [was, is] = [byAddress(before), byAddress(after)];
  return {
    added: after.filter(({ address }) => !was.has(address)),
    removed: before.filter(({ address }) => !is.has(address)),
    changed: after.flatMap((line) => {
      const old = was.get(line.address);
      return old && old.says !== line.says ? [{ before: old, after: line }] : [];
    }),
  };
}

const byAddress = (lines: readonly Line[]): Map<string, Line> =>
  new Map(lines.map((one) => [one.address, one]));

/** A difference to read, a line for each thing, by subject, as a list of lists; nothing where nothing differs. */
export function listingDifferenceLines(environment: string, difference: ListingDifference): Sentence[] {
  const { added, removed, changed } = difference;
  const lines = [
    ...added.map((one) => ({ subject: one.subject, text: say`    - adds: ${prose(one.says)}` })),
    ...removed.map((one) => ({ subject: one.subject, text: say`    - removes: ${prose(one.says)}` })),
    ...changed.map(({ before, after }) => ({
      subject: after.subject,
      text: say`    - changes: ${prose(after.says)} (was: ${prose(before.says)})`,
    })),
  ];
  if (lines.length === 0) return [];
  const subjects = [...new Set(lines.map(({ subject }) => subject))].sort();
  const body = subjects.flatMap((subject) => [
    say`  - ${name(subject)}`,
    ...lines.filter((one) => one.subject === subject).map(({ text }) => text),
  ]);
  return [
    say`- ${name(environment)}: ${added.length} added, ${removed.length} removed, ${changed.length} changed`,
    ...body,
  ];
}

/** What an edit of the repository changes in all environments' infrastructure, to read; nothing where nothing does. */
export function infrastructureLines(before: Repository, after: Repository): Sentence[] {
  const lines = (repository: Repository, id: string): Line[] => {
    const environment = repository.environments.get(id);
    return environment ? listingOf(givenOf(repository, environment)) : [];
  };
  return [...new Set([...before.environments.keys(), ...after.environments.keys()])].flatMap((id) =>
    listingDifferenceLines(id, listingDifference(lines(before, id), lines(after, id))),
  );
}
