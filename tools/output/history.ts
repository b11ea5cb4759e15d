import { apart, endedLines, type TerminalText } from '../contract/terminal-text.ts';
import { name, prose, say, type Sentence } from '../contract/sentence.ts';
import type { EnvironmentHistory, History, HistoryRow } from '../contract/shapes.ts';
import { terminal } from './media/text.ts';
import { shortCommit } from './publish.ts';

/** The entries of each log, the newest first, a line each. */
export function historyText({ environments }: History): TerminalText {
  return apart(environments.map(environmentText));
}

function environmentText({ environment, epoch, entries }: EnvironmentHistory): TerminalText {
  const nothing = entries.length === 0 ? ': nothing was published yet' : '';
  const title = say`${name(environment)}, epoch ${epoch}${nothing}`;
  return endedLines([title, ...entries.map(rowOf)].map(terminal));
}

function rowOf(row: HistoryRow): Sentence {
  const {
    sequence,
    valid,
    problem = '',
    newest,
    commit,
    author,
    reason,
    issuedAt,
    holds = 0,
    key = '',
  } = row;
  const number = say`${newest ? '*' : ' '} ${prose(String(sequence).padStart(6))}`;
  if (!valid) return say`${number}  not valid: ${prose(problem)}`;
  const extra = [holds > 0 ? `${holds} on hold` : '', problem].filter(Boolean).join(', ');
  const by = author ? say`by ${name(author)}, ` : '';
  const signed = say`(${by}signed by ${name(key)})`;
  const from = prose(`${issuedAt}  ${shortCommit(commit!)}  ${reason}`);
  return say`${number}  ${from}  ${signed}${extra ? say`  ${prose(extra)}` : ''}`;
}
