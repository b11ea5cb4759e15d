import { code, joined, name, place, prose, say, verbatim, type Sentence } from '../../contract/sentence.ts';
import type { Instant } from '../../contract/values/instant.ts';
import { conjunction, namesOf, plural } from '../../output/words.ts';
import { overrideLine, type Gist, type Objection } from '../../review/change.ts';
import type { GuardOutcome } from '../../review/guard.ts';
import { intentionsOf } from '../../review/overrides.ts';

/** Things of one kind that are named; the rest are counted. */
const THINGS_SHOWN = 8;

/** What each reviewer is asked to approve, a line for each. */
export function askedLines(objections: readonly Objection[]): Sentence[] {
  return byReviewer(objections).map(
    ([owner, own]) => say`- ⏳ **${name(owner)}** is asked to approve: ${everythingOf(own)}`,
  );
}

/** What was approved, a line for each who was asked, with who did. */
export function approvedLines(approved: readonly Objection[]): Sentence[] {
  return byReviewer(approved).map(([owner, own]) => {
    const who = conjunction(namesOf([...new Set(own.flatMap(({ approvedBy = [] }) => approvedBy))].sort()));
    return say`- ✅ ${who} for **${name(owner)}**: ${everythingOf(own)}`;
  });
}

/** What stops a merge until the change itself says that it is meant: a line for each intention, and how to say it. */
export function refusedLines(objections: readonly Objection[], at: Instant): Sentence[] {
  const final = objections.filter(({ needs }) => needs === undefined);
  return intentionsOf(final).flatMap(({ subject, objections: own }) => [
    say`- ❌ **${prose(own[0]!.rule)}** ${everythingOf(own)}.`,
    ...insteadOf(own),
    say`  If it is meant, this line says so, in ${code('policies/guardrails.yaml')} under ${code('overrides')}:`,
    say`  ${'```yaml'}`,
    say`  ${verbatim(overrideLine(own[0]!.rule, subject, at))}`,
    say`  ${'```'}`,
  ]);
}

/** The overrides that a change adds, a line for each with all that it passes over. */
export function overriddenLines(overridden: GuardOutcome['overridden']): Sentence[] {
  const lines = new Map<(typeof overridden)[number]['override'], Objection[]>();
  for (const { override, objection } of overridden)
    lines.set(override, [...(lines.get(override) ?? []), objection]);
  return [...lines].map(
    ([{ guardrail, until, reason }, own]) =>
      say`- **${prose(guardrail)}** ${everythingOf(own)} — overridden until ${prose(until)}: ${prose(reason)}`,
  );
}

/** What guardrails that are only observed object to, a line for each. */
export function observedLines(observed: readonly Objection[]): Sentence[] {
  const rules = new Map<string, Objection[]>();
  for (const one of observed) rules.set(one.rule, [...(rules.get(one.rule) ?? []), one]);
  return [...rules].map(([rule, own]) => say`- **${prose(rule)}** ${everythingOf(own)}`);
}

function byReviewer(objections: readonly Objection[]): [owner: string, objections: Objection[]][] {
  const owners = new Map<string, Objection[]>();
  for (const one of objections)
    if (one.needs !== undefined) owners.set(one.needs, [...(owners.get(one.needs) ?? []), one]);
  return [...owners].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Everything that some objections are about, what is said alike of several things once, and the lines behind it. */
function everythingOf(objections: readonly Objection[]): Sentence {
  return say`${togetherOf(objections)} ${placesOf(objections)}`;
}

/** Everything that some objections are about, what is said alike of several things once. */
export function togetherOf(objections: readonly Objection[]): Sentence {
  const things = gistsOf(objections.flatMap(({ gist }) => gist ?? []));
  const others = objections
    .filter(({ gist }) => gist === undefined)
    .map(({ message, expected, needs }): Sentence => {
      const bound = needs === undefined && expected !== undefined ? `: expected ${expected}` : '';
      return [prose(`${message}${bound}`)];
    });
  // How many lose anything comes before what they lose, and who gains before what else changes.
  const asks = objections[0]!.needs !== undefined;
  const all = asks ? [...things, ...others] : [...others, ...things];
  return joined(all, '; ');
}

/** Sentences about several things, and about those in several environments. */
function gistsOf(gists: readonly Gist[]): Sentence[] {
  const ofThings = grouped(gists, ({ begin, kind, end, where }) => [begin, kind, end, where]);
  const told = ofThings.map((alike) => ({ ...alike[0]!, things: counted(alike.map(({ thing }) => thing)) }));
  const everywhere = grouped(told, ({ begin, kind, end, things }) => [begin, kind, end, things]);
  return everywhere.map((alike) =>
    gistOf(
      alike[0]!,
      alike.flatMap(({ where }) => where ?? []),
    ),
  );
}

function grouped<T>(all: readonly T[], key: (one: T) => unknown): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const known = groups.get(JSON.stringify(key(one)));
    if (known) known.push(one);
    else groups.set(JSON.stringify(key(one)), [one]);
  }
  return [...groups.values()];
}

/** Each thing once, with how many times it was there. */
function counted(things: readonly string[]): [thing: string, times: number][] {
  const counts = new Map<string, number>();
  for (const thing of things) counts.set(thing, (counts.get(thing) ?? 0) + 1);
  return [...counts];
}

/** `ann@example.com would gain the services `wiki` and `payments` in live` */
function gistOf(
  { begin, kind, end, things }: Gist & { things: [thing: string, times: number][] },
  environments: readonly string[],
): Sentence {
  const texts = things.map(([thing, times]) => say`${code(thing)}${times > 1 ? say` (${times} times)` : ''}`);
  const shown = texts.slice(0, THINGS_SHOWN);
  const more = texts.length - shown.length;
  const named = more > 0 ? say`${joined(shown, ', ')} and ${more} more` : conjunction(shown);
  const where = conjunction(environments.map((id) => [prose(id)]));
  const rest = end === '' ? [] : say`${end.startsWith(',') ? '' : ' '}${prose(end.trim())}`;
  return say`${prose(begin)} the ${prose(kind)}${things.length > 1 ? 's' : ''} ${named}${where.length > 0 ? say` in ${where}` : ''}${rest}`;
}

function placesOf(objections: readonly Objection[]): Sentence {
  const lines = new Map(objections.map((one) => [`${one.file}:${one.line}`, one]));
  const [first, ...rest] = [...lines.values()];
  return say`(${place(first!)}${rest.length > 0 ? say` and ${plural(rest.length, 'more line')}` : ''})`;
}

/** What to do where it is not meant. */
function insteadOf(objections: readonly Objection[]): Sentence[] {
  const own = objections.flatMap(({ instead }) => instead ?? []);
  return [...new Set(own)].map((text) => say`  If it is not meant: ${prose(text)}.`);
}
