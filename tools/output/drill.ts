import { textLine, textLines, type TerminalText } from '../contract/terminal-text.ts';
import type { DrillReport, DrillStep } from '../contract/shapes.ts';

const KINDS: Readonly<Record<DrillStep['kind'], string>> = {
  happens: 'what happens:',
  command: '$',
  change: 'change:',
  deed: '$',
};

/** A step that begins, as a line. */
export function drillStepText({ kind, says }: Pick<DrillStep, 'kind' | 'says'>): TerminalText {
  return textLine(`  ${KINDS[kind]} ${says}`);
}

/** How access was during a drill. */
export function drillText({ drill, environment, section, steps, access }: DrillReport): TerminalText {
  const took = steps.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const { rightMs, lateMs, deniedMs } = access;
  return textLines([
    `${drill} in ${environment}: done in ${seconds(took)}, as docs/operations.md says under "${section}"`,
    `  access was right for ${seconds(rightMs)}, one change behind for ${seconds(lateMs)}, and denied to all for ${seconds(deniedMs)}`,
  ]);
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
