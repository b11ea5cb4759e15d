import type {
  AccessChange,
  Cause,
  Conditions,
  DestinationChange,
  Difference,
  EnvironmentDifference,
} from '../contract/shapes.ts';
import { howMany, plural, servicesText, whoText } from './words.ts';

/** Conditions of one change written out; the rest are counted. */
const CONDITIONS_SHOWN = 3;

/** A difference as sentences, counts first, one block per environment. */
export function differenceText(difference: Difference): string {
  return difference.environments.map(environmentText).join('\n');
}

function environmentText(environment: EnvironmentDifference): string {
  const lines = environmentLines(environment);
  return [
    `${environment.environment}: ${summary(environment)}`,
    ...lines.map(([mark, text]) => `  ${mark} ${text}`),
    '',
  ].join('\n');
}

/** A difference as Markdown for a pull request's comment. */
export function differenceMarkdown(difference: Difference): string {
  return difference.environments.map(environmentMarkdown).join('\n');
}

function environmentMarkdown(environment: EnvironmentDifference): string {
  const lines = environmentLines(environment).map(([mark, text]) => `- **${mark}** ${text}`);
  return [`### ${environment.environment}: ${summary(environment)}`, '', ...lines, ''].join('\n');
}

/** `12 people gain, 1 loses, 1 destination changes` */
export function summary({ gains, losses, destinations }: EnvironmentDifference): string {
  const gaining = people(gains);
  const losing = people(losses);
  const parts = [
    gaining > 0 && `${plural(gaining, 'person', 'people')} ${gaining === 1 ? 'gains' : 'gain'} access`,
    losing > 0 && `${plural(losing, 'person', 'people')} ${losing === 1 ? 'loses' : 'lose'} access`,
    destinations.length > 0 &&
      `${plural(destinations.length, 'destination')} ${destinations.length === 1 ? 'changes' : 'change'}`,
  ].filter(Boolean);
  return parts.length === 0 ? 'nobody gains or loses access' : parts.join(', ');
}

function people(changes: readonly AccessChange[]): number {
  const named = new Set(changes.flatMap(({ principals }) => principals));
  return named.size + Number(changes.some(({ anyoneElse }) => anyoneElse));
}

type Line = [mark: '+' | '-' | '?' | '>' | '=', text: string];

function environmentLines(environment: EnvironmentDifference): Line[] {
  const bySize = (changes: readonly AccessChange[]): AccessChange[] =>
    [...changes].sort((a, b) => howMany(b) - howMany(a));
  return [
    ...bySize(environment.gains).map((change): Line => ['+', changeText(change, 'gain')]),
    ...bySize(environment.losses).map((change): Line => ['-', changeText(change, 'lose')]),
    ...bySize(environment.observed ?? []).map((change): Line => ['?', changeText(change, 'would lose')]),
    ...environment.destinations.map((change): Line => ['>', destinationText(change)]),
    [
      '=',
      `${plural(environment.principals, 'principal')} x ${plural(environment.services, 'service')} otherwise unchanged`,
    ],
  ];
}

/** `12 people in `contractors-eu` gain `web-app` tcp/8080, weekdays 08:00-19:00 America/New_York   <file>:<line>` */
export function changeText(change: AccessChange, verb: 'gain' | 'lose' | 'would lose'): string {
  const says = howMany(change) === 1 && verb !== 'would lose' ? `${verb}s` : verb;
  const when = conditionsText(change.conditions);
  return `${whoText(change)} ${says} ${servicesText(change.services)}${when && `, ${when}`}${causesText(change.causes)}`;
}

function conditionsText(conditions: readonly Conditions[]): string {
  if (conditions.some(({ text }) => text === '')) return '';
  const shown = conditions.slice(0, CONDITIONS_SHOWN).map(({ text }) => text);
  const more = conditions.length - shown.length;
  return shown.join('; or ') + (more > 0 ? `; or under ${plural(more, 'more condition')}` : '');
}

function destinationText({ service, changes, principals, anyoneElse, causes }: DestinationChange): string {
  const leads = changes.map(({ field, before, after }) =>
    field === 'backend'
      ? `leads to ${after} (was ${before})`
      : `has ${FIELDS[field]} ${after} (was ${before})`,
  );
  const reach = `${plural(principals.length, 'person', 'people')}${anyoneElse ? ' and anyone else' : ''}`;
  const reaches = principals.length === 1 && !anyoneElse ? 'reaches' : 'reach';
  return `\`${service}\` now ${leads.join(' and ')}: ${reach} ${reaches} it${causesText(causes)}`;
}

const FIELDS = { protocol: 'protocol', virtualIp: 'virtual address', connector: 'connector' } as const;

/** The first line behind a change, those on the new side first, and how many more there are. */
function causesText(causes: readonly Cause[]): string {
  const first = causes.find(({ side }) => side === 'after') ?? causes[0];
  if (!first) return '';
  const more = causes.length > 1 ? ` and ${plural(causes.length - 1, 'more line')}` : '';
  return `   ${first.file}:${first.line}${first.side === 'before' ? ' (removed)' : ''}${more}`;
}

/** Who has what, in sentences: a difference from nothing. */
export function listingText(environment: string, access: readonly AccessChange[]): string {
  const lines = access.map((one) => {
    const when = conditionsText(one.conditions);
    return `  ${whoText(one)} ${howMany(one) === 1 ? 'reaches' : 'reach'} ${servicesText(one.services)}${when && `, ${when}`}`;
  });
  return [
    `${environment}: ${lines.length === 0 ? 'nobody reaches anything asked for' : ''}`.trimEnd(),
    ...lines,
    '',
  ].join('\n');
}
