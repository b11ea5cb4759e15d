import { apart, endedLines, type TerminalText } from '../contract/terminal-text.ts';
import { code, GAP, joined, name, place, prose, say, type Sentence } from '../contract/sentence.ts';
import type {
  AccessChange,
  Cause,
  Conditions,
  DestinationChange,
  Difference,
  EnvironmentDifference,
  Listing,
  RevocationChange,
} from '../contract/shapes.ts';
import { alike, besideEachOther, isChange, listsOf, type Alike } from './alike.ts';
import { markdown } from './media/markdown.ts';
import { terminal } from './media/text.ts';
import {
  conjunction,
  crowdOf,
  crowdText,
  howMany,
  isMany,
  plural,
  servicesOf,
  whoOf,
  type Detail,
} from './words.ts';

/** Conditions of one change written out; the rest are counted. */
const CONDITIONS_SHOWN = 3;

/** A difference, of which only the environments are said. */
type Environments = Pick<Difference, 'environments'> & Partial<Difference>;

/**
 * A difference as lines of a terminal, counts first, a block for environments that change alike.
 * @param most lines of a block that are said; the rest are counted
 */
export function differenceText(
  { environments }: Environments,
  detail: Detail = 'short',
  most = Infinity,
): TerminalText {
  return apart(
    alike(environments, listsOf).map((one) => {
      const lines = changeLines(one, detail);
      const rest = lines.slice(most, -1);
      const more = rest.length > 0 ? [say`  and ${countsOf(rest)} more`] : [];
      const shown = rest.length > 0 ? lines.slice(0, most) : lines;
      const said = [titleOf(one), ...shown.map(([mark, sentence]) => say`  ${mark} ${sentence}`), ...more];
      return endedLines(said.map(terminal));
    }),
  );
}

/** A difference as Markdown; lines of files lead nowhere. */
export function differenceMarkdown({ environments }: Environments, detail: Detail = 'short'): string {
  return differenceLines(environments, detail)
    .map((line) => markdown(line))
    .join('\n');
}

/** The lines of a difference for a medium that knows Markdown's headings and lists. */
export function differenceLines(
  environments: readonly EnvironmentDifference[],
  detail: Detail = 'short',
): Sentence[] {
  return alike(environments, listsOf).flatMap((one) => [
    say`### ${titleOf(one)}`,
    [],
    ...changeLines(one, detail).map(bullet),
    [],
  ]);
}

/** A line as an item of a list in Markdown. */
export function bullet([mark, sentence]: DifferenceLine): Sentence {
  return say`- ${SIGNS[mark]} ${sentence}`;
}

/** `12 gains, 3 losses and 1 other change` */
export function countsOf(lines: readonly DifferenceLine[]): Sentence {
  const of = (...marks: string[]): number => lines.filter(([mark]) => marks.includes(mark)).length;
  const [gains, losses, others] = [of('+'), of('-'), of('>', '?')];
  return conjunction([
    ...(gains > 0 ? [say`${plural(gains, 'gain')}`] : []),
    ...(losses > 0 ? [say`${plural(losses, 'loss', 'losses')}`] : []),
    ...(others > 0 ? [say`${plural(others, 'other change')}`] : []),
  ]);
}

/** What GitHub shows in colour, with the mark for those to whom colours look alike. */
const SIGNS = {
  '+': '🟢 **+**',
  '-': '🔴 **-**',
  '?': '⚪ **?**',
  '>': '🔵 **>**',
  '=': '**=**',
} as const;

/** `live and lab: 12 people gain access` */
export function titleOf({ environments, changes }: Pick<Alike, 'environments' | 'changes'>): Sentence {
  return say`${conjunction(environments.map((id) => [prose(id)]))}: ${summaryOf(changes)}`;
}

/** `live: 12 people gain access; lab: ...`, production first, environments without a change left out. */
export function accessOf(environments: readonly EnvironmentDifference[]): Sentence {
  const changing = alike(environments.filter(isChange), listsOf);
  return changing.length === 0 ? say`nobody gains or loses access` : joined(changing.map(titleOf), '; ');
}

type Changes = Pick<EnvironmentDifference, 'gains' | 'losses' | 'destinations' | 'revocations'>;

/** `12 people gain access, 1 person loses access, 1 destination changes` */
export function summaryOf({ gains, losses, destinations, revocations }: Changes): Sentence {
  const [gaining, losing] = [crowdOf(gains), crowdOf(losses)];
  const moving = destinations.length;
  const parts = [
    gains.length > 0 && say`${crowdText(gaining)} ${isMany(gaining) ? 'gain' : 'gains'} access`,
    losses.length > 0 && say`${crowdText(losing)} ${isMany(losing) ? 'lose' : 'loses'} access`,
    moving > 0 && say`${plural(moving, 'destination')} ${moving === 1 ? 'changes' : 'change'}`,
    ...revocationCounts(revocations),
  ].filter((part) => part !== false);
  return parts.length === 0 ? say`nobody gains or loses access` : joined(parts, ', ');
}

/** How many of each kind are refused, and how many are accepted again. */
function revocationCounts(revocations: readonly RevocationChange[]): (Sentence | false)[] {
  return (['revoked', 'accepted'] as const).flatMap((wanted) =>
    (['certificate', 'principal', 'ca'] as const).map((kind) => {
      const count = revocations.filter((one) => one.effect === wanted && one.kind === kind).length;
      return (
        count > 0 &&
        say`${counted(kind, count)} ${count === 1 ? 'is' : 'are'} ${wanted === 'revoked' ? 'revoked' : 'accepted again'}`
      );
    }),
  );
}

function counted(kind: RevocationChange['kind'], count: number): Sentence {
  if (kind === 'certificate') return say`${plural(count, 'certificate')}`;
  return kind === 'principal' ? say`${plural(count, 'principal')}` : say`${plural(count, 'client CA')}`;
}

/** A sentence about a change, with the mark that says what kind it is of. */
export type DifferenceLine = readonly [mark: '+' | '-' | '?' | '>' | '=', sentence: Sentence];

/** What changes in environments that change alike, a line for each, and last what does not. */
export function changeLines({ changes, all }: Alike, detail: Detail = 'short'): DifferenceLine[] {
  const { gains, losses, observed = [], destinations, revocations } = changes;
  const ofAccess = besideEachOther(gains, losses);
  const cutOff = [...observed].sort((a, b) => howMany(b) - howMany(a));
  return [
    ...ofAccess.map(({ mark, change }): DifferenceLine => [mark, changeOf(change, VERBS[mark], detail)]),
    ...cutOff.map((change): DifferenceLine => ['?', changeOf(change, VERBS['?'], detail)]),
    ...destinations.map((change): DifferenceLine => ['>', destinationOf(change, detail)]),
    ...revocations.map((change): DifferenceLine => [
      change.effect === 'revoked' ? '-' : '+',
      revocationOf(change, detail),
    ]),
    ['=', sizeOf(all)],
  ];
}

/** The same of one environment alone. */
export function linesOf(environment: EnvironmentDifference): DifferenceLine[] {
  return alike([environment], listsOf).flatMap((one) => changeLines(one));
}

/** `60 principals x 10 services otherwise unchanged`, of each environment where they are not of one size. */
function sizeOf(all: readonly EnvironmentDifference[]): Sentence {
  const sizes = new Map(
    all.map(({ principals, services }) => [`${principals}/${services}`, { principals, services }]),
  );
  const texts = [...sizes.values()].map(
    ({ principals, services }) => say`${plural(principals, 'principal')} x ${plural(services, 'service')}`,
  );
  return say`${joined(texts, ', and ')} otherwise unchanged`;
}

/** What one person does, and what several do. */
const VERBS = {
  '+': ['gains', 'gain'],
  '-': ['loses', 'lose'],
  '?': ['would lose', 'would lose'],
  reach: ['reaches', 'reach'],
} as const;
type Verb = (typeof VERBS)[keyof typeof VERBS];

/** `12 people in `contractors-eu` gain `web-app` tcp/8080, weekdays 08:00-19:00 America/New_York   <file>:<line>` */
function changeOf(change: AccessChange, verb: Verb, detail: Detail): Sentence {
  return say`${reachOf(change, verb, detail)}${causesOf(change.causes, detail)}`;
}

/** `12 people in `contractors-eu` reach `web-app` tcp/8080, weekdays 08:00-19:00 America/New_York` */
export function reachSentence(change: AccessChange, who: Detail = 'short', rest: Detail = who): Sentence {
  return reachOf(change, VERBS.reach, who, rest);
}

/** Who has, gets or loses which services, and when. */
function reachOf(change: AccessChange, [one, many]: Verb, who: Detail, rest: Detail = who): Sentence {
  const verb = howMany(change) === 1 ? one : many;
  const when = conditionsOf(change.conditions, rest);
  const what = change.services.length === 0 ? say`the right to connect` : servicesOf(change.services, rest);
  return say`${whoOf(change, who)} ${verb} ${what}${when.length > 0 ? ', ' : ''}${when}`;
}

/** When a change is so; nothing for always. */
function conditionsOf(conditions: readonly Conditions[], detail: Detail): Sentence {
  if (conditions.some(({ text }) => text === '')) return [];
  const shown = detail === 'full' ? conditions : conditions.slice(0, CONDITIONS_SHOWN);
  const texts = shown.map(({ text }) => [prose(text)]);
  const more = conditions.length - shown.length;
  return say`${joined(texts, '; or ')}${more > 0 ? say`; or under ${plural(more, 'more condition')}` : ''}`;
}

function destinationOf({ service, changes, causes, ...who }: DestinationChange, detail: Detail): Sentence {
  const leads = changes.map(
    ({ field, before, after }) => say`${FIELDS[field]} ${name(after)} (was ${name(before)})`,
  );
  const crowd = crowdOf([who]);
  const reaching = detail === 'full' && howMany(who) > 0 ? whoOf(who, detail) : crowdText(crowd);
  const reaches = howMany(who) > 1 ? 'reach' : 'reaches';
  return say`${code(service)} now ${joined(leads, ' and ')}: ${reaching} ${reaches} it${causesOf(causes, detail)}`;
}

/** `certificate 3f2a1c5d7e90... is refused from now on (stolen laptop)   policies/revoked.yaml:4` */
export function revocationOf(change: RevocationChange, detail: Detail = 'short'): Sentence {
  const { kind, subject, effect, reason, causes } = change;
  const shown = kind === 'certificate' ? `${subject.slice(0, DIGEST_SHOWN)}...` : subject;
  const what = say`${KINDS[kind]} ${name(shown)} is ${EFFECTS[effect]} (${prose(reason)})`;
  return say`${what}${holdersOf(change)}${causesOf(causes, detail)}`;
}

/** Of a client CA, how many may have a certificate of it: `: at most 12 people and anyone else lose all they reach`. */
function holdersOf({ effect, principals, machines, anyoneElse = false }: RevocationChange): Sentence {
  if (!principals) return [];
  const crowd = crowdOf([{ principals, machines, anyoneElse }]);
  const [one, many] = effect === 'revoked' ? (['loses', 'lose'] as const) : (['regains', 'regain'] as const);
  return say`: at most ${crowdText(crowd)}, those with a certificate of it, ${isMany(crowd) ? many : one} all that they reach`;
}

const KINDS = { certificate: 'certificate', principal: 'principal', ca: 'client CA' } as const;

/** Characters of a fingerprint that tell it from others. */
const DIGEST_SHOWN = 12;

const EFFECTS = { revoked: 'refused from now on', accepted: 'accepted again' } as const;

const FIELDS = {
  backend: 'leads to',
  protocol: 'has protocol',
  virtualIp: 'has virtual address',
  connector: 'has connector',
} as const;

/** The first line behind a change, those on the new side first, and how many more there are; or all. */
function causesOf(causes: readonly Cause[], detail: Detail): Sentence {
  const sorted = [...causes].sort((a, b) => Number(a.side === 'before') - Number(b.side === 'before'));
  const text = (one: Cause): Sentence => say`${place(one)}${one.side === 'before' ? ' (removed)' : ''}`;
  const [first, ...rest] = sorted.map(text);
  if (!first) return [];
  if (detail === 'full') return say`${GAP}${joined([first, ...rest], ', ')}`;
  return say`${GAP}${first}${rest.length > 0 ? say` and ${plural(rest.length, 'more line')}` : ''}`;
}

/** Who has what, in sentences, production first: a difference from nothing. Every service is named. */
export function listingText(environments: Listing['environments'], detail: Detail = 'short'): TerminalText {
  return apart(
    alike(environments, ({ access }) => ({ access })).map(({ environments: ids, changes: { access } }) => {
      const nothing = access.length === 0 ? ' nobody reaches anything asked for' : '';
      return endedLines([
        terminal(say`${conjunction(ids.map((id) => [prose(id)]))}:${nothing}`),
        ...access.map((one) => terminal(say`  ${reachSentence(one, detail, 'full')}`)),
      ]);
    }),
  );
}
