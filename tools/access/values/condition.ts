import type { When } from '../../contract/shapes.ts';
import { sourcesOf, type Address, type Sources } from './address.ts';
import { parseInstant, type Instant } from './time-zone.ts';
import { attributeOf, deviceMasks, type DeviceBits } from './device.ts';
import { inWindow, windowOf, type Window } from './hours.ts';
import { includes } from './intervals.ts';

/** A policy's `when`, ready to be asked. What a policy does not state is undefined, or empty for the device. */
export interface Condition {
  start: Instant;
  expires: Instant;
  /** `unreadable`: stated, but of a zone that this runtime does not know; never satisfied and never escaped. */
  window: Window | 'unreadable' | undefined;
  sources: Sources | undefined;
  device: readonly number[];
  /** As it was stated. */
  when: When;
}

/** Reads a `when` once, so that it can be asked often. */
export function conditionOf(when: When): Condition {
  return {
    start: when.start === undefined ? -Infinity : parseInstant(when.start),
    expires: when.expires === undefined ? Infinity : parseInstant(when.expires),
    window: when.hours && (windowOf(when.hours) ?? 'unreadable'),
    sources: when.from && sourcesOf(when.from),
    device: deviceMasks(when.device),
    when,
  };
}

/** Facts of a request that conditions are about; undefined is unknown. */
export interface Facts {
  at: Instant | undefined;
  source: Address | undefined;
  device: DeviceBits;
}

/**
 * Whether a condition holds for these facts. An unknown fact counts as `unknown` says: false for an allow, which
 * it must not satisfy, and true for a deny, which it must not escape.
 */
export function meets(condition: Condition, { at, source, device }: Facts, unknown: boolean): boolean {
  return (
    meetsTime(condition, at, unknown) &&
    meetsSource(condition.sources, source, unknown) &&
    meetsDevice(condition.device, device, unknown)
  );
}

/** The part of a condition about the instant. */
export function meetsTime(
  { start, expires, window }: Condition,
  at: Instant | undefined,
  unknown: boolean,
): boolean {
  if (at === undefined)
    return unknown || (start === -Infinity && expires === Infinity && window === undefined);
  if (at < start || at >= expires) return false;
  return window === undefined || (window === 'unreadable' ? unknown : inWindow(window, at));
}

/** The part of a condition about the source address. */
export function meetsSource(
  sources: Sources | undefined,
  source: Address | undefined,
  unknown: boolean,
): boolean {
  if (!sources) return true;
  if (!source) return unknown;
  return source.family === 4 ? includes(sources.v4, source.value) : includes(sources.v6, source.value);
}

/** The part of a condition about the device: each attribute named must have a value named. */
export function meetsDevice(masks: readonly number[], device: DeviceBits, unknown: boolean): boolean {
  for (const mask of masks) if (!meetsAttribute(mask, device, unknown)) return false;
  return true;
}

function meetsAttribute(mask: number, device: DeviceBits, unknown: boolean): boolean {
  if ((mask & device) !== 0) return true;
  return unknown && (attributeMask(mask) & device) === 0;
}

const attributeMasks = new Map<number, number>();

function attributeMask(mask: number): number {
  let known = attributeMasks.get(mask);
  if (known === undefined) attributeMasks.set(mask, (known = attributeOf(mask).mask));
  return known;
}

/** Whether a condition says nothing of time. */
export function isTimeless({ start, expires, window }: Condition): boolean {
  return start === -Infinity && expires === Infinity && window === undefined;
}
