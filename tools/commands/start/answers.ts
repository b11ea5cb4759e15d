import type { ProbeAnswer, ProbeState } from '../../local/probes.ts';

const COLOURS: Readonly<Record<ProbeState, string>> = {
  reached: '\u001b[32m',
  denied: '\u001b[31m',
  untried: '\u001b[33m',
  'no answer': '\u001b[33m',
};
const PLAIN = '\u001b[0m';

/** A path as one line that is drawn again and again. */
export function answerLine(answer: ProbeAnswer): string {
  return `  ${COLOURS[answer.state]}●${PLAIN} ${answerText(answer).trimStart()}`;
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
