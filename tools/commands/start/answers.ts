import {
  coloured,
  concatenated,
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

/** A line that begins with a mark in a colour. */
export function marked(mark: '●' | '○', colour: Colour, text: string): TerminalText {
  return concatenated([visibleLine('  '), coloured(visibleLine(mark), colour), visibleLine(text)]);
}

/** A path as one line that is drawn again and again. */
export function answerLine(answer: ProbeAnswer): TerminalText {
  return marked('●', COLOURS[answer.state], ` ${answerText(answer).trimStart()}`);
}

/** What became of trying a path, and why. */
export function answerText({ service, protocol, port, state, says }: ProbeAnswer): string {
  const path = `${service} ${protocol}/${port}`.padEnd(32);
  return `  ${path} ${state}${state === 'reached' || says === '' ? '' : `: ${says}`}`;
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
