import { DEVICE_ATTRIBUTES, type DeviceCondition } from '../../contract/shapes.ts';

/**
 * What is known of a device: one bit per value of an attribute, in the order of the schema. An attribute that is
 * unknown (omitted, stated twice, or with a value not listed) has no bit.
 */
export type DeviceBits = number;

/** One device attribute: its values' bits. */
export interface DeviceAttribute {
  name: string;
  values: readonly string[];
  /** The bit of its first value. */
  shift: number;
  /** All bits of its values. */
  mask: number;
}

/** Every device attribute, in the order of the schema. */
export const ATTRIBUTES: readonly DeviceAttribute[] = layOut();

function layOut(): DeviceAttribute[] {
  let shift = 0;
  return Object.entries(DEVICE_ATTRIBUTES).map(([name, values]) => {
    const attribute = { name, values, shift, mask: ((1 << values.length) - 1) << shift };
    shift += values.length;
    if (shift > 31) throw new RangeError('device attributes need more than 31 bits');
    return attribute;
  });
}

/** A fact as a certificate or a request states it; a list is a fact stated more than once. */
export type StatedFact = string | boolean | readonly (string | boolean)[];

/** What is known of a device that states these facts. */
export function deviceFacts(stated: Readonly<Record<string, StatedFact | undefined>> = {}): DeviceBits {
  let facts = 0;
  for (const { name, values, shift } of ATTRIBUTES) {
    if (!Object.hasOwn(stated, name)) continue;
    const fact = stated[name];
    const index = Array.isArray(fact) ? -1 : values.indexOf(String(fact));
    if (index >= 0) facts |= 1 << (shift + index);
  }
  return facts;
}

/** The values that a policy names, as bits per attribute that it names: facts match when they meet each. */
export function deviceMasks(condition: DeviceCondition | undefined): number[] {
  if (!condition) return [];
  return ATTRIBUTES.filter(({ name }) => Object.hasOwn(condition, name)).map(({ name, values, shift }) => {
    const wanted = [condition[name as keyof DeviceCondition]].flat().map(String);
    return wanted.reduce((mask, value) => mask | (1 << (shift + values.indexOf(value))), 0);
  });
}

/** The attribute that a mask is about. */
export function attributeOf(mask: number): DeviceAttribute {
  return ATTRIBUTES.find((attribute) => (attribute.mask & mask) !== 0)!;
}

/** All bits of an attribute's values. @param name one of the schema's attributes */
export function attributeMaskOf(name: string): number {
  return ATTRIBUTES.find((attribute) => attribute.name === name)!.mask;
}
