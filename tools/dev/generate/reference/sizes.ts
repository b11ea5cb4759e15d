import type { JsonSchema } from '../schemas.ts';

/** Between which numbers a number is; empty where nothing is said. */
export function rangeInWords({ minimum, maximum, exclusiveMinimum, multipleOf }: JsonSchema): string {
  const steps = multipleOf === undefined ? '' : `, a multiple of ${written(multipleOf)}`;
  if (exclusiveMinimum !== undefined) {
    const high = maximum === undefined ? '' : ` and at most ${written(maximum)}`;
    return `above ${written(exclusiveMinimum)}${high}${steps}`;
  }
  const range = between(minimum, maximum);
  return range && `${range.startsWith('at ') ? 'of' : 'from'} ${range}${steps}`;
}

/** How long a text may be; empty where nothing is said. */
export function lengthInWords({ minLength, maxLength }: JsonSchema): string {
  const range = between(minLength, maxLength);
  return range && `of ${range} ${(maxLength ?? minLength) === 1 ? 'character' : 'characters'}`;
}

/** How many items a list may have; empty where nothing is said. */
export function countInWords({ minItems = 0, maxItems }: JsonSchema): string {
  if (minItems === maxItems) return written(minItems);
  if (minItems === 1 && maxItems === undefined) return 'one or more';
  return between(minItems || undefined, maxItems);
}

function between(low: number | undefined, high: number | undefined): string {
  if (low !== undefined && high !== undefined) return `${written(low)} to ${written(high)}`;
  if (low !== undefined) return `at least ${written(low)}`;
  return high === undefined ? '' : `at most ${written(high)}`;
}

/** Long numbers in groups of three digits; ports and sizes are known without. */
function written(value: number): string {
  return value.toLocaleString('en', { useGrouping: value >= 100_000 });
}
