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
import { howMany, plural, servicesOf, whoOf } from './words.ts';

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
  const [refused, accepted] = (['revoked', 'accepted'] as const).map(
    (wanted) => revocations.filter(({ effect }) => effect === wanted).length,
  ) as [number, number];
  const parts = [
    gaining > 0 && say`${plural(gaining, 'person', 'people')} ${gaining === 1 ? 'gains' : 'gain'} access`,
    losing > 0 && say`${plural(losing, 'person', 'people')} ${losing === 1 ? 'loses' : 'lose'} access`,
    moving > 0 && say`${plural(moving, 'destination')} ${moving === 1 ? 'changes' : 'change'}`,
    refused > 0 && say`${plural(refused, 'certificate')} ${refused === 1 ? 'is' : 'are'} revoked`,
    accepted > 0 && say`${plural(accepted, 'certificate')} ${accepted === 1 ? 'is' : 'are'} accepted again`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? say`nobody gains or loses access` : joined(parts, ', ');
}

function people(changes: readonly AccessChange[]): number {
  const named = new Set(changes.flatMap(({ principals }) => principals));
  return named.size + Number(changes.some(({ anyoneElse }) => anyoneElse));
}

type Line = [mark: '+' | '-' | '?' | '>' | '=', sentence: Sentence];

function linesOf(environment: EnvironmentDifference): Line[] {
  const { gains, losses, observed = [], destinations, revocations, principals, services } = environment;
  const bySize = (changes: readonly AccessChange[]): AccessChange[] =>
    [...changes].sort((a, b) => howMany(b) - howMany(a));
  return [
    ...bySize(gains).map((change): Line => ['+', changeOf(change, VERBS.gain)]),
    ...bySize(losses).map((change): Line => ['-', changeOf(change, VERBS.lose)]),
    ...bySize(observed).map((change): Line => ['?', changeOf(change, VERBS.wouldLose)]),
    ...destinations.map((change): Line => ['>', destinationOf(change)]),
    ...revocations.map((change): Line => [change.effect === 'revoked' ? '-' : '+', revocationOf(change)]),
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

/** Who has, gets or loses which services, and when. */
function reachOf(change: AccessChange, [one, many]: Verb): Sentence {
  const verb = howMany(change) === 1 ? one : many;
  const when = conditionsOf(change.conditions);
  return say`${whoOf(change)} ${verb} ${servicesOf(change.services)}${when.length > 0 ? ', ' : ''}${when}`;
}

/** When a change is so; nothing for always. */
function conditionsOf(conditions: readonly Conditions[]): Sentence {
  if (conditions.some(({ text }) => text === '')) return [];
  const shown = conditions.slice(0, CONDITIONS_SHOWN).map(({ text }) => [prose(text)]);
  const more = conditions.length - shown.length;
  return say`${joined(shown, '; or ')}${more > 0 ? say`; or under ${plural(more, 'more condition')}` : ''}`;
}

function destinationOf({ service, changes, principals, anyoneElse, causes }: DestinationChange): Sentence {
  const leads = changes.map(
    ({ field, before, after }) => say`${FIELDS[field]} ${name(after)} (was ${name(before)})`,
  );
  const reach = plural(principals.length, 'person', 'people');
  const reaches = principals.length === 1 && !anyoneElse ? 'reaches' : 'reach';
  return say`${code(service)} now ${joined(leads, ' and ')}: ${reach}${
    anyoneElse ? ' and anyone else' : ''
  } ${reaches} it${causesOf(causes)}`;
}

/** `certificate 3f2a1c5d7e90... is refused from now on (stolen laptop)   policies/revoked.yaml:4` */
export function revocationOf({ kind, subject, effect, reason, causes }: RevocationChange): Sentence {
  const shown = subject.length > DIGEST_SHOWN ? `${subject.slice(0, DIGEST_SHOWN)}...` : subject;
  return say`${kind} ${name(shown)} is ${EFFECTS[effect]} (${prose(reason)})${causesOf(causes)}`;
}

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
    ...access.map((one) => terminal(say`  ${reachOf(one, VERBS.reach)}`)),
    '',
  ].join('\n');
}
