import type { Mutant } from './mutant.ts';

const mutant =
  (of: string, folder: string) =>
  (name: string, file: string, from: string, to: string): Mutant => ({
    of,
    name,
    file: `${folder}/${file}`,
    from,
    to,
  });
const decide = mutant('decide', 'tools/access');
const difference = mutant('difference', 'tools/access');

/** Faults of `decide`. */
export const DECIDE_MUTANTS: readonly Mutant[] = [
  decide('expires is included', 'values/condition.ts', 'at >= expires', 'at > expires'),
  decide('start is excluded', 'values/condition.ts', 'at < start ||', 'at <= start ||'),
  decide(
    'the end of a window is included',
    'values/hours.ts',
    'time < window.to) return true',
    'time <= window.to) return true',
  ),
  decide(
    'an overnight window belongs to the day it ends',
    'values/hours.ts',
    'onDay(window, day - 1) &&',
    'onDay(window, day) &&',
  ),
  decide(
    'except is forgotten',
    'values/membership.ts',
    'if (!who.except) return matched;',
    'return matched;',
  ),
  decide(
    "a deny's ports are ignored",
    'decide.ts',
    '(policy.ports && !includes',
    "(policy.effect === 'allow' && policy.ports && !includes",
  ),
  decide(
    'an unknown source escapes a deny',
    'values/condition.ts',
    'if (!source) return unknown;',
    'if (!source) return false;',
  ),
  decide(
    'an unknown device value satisfies an allow',
    'values/condition.ts',
    'return unknown && (attributeMask',
    'return (attributeMask',
  ),
  decide('an allow wins over a deny', 'decide.ts', 'if (denying.length > 0)', 'if (denying.length > 1)'),
  decide(
    'nested groups count one level only',
    'values/membership.ts',
    'for (const id of reached) {',
    'for (const id of ids) {',
  ),
  decide(
    'anyone else is forgotten by all',
    'values/membership.ts',
    'members: this.everybody.map((_, index) => index), anyoneElse: true',
    'members: this.everybody.map((_, index) => index), anyoneElse: false',
  ),
  decide(
    'one label of several is enough',
    'values/selector.ts',
    'rest.every((set) => set.has(index))',
    'rest.every((set) => set.size > 0 || set.has(index))',
  ),
];

/** Faults of `difference`. */
export const DIFFERENCE_MUTANTS: readonly Mutant[] = [
  difference(
    'the last boundary of a set is dropped',
    'solver/axes.ts',
    'line : intersect(set, line)) edges',
    'line : intersect(set, line).slice(0, -1)) edges',
  ),
  difference(
    'gains are told as losses',
    'service-changes.ts',
    'gains: changed(({ before, after }) => after && !before)',
    'gains: changed(({ before, after }) => before && !after)',
  ),
  difference(
    'denies count on the new side only',
    'solver/boxes.ts',
    "const denies = select('deny', side);",
    "const denies = side === 'after' ? select('deny', side) : 0n;",
  ),
  difference(
    'people in new classes are forgotten',
    'solver/common-classes.ts',
    'if (!before.classIndex.has(principal)) add(principal, 0, is);',
    'if (!before.classIndex.has(principal)) continue;',
  ),
  difference(
    'a change of members is overlooked',
    'service-changes.ts',
    'return notInBoth(one!.about, other.about);',
    'return [];',
  ),
  difference(
    'a change of a policy is overlooked',
    'service-changes.ts',
    '!sayTheSame(one!.policy, other.policy))',
    'false)',
  ),
  difference(
    'a change of a service is overlooked',
    'service-changes.ts',
    'const alike = before && after && same(before.model, after.model);',
    'const alike = before && after;',
  ),
  difference(
    'the unknown address is left out',
    'solver/axes.ts',
    'atom(unknownMask(rules, ({ condition }) => condition.sources !== undefined)).unknown = true;',
    '',
  ),
  difference(
    'the unknown device is left out',
    'solver/axes.ts',
    'atom(unknownMask(rules, (_, index) => wanted[index] !== undefined)).unknown = true;',
    '',
  ),
  difference(
    'windows are not cut at the ends of a policy',
    'solver/calendar.ts',
    'return start <= this.from && expires >= this.to ? set : clip(set, start, expires);',
    'return set;',
  ),
  difference(
    'of a long time without dates only the beginning is looked at',
    'solver/calendar.ts',
    'end === Infinity ? [] : [[end - REPEATS, end]];',
    '[];',
  ),
  difference(
    'what several zones do together in some years is left out',
    'solver/calendar.ts',
    'changing.length > 1 ?',
    'changing.length > 99 ?',
  ),
  difference(
    'a change never ends',
    'solver/calendar.ts',
    '...(last !== stretches.at(-1) && { until: time.at(-1)! }),',
    '',
  ),
  difference(
    'what begins beyond a year is not looked at',
    'solver/calendar.ts',
    'date > this.from && date < this.to',
    'date > this.from && date < this.from + REPEATS',
  ),
  difference(
    'revocations are left out',
    'wording/revocations.ts',
    "...onlyIn(before.revoked, after.revoked, one, 'before'),",
    '',
  ),
  difference('IPv6 is left out', 'solver/axes.ts', 'atom(mask).v6 = set;', 'atom(mask).v6 = [];'),
  difference(
    'services that are new are forgotten',
    'solver/common-classes.ts',
    '...after.serviceIndex.keys()]);',
    ']);',
  ),
];

const advice = mutant('advice', 'tools/access/advice');

/** Faults of what `explain` advises. */
export const ADVICE_MUTANTS: readonly Mutant[] = [
  advice(
    'advice forgets denies',
    'search.ts',
    'const policies = [...allows, ...denies];',
    'const policies = [...allows];',
  ),
  advice(
    'one deny is changed where several match',
    'search.ts',
    'const spared = denies.filter((deny) => !kept.includes(deny));',
    'const spared = denies.filter((deny) => !kept.includes(deny)).slice(0, 1);',
  ),
  advice(
    'who has to wait is told nothing else',
    'search.ts',
    "return facts.some(({ step }) => step === 'wait' || step === 'port');",
    'return false;',
  ),
];

const wording = mutant('wording', 'tools/access');

/** Faults of how the times of a change are said. */
export const WORDING_MUTANTS: readonly Mutant[] = [
  wording(
    'dates are forgotten',
    'wording/time-text.ts',
    'if (start <= begin && expires >= end) within',
    'if (start <= end && expires >= begin) within',
  ),
  wording(
    'what clocks of another zone say is not looked at',
    'wording/time-text.ts',
    'same(instantsAt(times, zone, all), wanted) ?',
    'times.length > 0 ?',
  ),
  wording(
    'the other zones are taken not to matter',
    'wording/time-text.ts',
    'return mixed ? undefined :',
    'return mixed && false ? undefined :',
  ),
  wording(
    'what never comes is taken to be wanted too',
    'wording/time-text.ts',
    'wanted || (withNever && !comes)',
    'wanted || withNever',
  ),
  wording(
    'a window over midnight belongs to the day on which it ends',
    'values/week.ts',
    'return [[day % 7, from, end - midnight]];',
    'return [[(day + 1) % 7, from, end - midnight]];',
  ),
  wording(
    'outside is said of what is inside',
    'wording/week-text.ts',
    '[week, subtract(WHOLE_WEEK, week)].map',
    '[week, week].map',
  ),
  wording(
    'clocks that change are not followed',
    'values/week.ts',
    'end: segments[index + 1]?.begin ?? to,',
    'end: to,',
  ),
];
