import type { Check } from '../check.ts';
import { PATHS } from './paths.ts';

/** Everything that is tried, in this order: one list for every placement. */
export const CHECKS: readonly Check[] = [...PATHS];
