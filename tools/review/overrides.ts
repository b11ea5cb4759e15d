import type { Override } from '../contract/shapes.ts';
import type { RepositoryFile } from '../load/repository.ts';
import type { Change } from './change.ts';

/** An override with where it is. */
export interface PlacedOverride {
  override: Override;
  file: RepositoryFile<unknown>;
  index: number;
}

/** The overrides that a change adds; those of earlier changes have done their work. */
export function newOverrides({ base, head }: Pick<Change, 'base' | 'head'>): PlacedOverride[] {
  const file = head.guardrails;
  const before = new Set((base.guardrails?.value.overrides ?? []).map((one) => JSON.stringify(one)));
  return (file?.value.overrides ?? []).flatMap((override, index) =>
    before.has(JSON.stringify(override)) ? [] : [{ override, file: file!, index }],
  );
}
