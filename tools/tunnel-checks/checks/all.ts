import type { Check } from '../check.ts';
import { FAILURES } from './failures.ts';
import { HOSTILE } from './hostile.ts';
import { INSTANCES } from './instances.ts';
import { PATHS } from './paths.ts';
import { POLICY } from './policy.ts';
import { PROOFS } from './proofs.ts';
import { SHELL } from './shell.ts';
import { WEATHER } from './weather.ts';

/** Everything that is tried, in this order: one list for every placement. */
export const CHECKS: readonly Check[] = [
  ...PATHS,
  ...SHELL,
  ...POLICY,
  ...PROOFS,
  ...HOSTILE,
  ...FAILURES,
  ...INSTANCES,
  ...WEATHER,
];
