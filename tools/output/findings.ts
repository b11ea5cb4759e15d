import {
  coloured,
  columnsLine,
  concatenated,
  endedLines,
  textLine,
  visibleLine,
  type TerminalText,
} from '../contract/terminal-text.ts';
import type { ValidateSummary } from '../check/check-load.ts';
import type { Findings } from '../contract/shapes.ts';
import { count, line, sentence, type Finding } from '../finding/finding.ts';
import { workflowCommand } from './media/workflow-command.ts';
import { plural } from './words.ts';

/** The findings as JSON has them. */
export function findingsJson({ findings, files, accessTests }: ValidateSummary): Findings {
  return { findings: findings.map(findingOutput), ...count(findings), files, accessTests };
}

/** One finding as JSON has it. */
export function findingOutput({ fix, ...one }: Finding): Findings['findings'][number] {
  const [first, ...more] = fix ?? [];
  return first ? { ...one, fix: [first, ...more] } : one;
}

/**
 * The findings as lines, with the summary last.
 * @param texts the files' texts, for code frames; without them no frames are drawn
 */
export function findingsText(checked: ValidateSummary, texts?: ReadonlyMap<string, string>): TerminalText {
  const blocks = checked.findings.map((finding) => {
    const frame = texts && codeFrame(texts.get(finding.file), finding);
    const text = visibleLine(line(finding));
    return frame
      ? concatenated([endedLines([colour(text, finding)]), frame, textLine('')])
      : textLine(line(finding));
  });
  return concatenated([...blocks, textLine(summary(checked))]);
}

/** `63 files, 12 access tests: no errors, 1 warning` */
export function summary({ findings, files, accessTests }: ValidateSummary): string {
  const { errors, warnings } = count(findings);
  const read = `${plural(files, 'file')}, ${plural(accessTests, 'access test')}`;
  const errorText = errors === 0 ? 'no errors' : plural(errors, 'error');
  return `${read}: ${errorText}${warnings > 0 ? `, ${plural(warnings, 'warning')}` : ''}`;
}

function colour(text: TerminalText, { severity }: Finding): TerminalText {
  return coloured(text, severity === 'error' ? 'red' : 'yellow');
}

/** The line of a finding and the one before, with a mark under its column. */
function codeFrame(text: string | undefined, { line: number, column }: Finding): TerminalText | undefined {
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  const width = String(number).length;
  const shown = [number - 1, number].filter((one) => one >= 1 && one <= lines.length);
  const numbered = shown.map((one) =>
    columnsLine(`  ${String(one).padStart(width)} | `, lines[one - 1]!.slice(0, 160)),
  );
  const mark = `  ${' '.repeat(width)} | ${' '.repeat(Math.min(column, 160) - 1)}^`;
  return endedLines([...numbered, visibleLine(mark)]);
}

/** The findings as GitHub's workflow commands, which become annotations. */
export function findingsGithub(checked: ValidateSummary): TerminalText {
  const lines = checked.findings.map((finding) => {
    const { severity, file, line, column: col, rule: title } = finding;
    return workflowCommand(severity, { file, line, col, title }, sentence(finding));
  });
  return endedLines([...lines, visibleLine(summary(checked))]);
}
