import type { Fix } from './fix.ts';

/** How grave a finding is: an error stops a merge, a warning does not. */
export type Severity = 'error' | 'warning';

/** Where in a file something is; lines and columns count from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** One thing wrong, or worth saying, with where it is and what to do. */
export interface Finding extends Place {
  /** The rule that found it. */
  rule: string;
  severity: Severity;
  /** What is wrong, beginning with what it is about. */
  message: string;
  /** What was expected, where that can be said. */
  expected?: string;
  /** What was found instead. */
  found?: string;
  /** What to do about it. */
  remedy?: string;
  /** The edits that do it, all of them, where only one remedy can be meant. */
  fix?: readonly Fix[];
}

/** One finding as a sentence: what is wrong: expected ..., found ...; remedy. */
export function sentence({ message, expected, found, remedy }: Finding): string {
  const detail = [expected && `expected ${expected}`, found && `found ${found}`].filter(Boolean).join(', ');
  return [detail ? `${message}: ${detail}` : message, remedy].filter(Boolean).join('; ');
}

/** `<file>:<line>:<column> <rule> <sentence>` */
export function line(finding: Finding): string {
  return `${finding.file}:${finding.line}:${finding.column} ${finding.rule} ${sentence(finding)}`;
}

/** The order in which findings are listed: by file, line, column, rule and message. */
export function byPlace(a: Finding, b: Finding): number {
  return (
    compare(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compare(a.rule, b.rule) ||
    compare(a.message, b.message)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How many errors and warnings there are. */
export function count(findings: readonly Finding[]): { errors: number; warnings: number } {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: findings.length - errors };
}
