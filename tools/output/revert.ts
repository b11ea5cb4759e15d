import type { Difference } from '../contract/shapes.ts';
import { differenceText } from './difference.ts';
import { terminalLines } from './media/text.ts';
import { plural } from './words.ts';

/** What a revert comes to: which files, and who gains and loses. */
export function revertText(files: ReadonlyMap<string, unknown>, difference: Difference): string {
  const { before, after } = difference;
  const lines = [...files].map(([path, wanted]) => `  ${wanted === null ? 'deletes' : 'writes '} ${path}`);
  const title = `from commit ${before.slice(0, 12)} back to ${after.slice(0, 12)}: ${plural(files.size, 'file')}`;
  return terminalLines([title, ...lines]) + differenceText(difference);
}
