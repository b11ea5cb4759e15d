import type { EnvironmentHistory, History, HistoryRow } from '../contract/shapes.ts';
import { shortCommit } from './publish.ts';

/** The entries of each log, the newest first, a line each. */
export function historyText({ environments }: History): string {
  return environments.map(environmentText).join('\n');
}

function environmentText({ environment, epoch, entries }: EnvironmentHistory): string {
  const title = `${environment}, epoch ${epoch}${entries.length === 0 ? ': nothing was published yet' : ''}`;
  return `${[title, ...entries.map(rowText)].join('\n')}\n`;
}

function rowText(row: HistoryRow): string {
  const { sequence, valid, problem, newest, commit, author, reason, issuedAt, holds = 0, key } = row;
  const number = `${newest ? '*' : ' '} ${String(sequence).padStart(6)}`;
  if (!valid) return `${number}  not valid: ${problem}`;
  const extra = [holds > 0 ? `${holds} on hold` : '', problem ?? ''].filter(Boolean).join(', ');
  return `${number}  ${issuedAt}  ${shortCommit(commit!)}  ${reason}  (${author ? `by ${author}, ` : ''}signed by ${key})${extra ? `  ${extra}` : ''}`;
}
