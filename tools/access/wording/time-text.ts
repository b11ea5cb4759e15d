import { cut, timeAxis, type AccessRule, type Atom } from '../solver/axes.ts';
import type { Box } from '../solver/boxes.ts';
import type { Calendar, TimeLine } from '../solver/calendar.ts';
import { clip, type Window } from '../values/hours.ts';
import { same, union, type IntervalSet } from '../values/intervals.ts';
import { instantText, type Instant, type TimeZone } from '../values/time-zone.ts';
import { instantsAt, timesAt, WEEK, weekOf, WHOLE_WEEK } from '../values/week.ts';
import { besideText, zoneText, type WeekText } from './week-text.ts';

/** More times than this, each with dates of its own, are not said. */
const RUNS_SAID = 3;

/** A rule's window, where it has one that can be read. */
const windowOf = ({ condition: { window } }: AccessRule): Window | undefined =>
  typeof window === 'object' ? window : undefined;

/** When something is so: at which times of the week, between two dates between which that does not change. */
interface Run {
  begin: Instant;
  end: Instant;
  /** Each one of the times; one empty text for always. */
  texts: readonly string[];
}

/**
 * Says the time of a box by weeks and dates, exactly: which times of the week, on the clocks of the zones that the rules
 * name, from which date until which. Undefined where that would be long.
 */
export function weeksText(
  { time, timeMasks }: Pick<Box, 'time' | 'timeMasks'>,
  rules: readonly AccessRule[],
  calendar: Calendar,
): string | undefined {
  const line = calendar.line(rules.map(({ condition }) => condition));
  const week = new WeekOfRules(rules, timeMasks, () => timeAxis(rules, calendar).map(({ mask }) => mask));
  const runs = runsOf(time, line, week);
  if (!runs || runs.length > RUNS_SAID) return undefined;
  const times = runs.flatMap(({ texts, begin, end }) =>
    texts.map((text) => [text, boundsText(begin, end, calendar)].filter(Boolean).join(' ')),
  );
  return times.join(runs.every(({ texts }) => texts.join() === '') ? ' and ' : ', and ');
}

function runsOf(time: IntervalSet, { set, stretches }: TimeLine, week: WeekOfRules): Run[] | undefined {
  const runs: Run[] = [];
  for (const { begin, end } of stretches) {
    const [wanted, all] = [clip(time, begin, end), clip(set, begin, end)];
    if (wanted.length === 0) continue;
    const texts = same(wanted, all) ? [''] : week.texts(wanted, all, begin, end);
    if (texts === undefined) return undefined;
    const last = runs.at(-1);
    if (last && last.end === begin && last.texts.join() === texts.join()) last.end = end;
    else runs.push({ begin, end, texts });
  }
  return runs;
}

/** `from 2035-03-01 until 2036-01-01`, without what is not so. */
export function boundsText(from: Instant, to: Instant, calendar: Calendar): string {
  const begins = from <= calendar.from ? '' : `from ${dateText(from)}`;
  const ends = to >= calendar.to ? '' : `until ${dateText(to)}`;
  return [begins, ends].filter(Boolean).join(' ');
}

/** An instant as people write it: the date alone at midnight UTC. */
export function dateText(instant: Instant): string {
  return instantText(instant).replace('T00:00:00Z', '');
}

/** The times of the week that rules tell apart, on the clocks of one zone. */
interface ZoneWeek {
  zone: TimeZone;
  atoms: Atom<IntervalSet>[];
}

/** A time of the week in each zone: for each, which atoms. */
type Block = readonly (readonly number[])[];

/** What some rules come to, as times of the week on the clocks of their zones. */
class WeekOfRules {
  readonly rules: readonly AccessRule[];
  /** Of the atoms of time, those that are wanted. */
  readonly wanted: ReadonlySet<bigint>;
  readonly zones: ZoneWeek[];
  /** Of the atoms of time, all that there are. */
  readonly #existing: () => readonly bigint[];
  #known: ReadonlySet<bigint> | undefined;

  constructor(rules: readonly AccessRule[], wanted: readonly bigint[], existing: () => readonly bigint[]) {
    this.rules = rules;
    this.wanted = new Set(wanted);
    this.#existing = existing;
    const zones = new Set(rules.flatMap((rule) => windowOf(rule)?.zone ?? []));
    // The clocks by which access is given come first.
    const given = (zone: TimeZone): number =>
      rules.findIndex(
        (rule, index) =>
          rule.effect === 'allow' &&
          windowOf(rule)?.zone === zone &&
          wanted.some((mask) => (mask >> BigInt(index)) & 1n),
      );
    const sorted = [...zones].sort((a, b) => Number(given(a) < 0) - Number(given(b) < 0));
    this.zones = sorted.map((zone) => ({
      zone,
      atoms: cut(
        WHOLE_WEEK,
        rules.map((rule) => (windowOf(rule)?.zone === zone ? weekOf(windowOf(rule)!) : [])),
      ),
    }));
  }

  /**
   * Says which instants of a stretch are wanted, in the fewest words.
   * @param wanted some of `all`, which stand for the whole stretch
   */
  texts(wanted: IntervalSet, all: IntervalSet, begin: Instant, end: Instant): string[] | undefined {
    const dated = this.#dated(begin, end);
    const alone = this.zones.flatMap((one, index) => this.#alone(one, index, dated) ?? []);
    const found = alone.length > 0 ? alone : this.#shifted(wanted, all);
    const [first] = found.sort((a, b) => a.parts - b.parts);
    if (first) return [first.text];
    // What several zones do together may be so in some years only.
    const late = wanted[0]! - begin > 2 * WEEK ? ` (first at ${dateText(wanted[0]!)})` : '';
    return this.#together(dated)?.map((text) => `${text}${late}`);
  }

  /** The mask of a moment of the stretch, of the masks of its windows. */
  #dated(begin: Instant, end: Instant): (windows: bigint) => bigint {
    let [within, plain] = [0n, 0n];
    this.rules.forEach((rule, index) => {
      const { start, expires, window } = rule.condition;
      const bit = 1n << BigInt(index);
      if (start <= begin && expires >= end) within |= bit;
      // A window that cannot be read lets no allow be met, and no deny be escaped.
      if (window === undefined || (window === 'unreadable' && rule.effect === 'deny')) plain |= bit;
    });
    return (windows) => (windows | plain) & within;
  }

  /** Every combination of times of the week in the zones, and whether it is wanted, or never comes. */
  #combinations(dated: (windows: bigint) => bigint): { cell: number[]; wanted: boolean; comes: boolean }[] {
    // In one zone every time of the week is one of its own.
    const known = this.zones.length > 1 ? (this.#known ??= new Set(this.#existing())) : undefined;
    let all: { cell: number[]; windows: bigint }[] = [{ cell: [], windows: 0n }];
    for (const { atoms } of this.zones)
      all = all.flatMap(({ cell, windows }) =>
        atoms.map(({ mask }, index) => ({ cell: [...cell, index], windows: windows | mask })),
      );
    return all.map(({ cell, windows }) => {
      const mask = dated(windows);
      return { cell, wanted: this.wanted.has(mask), comes: known?.has(mask) ?? true };
    });
  }

  /** The times on one zone's clocks, where those of the other zones do not matter. */
  #alone({ zone, atoms }: ZoneWeek, index: number, dated: (windows: bigint) => bigint): WeekText | undefined {
    const combinations = this.#combinations(dated);
    const chosen = new Set(combinations.filter(({ wanted }) => wanted).map(({ cell }) => cell[index]!));
    const mixed = combinations.some(
      ({ cell, wanted, comes }) => comes && !wanted && chosen.has(cell[index]!),
    );
    return mixed ? undefined : zoneText(unionOf(atoms, [...chosen]), zone.name);
  }

  /** The times on one zone's clocks, where the clocks of the others differ from them by the same at all those times. */
  #shifted(wanted: IntervalSet, all: IntervalSet): WeekText[] {
    if (all.at(-1)! - all[0]! < 2 * WEEK) return [];
    return this.zones.flatMap(({ zone }) => {
      const times = timesAt(wanted, zone);
      return same(instantsAt(times, zone, all), wanted) ? (zoneText(times, zone.name) ?? []) : [];
    });
  }

  /** The times on the clocks of all zones at once. */
  #together(dated: (windows: bigint) => bigint): string[] | undefined {
    const combinations = this.#combinations(dated);
    const either = [false, true].map((withNever) =>
      merged(
        combinations
          .filter(({ wanted, comes }) => wanted || (withNever && !comes))
          .map(({ cell }) => cell.map((atom) => [atom])),
      ),
    );
    const [blocks] = either.sort((a, b) => a.length - b.length);
    const texts = blocks!.map((block) =>
      besideText(
        block.map((atoms, index) => ({
          week: unionOf(this.zones[index]!.atoms, atoms),
          zone: this.zones[index]!.zone.name,
        })),
      ),
    );
    const said = texts.filter((text) => text !== undefined);
    return said.length === blocks!.length && said.length <= RUNS_SAID ? said : undefined;
  }
}

function unionOf(atoms: readonly Atom<IntervalSet>[], chosen: readonly number[]): IntervalSet {
  return chosen.reduce<IntervalSet>((all, index) => union(all, atoms[index]!.set), []);
}

/** Puts blocks together that differ in one zone only, zone after zone. */
function merged(blocks: readonly Block[]): Block[] {
  let all = [...blocks];
  const zones = all[0]?.length ?? 0;
  for (let zone = 0; zone < zones; zone++) {
    const groups = new Map<string, Block>();
    for (const block of all) {
      const key = block.map((atoms, index) => (index === zone ? '*' : atoms.join('.'))).join('/');
      const other = groups.get(key);
      const joined = (atoms: readonly number[], index: number): readonly number[] =>
        index === zone ? [...atoms, ...block[zone]!] : atoms;
      groups.set(key, other ? other.map(joined) : block);
    }
    all = [...groups.values()];
  }
  return all;
}
