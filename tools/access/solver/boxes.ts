import type { Calendar } from './calendar.ts';
import {
  deviceAxes,
  portAxis,
  sourceAxis,
  timeAxis,
  type Atom,
  type AccessRule,
  type Sides,
  type SourceSet,
  type ValueSet,
} from './axes.ts';
import { union, type IntervalSet } from '../values/intervals.ts';

/** A part of all requests of one class to one service: those with an instant, a port, a source and a device in these sets. */
export interface Box {
  time: IntervalSet;
  /** The masks of the atoms of time that it is made of. */
  timeMasks: readonly bigint[];
  ports: IntervalSet;
  sources: SourceSet;
  /** One set for each attribute that some rule is about; the others do not matter. */
  device: readonly ValueSet[];
}

/** A cell, or several side by side: for each axis, which atoms. */
type Block = readonly (readonly number[])[];

/** The axes on which the rules of one class and service are decided. */
interface Axes {
  time: Atom<IntervalSet>[];
  ports: Atom<IntervalSet>[];
  sources: Atom<SourceSet>[];
  device: Atom<ValueSet>[][];
}

/**
 * The requests whose answers are as wanted, exactly, as boxes that do not overlap.
 * @param rules at most one class's and one service's, of one side or two
 * @param line the ports to look at
 * @param wanted asked with the sides on which a request is allowed
 */
export function boxesWhere(
  rules: readonly AccessRule[],
  line: IntervalSet,
  calendar: Calendar,
  wanted: (allowed: Sides) => boolean,
): Box[] {
  const axes = axesOf(rules, line, calendar);
  const blocks: Block[] = [];
  visit(rules, axes, (cell, allowed) => {
    if (wanted(allowed)) blocks.push(cell.map((atom) => [atom]));
  });
  return merge(blocks).map((block) => boxOf(axes, block));
}

/** The first request, by instant, whose answer is as wanted; undefined where none is. */
export function firstBoxWhere(
  rules: readonly AccessRule[],
  line: IntervalSet,
  calendar: Calendar,
  wanted: (allowed: Sides) => boolean,
): Box | undefined {
  const axes = axesOf(rules, line, calendar);
  let found: Box | undefined;
  visit(rules, axes, (cell, allowed) => {
    if (!wanted(allowed)) return;
    const box = boxOf(
      axes,
      cell.map((atom) => [atom]),
    );
    if (!found || box.time[0]! < found.time[0]!) found = box;
  });
  return found;
}

function axesOf(rules: readonly AccessRule[], line: IntervalSet, calendar: Calendar): Axes {
  return {
    time: timeAxis(rules, calendar),
    ports: portAxis(rules, line),
    sources: sourceAxis(rules),
    device: deviceAxes(rules),
  };
}

/** Decides every cell: on each side it is allowed when some allow matches and no deny does. */
function visit(
  rules: readonly AccessRule[],
  axes: Axes,
  found: (cell: readonly number[], allowed: Sides) => void,
): void {
  const masks = [axes.time, axes.ports, axes.sources, ...axes.device].map((axis) =>
    axis.map(({ mask }) => mask),
  );
  const select = (effect: string, side: keyof Sides): bigint =>
    rules.reduce(
      (mask, rule, index) => (rule.effect === effect && rule.on[side] ? mask | (1n << BigInt(index)) : mask),
      0n,
    );
  const deciderOf = (side: keyof Sides): ((live: bigint) => boolean) => {
    const allows = select('allow', side);
    const denies = select('deny', side);
    return (live) => (live & allows) !== 0n && (live & denies) === 0n;
  };
  const [before, after, third] = [deciderOf('before'), deciderOf('after'), deciderOf('third')];
  const cell: number[] = [];
  const walk = (axis: number, live: bigint): void => {
    if (axis === masks.length) {
      return found(cell, { before: before(live), after: after(live), third: third(live) });
    }
    masks[axis]!.forEach((mask, atom) => {
      cell[axis] = atom;
      walk(axis + 1, live & mask);
    });
  };
  walk(0, (1n << BigInt(rules.length)) - 1n);
}

/** Puts blocks together that differ on one axis only, axis after axis. */
function merge(blocks: readonly Block[]): Block[] {
  let merged = [...blocks];
  const axes = merged[0]?.length ?? 0;
  for (let axis = 0; axis < axes; axis++) {
    const groups = new Map<string, Block>();
    for (const block of merged) {
      const key = block.map((atoms, index) => (index === axis ? '*' : atoms.join('.'))).join('/');
      const other = groups.get(key);
      groups.set(
        key,
        other ? other.map((atoms, index) => (index === axis ? [...atoms, ...block[axis]!] : atoms)) : block,
      );
    }
    merged = [...groups.values()];
  }
  return merged;
}

function boxOf(axes: Axes, [time, ports, sources, ...device]: Block): Box {
  const unionOf = (axis: Atom<IntervalSet>[], atoms: readonly number[]): IntervalSet =>
    atoms.reduce<IntervalSet>((all, atom) => union(all, axis[atom]!.set), []);
  return {
    time: unionOf(axes.time, time!),
    timeMasks: time!.map((atom) => axes.time[atom]!.mask),
    ports: unionOf(axes.ports, ports!),
    sources: sources!.map((atom) => axes.sources[atom]!.set).reduce(joinSources),
    device: device.map((atoms, index) =>
      atoms.map((atom) => axes.device[index]![atom]!.set).reduce(joinValues),
    ),
  };
}

function joinSources(a: SourceSet, b: SourceSet): SourceSet {
  return { v4: union(a.v4, b.v4), v6: union(a.v6, b.v6), unknown: a.unknown || b.unknown };
}

function joinValues(a: ValueSet, b: ValueSet): ValueSet {
  return { attribute: a.attribute, values: a.values | b.values, unknown: a.unknown || b.unknown };
}
