import { textLines, type TerminalText } from '../contract/terminal-text.ts';
import type { Fixes } from '../contract/shapes.ts';
import { count, line } from '../finding/finding.ts';
import type { Repair } from '../finding/repair.ts';
import { findingOutput } from './findings.ts';
import { plural } from './words.ts';

/** What was put right as JSON has it. */
export function fixesJson({ fixed, changed, left }: Repair): Fixes {
  return {
    fixed: fixed.map(findingOutput),
    written: [...changed.keys()].sort(),
    findings: left.map(findingOutput),
    ...count(left),
  };
}

/** What was put right, what is left, and a summary. @param dry whether nothing was written */
export function fixesText({ fixed, changed, left }: Repair, dry: boolean): TerminalText {
  const verb = dry ? 'would fix' : 'fixed';
  const { errors, warnings } = count(left);
  const rest = [errors > 0 ? plural(errors, 'error') : '', warnings > 0 ? plural(warnings, 'warning') : ''];
  const files = changed.size > 0 ? ` in ${plural(changed.size, 'file')}` : '';
  const decide = rest.filter(Boolean).join(' and ') || 'nothing';
  return textLines([
    ...fixed.map((one) => `${verb} ${line(one)}`),
    ...left.map(line),
    `${verb} ${fixed.length}${files}; ${decide} left to decide`,
  ]);
}
