import type { Collection } from '../publish/collect.ts';
import { terminalLines } from './media/text.ts';
import { plural } from './words.ts';

/** What collecting removes, or has removed. */
export function collectionText({ environment, kept, remove, notes }: Collection, executed: boolean): string {
  const lines = notes.map((note) => `note: ${note}`);
  lines.push(`${environment}: ${plural(kept.length, 'entry', 'entries')} in use, the oldest ${kept.at(-1)}`);
  const done = executed ? 'removed' : 'would be removed';
  lines.push(remove.length === 0 ? '  nothing to remove' : `  ${plural(remove.length, 'name')} ${done}`);
  lines.push(...(executed ? [] : remove.map((name) => `  - ${name}`)));
  if (!executed && remove.length > 0) lines.push('nothing was removed; to remove them, add: --execute');
  return terminalLines(lines);
}
