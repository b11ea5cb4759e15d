import {
  coloured,
  concatenated,
  fittingLine,
  visibleLine,
  type Colour,
  type TerminalText,
} from '../../contract/terminal-text.ts';
import type { ProbeAnswer, ProbeState } from '../../local/probes.ts';

const COLOURS: Readonly<Record<ProbeState, Colour>> = {
  reached: 'green',
  denied: 'red',
  untried: 'yellow',
  'no answer': 'yellow',
};

/** A line that is drawn again and again: a mark in a colour, if any, and a text. */
export interface DrawnLine {
  mark?: { sign: '●' | '○'; colour: Colour };
  text: string;
}

/** The line, in at most so many columns: one that goes on in the next row could not be taken off again. */
export function drawn({ mark, text }: DrawnLine, columns: number): TerminalText {
  if (!mark) return fittingLine(`  ${text}`, columns);
  const rest = fittingLine(` ${text}`, columns - 3);
  return concatenated([visibleLine('  '), coloured(visibleLine(mark.sign), mark.colour), rest]);
}

/** A path as one line that is drawn again and again. */
export function answerLine(answer: ProbeAnswer): DrawnLine {
  return { mark: { sign: '●', colour: COLOURS[answer.state] }, text: answerText(answer).trimStart() };
}

/** What became of trying a path, and why; the agent names service and port again, which stand before it here. */
export function answerText({ service, protocol, port, state, says }: ProbeAnswer): string {
  const path = `${service} ${protocol}/${port}`.padEnd(32);
  const why = says.replace(`${service} port ${port} is `, '');
  if (state === 'reached' || why === '') return `  ${path} ${state}`;
  return `  ${path} ${why.startsWith(`${state}: `) ? why : `${state}: ${why}`}`;
}

/** A path that answers otherwise than before. @param took milliseconds from the save, where it is because of that */
export function changeText(before: ProbeAnswer, answer: ProbeAnswer, took: string | undefined): string {
  const after = took === undefined ? '' : `, ${took} after the files were saved`;
  return `${answer.service} ${answer.protocol}/${answer.port}: ${before.state}, now ${answer.state}${after}`;
}

/** What meets a change first. */
export const FIRST: Readonly<Partial<Record<ProbeState, string>>> = {
  reached: 'first answered packet',
  denied: 'first refused packet',
};
