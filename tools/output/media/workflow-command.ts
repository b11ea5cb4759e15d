import type { TerminalText } from '../../contract/terminal-text.ts';
import { visible } from '../../contract/visible.ts';

/** A workflow command of GitHub's runner, such as `::error file=a.yaml,line=1::text`, as one line. */
export function workflowCommand(
  command: 'error' | 'warning',
  properties: Readonly<Record<string, string | number>>,
  message: string,
): TerminalText {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${property(String(value))}`);
  return `::${command} ${list.join(',')}::${data(message)}` as TerminalText;
}

/** What the runner gives a meaning to, escaped as GitHub's toolkit does; there is no line feed left to escape. */
function data(text: string): string {
  return visible(text).replaceAll('%', '%25');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
