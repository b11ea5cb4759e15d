import type { EnforcedSide } from '../access/parts-difference.ts';
import { refusalsOf } from '../contract/admission.ts';
import type { IntermediatePart } from '../contract/shapes.ts';
import type { EnforcedState } from './state.ts';

/** What an entry changes: what is wanted before it, and after. */
export interface EnforcedChange {
  /** Absent where nothing was published; `unreadable` where parts of it are gone. */
  before?: EnforcedState | 'unreadable';
  after: EnforcedState;
}

/** A state as it is compared: whom intermediates let in and to what, and where connectors lead. */
export function enforcedSide({ parts }: EnforcedState, environment: string): EnforcedSide {
  const all = [...parts.values()];
  const intermediates = all.filter((part) => part.kind === 'intermediate');
  const connectors = all.flatMap((part) =>
    part.kind === 'connector'
      ? [{ id: part.connector, services: part.services.map(({ id, backend }) => ({ service: id, backend })) }]
      : [],
  );
  const most = mostCommon(intermediates);
  return {
    access: most?.access ?? nothingIn(environment).access,
    connectors,
    refusals: new Set(most ? refusalsOf(most).keys() : []),
  };
}

/** Where nothing was published nobody reaches anything. */
export function nothingIn(environment: string): EnforcedSide {
  const access = { environment, services: [], classes: [[]], policies: [] };
  return { access, connectors: [], refusals: new Set() };
}

/** The part that most intermediates have: during a delivery some are ahead. */
function mostCommon(parts: readonly IntermediatePart[]): IntermediatePart | undefined {
  const counts = new Map<IntermediatePart, number>();
  for (const part of parts) counts.set(part, (counts.get(part) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
