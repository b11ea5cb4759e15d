import { endedLines, type TerminalText } from '../contract/terminal-text.ts';
import { name, prose, say } from '../contract/sentence.ts';
import type { Drift } from '../contract/shapes.ts';
import { terminal } from './media/text.ts';
import { plural } from './words.ts';

/** Where things do not agree, a line each; one line for an environment in which everything does. */
export function driftText({ environments }: Drift): TerminalText {
  const lines = environments.flatMap(({ environment, drifts }) =>
    drifts.length === 0
      ? [say`${name(environment)}: git, the store and the components agree`]
      : [
          say`${name(environment)}: ${plural(drifts.length, 'difference')}`,
          ...drifts.map(
            ({ subject, message, remedy }) => say`  ${name(subject)}: ${prose(message)}; ${prose(remedy)}`,
          ),
        ],
  );
  return endedLines(lines.map(terminal));
}
