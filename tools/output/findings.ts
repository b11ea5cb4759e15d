import type { Checked } from '../check/loaded.ts';
import type { Findings } from '../contract/shapes.ts';
import { count, line, sentence, type Finding } from '../finding/finding.ts';
import { plural } from './words.ts';

/** The findings as JSON has them. */
export function findingsJson({ findings, files, accessTests }: Checked): Findings {
  return { findings: findings.map((one) => ({ ...one })), ...count(findings), files, accessTests };
}

/**
 * The findings as lines, with the summary last.
 * @param texts the files' texts, for code frames; without them no frames are drawn
 */
export function findingsText(checked: Checked, texts?: ReadonlyMap<string, string>): string {
  const blocks = checked.findings.map((finding) => {
    const frame = texts && codeFrame(texts.get(finding.file), finding);
    return frame ? `${colour(line(finding), finding)}\n${frame}\n` : line(finding);
  });
  return [...blocks, summary(checked), ''].join('\n');
}

/** `63 files, 12 access tests: no errors, 1 warning` */
export function summary({ findings, files, accessTests }: Checked): string {
  const { errors, warnings } = count(findings);
  const read = `${plural(files, 'file')}, ${plural(accessTests, 'access test')}`;
  const errorText = errors === 0 ? 'no errors' : plural(errors, 'error');
  return `${read}: ${errorText}${warnings > 0 ? `, ${plural(warnings, 'warning')}` : ''}`;
}

function colour(text: string, { severity }: Finding): string {
  return `\u001b[${severity === 'error' ? 31 : 33}m${text}\u001b[0m`;
}

/** The line of a finding and the one before, with a mark under its column. */
function codeFrame(text: string | undefined, { line: number, column }: Finding): string | undefined {
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  const width = String(number).length;
  const shown = [number - 1, number].filter((one) => one >= 1 && one <= lines.length);
  const numbered = shown.map((one) => `  ${String(one).padStart(width)} | ${lines[one - 1]!.slice(0, 160)}`);
  return [...numbered, `  ${' '.repeat(width)} | ${' '.repeat(Math.min(column, 160) - 1)}^`].join('\n');
}

/** The findings as GitHub's workflow commands, which become annotations. */
export function findingsGithub(checked: Checked): string {
  const lines = checked.findings.map((finding) => {
    const { severity, file, line: number, column, rule } = finding;
    const place = `file=${escaped(file, true)},line=${number},col=${column},title=${escaped(rule, true)}`;
    return `::${severity} ${place}::${escaped(sentence(finding))}`;
  });
  return [...lines, summary(checked), ''].join('\n');
}

/** What workflow commands give a meaning to, escaped as GitHub's toolkit does. */
function escaped(text: string, property = false): string {
  const plain = text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  return property ? plain.replaceAll(':', '%3A').replaceAll(',', '%2C') : plain;
}
