import { code, joined, place, prose, say, type Sentence } from '../../contract/sentence.ts';
import type { AccessChange, Cause, EnvironmentDifference } from '../../contract/shapes.ts';
import { namesOf, plural, servicesOf, unnamedOf } from '../../output/words.ts';

/** Everybody by name and every condition, a line for each change. */
export function byName({ gains, losses, observed = [], destinations }: EnvironmentDifference): Sentence[] {
  const lines = (list: readonly AccessChange[], mark: '+' | '-' | '?'): Sentence[] =>
    list.map((one) => {
      const who = joined(everybodyOf(one), ', ');
      const what = say`${one.services.length === 0 ? say`the right to connect` : servicesOf(one.services)}${conditionsOf(one)}${causesOf(one.causes)}`;
      return say`- **${mark}** ${who}: ${what}`;
    });
  const moved = destinations.map((one) => {
    const everybody = everybodyOf(one);
    const who = say`${everybody.length > 0 ? ': ' : ''}${joined(everybody, ', ')}`;
    const count = plural(one.principals.length, 'person', 'people');
    return say`- **>** ${code(one.service)}: ${count}${who}${causesOf(one.causes)}`;
  });
  return [...lines(gains, '+'), ...lines(losses, '-'), ...lines(observed, '?'), ...moved];
}

function everybodyOf({
  principals,
  ...unnamed
}: Pick<AccessChange, 'principals' | 'anyoneElse' | 'withoutCertificate'>): Sentence[] {
  return [...namesOf(principals), ...unnamedOf(unnamed)];
}

function conditionsOf({ conditions }: AccessChange): Sentence {
  if (conditions.some(({ text }) => text === '')) return [];
  return say`; ${joined(
    conditions.map(({ text }) => [prose(text)]),
    '; or ',
  )}`;
}

function causesOf(causes: readonly Cause[]): Sentence {
  const places = causes.map((cause) => [place(cause)]);
  return places.length === 0 ? [] : say` (${joined(places, ', ')})`;
}
