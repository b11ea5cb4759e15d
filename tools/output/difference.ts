import { code, GAP, joined, name, place, prose, say, type Sentence } from '../contract/sentence.ts';
import type {
  AccessChange,
  Cause,
  Conditions,
  DestinationChange,
  Difference,
  EnvironmentDifference,
  RevocationChange,
} from '../contract/shapes.ts';
import { markdown } from './media/markdown.ts';
import { terminal } from './media/text.ts';
import { howMany, plural, servicesOf, unnamedOf, whoOf } from './words.ts';

/** Conditions of one change written out; the rest are counted. */
const CONDITIONS_SHOWN = 3;

/** A difference, of which only the environments are said. */
type Environments = Pick<Difference, 'environments'> & Partial<Difference>;

/** A difference as lines of a terminal, counts first, one block per environment. */
export function differenceText({ environments }: Environments): string {
  return environments.map(environmentText).join('\n');
}

function environmentText(environment: EnvironmentDifference): string {
  return [
    terminal(titleOf(environment)),
    ...linesOf(environment).map(([mark, sentence]) => terminal(say`  ${mark} ${sentence}`)),
    '',
  ].join('\n');
}

/** A difference as Markdown; lines of files lead nowhere. */
export function differenceMarkdown({ environments }: Environments): string {
  return differenceLines(environments)
    .map((line) => markdown(line))
    .join('\n');
}

/** The lines of a difference for a medium that knows Markdown's headings and lists. */
export function differenceLines(environments: readonly EnvironmentDifference[]): Sentence[] {
  return environments.flatMap((one) => [
    say`### ${titleOf(one)}`,
    [],
    ...linesOf(one).map(([mark, sentence]) => say`- **${mark}** ${sentence}`),
    [],
  ]);
}

/** `prod: 12 people gain access` */
export function titleOf(environment: EnvironmentDifference): Sentence {
  return say`${prose(environment.environment)}: ${summaryOf(environment)}`;
}

/** `12 people gain access, 1 person loses access, 1 destination changes` */
function summaryOf({ gains, losses, destinations, revocations }: EnvironmentDifference): Sentence {
  const gaining = people(gains);
  const losing = people(losses);
  const moving = destinations.length;
  const parts = [
    gaining > 0 && say`${plural(gaining, 'person', 'people')} ${gaining === 1 ? 'gains' : 'gain'} access`,
    losing > 0 && say`${plural(losing, 'person', 'people')} ${losing === 1 ? 'loses' : 'lose'} access`,
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

function people(changes: readonly AccessChange[]): number {
  const named = new Set(changes.flatMap(({ principals }) => principals));
  const unnamed = [
    changes.some(({ anyoneElse }) => anyoneElse),
    changes.some((one) => one.withoutCertificate),
  ];
  return named.size + unnamed.filter(Boolean).length;
}

/** A line of a difference: its mark, and what it says. */
export type DifferenceLine = [mark: '+' | '-' | '?' | '>' | '=', sentence: Sentence];

/** What changes in an environment, a sentence each: gains, losses, destinations, revocations, and what stays. */
export function linesOf(environment: EnvironmentDifference): DifferenceLine[] {
  const { gains, losses, observed = [], destinations, revocations, principals, services } = environment;
  const bySize = (changes: readonly AccessChange[]): AccessChange[] =>
    [...changes].sort((a, b) => howMany(b) - howMany(a));
  return [
    ...bySize(gains).map((change): DifferenceLine => ['+', changeOf(change, VERBS.gain)]),
    ...bySize(losses).map((change): DifferenceLine => ['-', changeOf(change, VERBS.lose)]),
    ...bySize(observed).map((change): DifferenceLine => ['?', changeOf(change, VERBS.wouldLose)]),
    ...destinations.map((change): DifferenceLine => ['>', destinationOf(change)]),
    ...revocations.map((change): DifferenceLine => [
      change.effect === 'revoked' ? '-' : '+',
      revocationOf(change),
    ]),
    ['=', say`${plural(principals, 'principal')} x ${plural(services, 'service')} otherwise unchanged`],
  ];
}

/** What one person does, and what several do. */
const VERBS = {
  gain: ['gains', 'gain'],
  lose: ['loses', 'lose'],
  wouldLose: ['would lose', 'would lose'],
  reach: ['reaches', 'reach'],
} as const;
type Verb = (typeof VERBS)[keyof typeof VERBS];

/** `12 people in `contractors-eu` gain `web-app` tcp/8080, weekdays 08:00-19:00 America/New_York   <file>:<line>` */
function changeOf(change: AccessChange, verb: Verb): Sentence {
  return say`${reachOf(change, verb)}${causesOf(change.causes)}`;
}

/** `12 people in `contractors-eu` reach `web-app` tcp/8080, weekdays 08:00-19:00 America/New_York` */
export function reachSentence(change: AccessChange): Sentence {
  return reachOf(change, VERBS.reach);
}

/** Who has, gets or loses which services, and when. */
function reachOf(change: AccessChange, [one, many]: Verb): Sentence {
  const verb = howMany(change) === 1 ? one : many;
  const when = conditionsOf(change.conditions);
  const what = change.services.length === 0 ? say`the right to connect` : servicesOf(change.services);
  return say`${whoOf(change)} ${verb} ${what}${when.length > 0 ? ', ' : ''}${when}`;
}

/** When a change is so; nothing for always. */
function conditionsOf(conditions: readonly Conditions[]): Sentence {
  if (conditions.some(({ text }) => text === '')) return [];
  const shown = conditions.slice(0, CONDITIONS_SHOWN).map(({ text }) => [prose(text)]);
  const more = conditions.length - shown.length;
  return say`${joined(shown, '; or ')}${more > 0 ? say`; or under ${plural(more, 'more condition')}` : ''}`;
}

function destinationOf({ service, changes, causes, ...who }: DestinationChange): Sentence {
  const { principals } = who;
  const unnamed = unnamedOf(who);
  const leads = changes.map(
    ({ field, before, after }) => say`${FIELDS[field]} ${name(after)} (was ${name(before)})`,
  );
  const reach = plural(principals.length, 'person', 'people');
  const reaches = principals.length === 1 && unnamed.length === 0 ? 'reaches' : 'reach';
  return say`${code(service)} now ${joined(leads, ' and ')}: ${joined([say`${reach}`, ...unnamed], ' and ')} ${reaches} it${causesOf(causes)}`;
}

/** `certificate 3f2a1c5d7e90... is refused from now on (stolen laptop)   policies/revoked.yaml:4` */
export function revocationOf(change: RevocationChange): Sentence {
  const { kind, subject, effect, reason, causes } = change;
  const shown = kind === 'certificate' ? `${subject.slice(0, DIGEST_SHOWN)}...` : subject;
  const what = say`${KINDS[kind]} ${name(shown)} is ${EFFECTS[effect]} (${prose(reason)})`;
  return say`${what}${holdersOf(change)}${causesOf(causes)}`;
}

/** Of a client CA, how many may have a certificate of it: `: at most 12 people and anyone else lose all they reach`. */
function holdersOf({ effect, principals, anyoneElse = false }: RevocationChange): Sentence {
  if (!principals) return [];
  const who = joined(
    [say`${plural(principals.length, 'person', 'people')}`, ...unnamedOf({ anyoneElse })],
    ' and ',
  );
  const one = principals.length === 1 && !anyoneElse;
  const verb = effect === 'revoked' ? (one ? 'loses' : 'lose') : one ? 'regains' : 'regain';
  return say`: at most ${who}, those with a certificate of it, ${verb} all that they reach`;
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

/** The first line behind a change, those on the new side first, and how many more there are. */
function causesOf(causes: readonly Cause[]): Sentence {
  const first = causes.find(({ side }) => side === 'after') ?? causes[0];
  if (!first) return [];
  const removed = first.side === 'before' ? ' (removed)' : '';
  const more = causes.length > 1 ? say` and ${plural(causes.length - 1, 'more line')}` : '';
  return say`${GAP}${place(first)}${removed}${more}`;
}

/** Who has what, in sentences: a difference from nothing. */
export function listingText(environment: string, access: readonly AccessChange[]): string {
  const nothing = access.length === 0 ? ' nobody reaches anything asked for' : '';
  return [
    terminal(say`${prose(environment)}:${nothing}`),
    ...access.map((one) => terminal(say`  ${reachSentence(one)}`)),
    '',
  ].join('\n');
}
