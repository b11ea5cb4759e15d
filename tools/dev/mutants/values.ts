import type { Mutant } from './mutant.ts';

const value = (name: string, file: string, from: string, to: string): Mutant => ({
  of: 'values',
  name,
  file: `tools/${file}`,
  from,
  to,
});

/** Faults of the readers of values, and of the rules about names that are dead where they protect. */
export const VALUE_MUTANTS: readonly Mutant[] = [
  value(
    'a leap second is read',
    'contract/values/instant.ts',
    'if (second === 60 &&',
    'if (second === 61 &&',
  ),
  value(
    'a day beyond the month is read',
    'contract/values/instant.ts',
    'if (new Date(at).getUTCMonth() !== month - 1)',
    'if (month > 12)',
  ),
  value(
    'an instant may be unread',
    'contract/values/reading.ts',
    'throw new RangeError(',
    'return NaN as T; void (',
  ),
  value('a range may run backwards', 'contract/values/port.ts', 'if (last < first)', 'if (last < 0)'),
  value(
    'host bits are cleared in silence',
    'contract/values/address.ts',
    'if (!value.hostBits) return { value };',
    'return { value };',
  ),
  value('abbreviations are zones', 'contract/values/time-zone-name.ts', '^(UTC|', '^(UTC|[A-Z]+|'),
  value(
    'a wildcard is a person',
    'contract/values/principal.ts',
    "^[A-Za-z0-9!#$%&'+/=",
    "^[A-Za-z0-9*!#$%&'+/=",
  ),
  value(
    'a group may be a principal of a request',
    'access/answers.ts',
    'this.repository.groups.has(',
    '((_: string) => false)(',
  ),
  value('a label in a deny is a warning', 'check/rules/labels.ts', "file.value.effect === 'deny'", 'false'),
  value(
    'a port in a deny is a warning',
    'check/rules/policy-ports.ts',
    "severity: isDeny ? 'error'",
    "severity: isDeny ? 'warning'",
  ),
  value(
    'an exception protects nobody',
    'check/rules/policy-principals.ts',
    " || path.includes('except')",
    '',
  ),
  value('later excuses every name', 'check/common/later.ts', 'names.includes(one)', 'one.length > 0'),
];
