import { Fault } from './fault.ts';

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time such as `90m`, `4h` or `3d`, in milliseconds. @throws Fault for anything else */
export function durationOf(text: string): number {
  const match = /^([1-9][0-9]{0,4})([mhd])$/.exec(text);
  if (!match) throw new Fault(`${text} is no time`, 'write it as 90m, 4h or 3d');
  return Number(match[1]) * UNITS[match[2]!]!;
}
