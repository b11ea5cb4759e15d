import type { AccessChange } from '../../contract/shapes.ts';
import { instantText, type Instant } from '../values/time-zone.ts';
import type { Causes } from './causes.ts';

/** That clients without certificate may connect to an environment on one side and not on the other, as a change of no service. */
export function connectionChanges(
  was: boolean,
  is: boolean,
  environment: string,
  causes: Causes,
  at: Instant,
): Record<'gains' | 'losses', AccessChange[]> {
  if (was === is) return { gains: [], losses: [] };
  const change: AccessChange = {
    principals: [],
    anyoneElse: false,
    withoutCertificate: true,
    services: [],
    conditions: [{ text: '' }],
    from: instantText(at),
    causes: causes.of(environment, new Set(), [], [], true),
  };
  return is ? { gains: [change], losses: [] } : { gains: [], losses: [change] };
}
