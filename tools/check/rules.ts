import type { Rule } from './rule.ts';
import { accessTests } from './rules/access-tests.ts';
import { groupCycles } from './rules/group-cycles.ts';
import { owners } from './rules/owners.ts';
import { references } from './rules/references.ts';
import { virtualIps } from './rules/virtual-ips.ts';

/** Every rule, in the order in which they are run. */
export const RULES: readonly Rule[] = [references, groupCycles, virtualIps, owners, accessTests];
