import type { Scenario } from './scenarios.ts';
import { ATTACKED } from './situations/attacks.ts';
import { DELIVERIES } from './situations/deliveries.ts';
import { EPOCHS } from './situations/epochs.ts';
import { KEYS } from './situations/keys.ts';

/** Situations that are played once, with nothing going wrong beside: each is long, or is all that goes wrong. */
export const SITUATIONS: readonly Scenario[] = [...ATTACKED, ...KEYS, ...EPOCHS, ...DELIVERIES];
