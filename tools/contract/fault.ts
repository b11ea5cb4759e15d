import { textLines, type TerminalText } from './terminal-text.ts';

/** What a fault may say beside what is wrong and what to do. */
export interface FaultDetail {
  /** Why, where what is wrong does not say it by itself. */
  why?: string;
  /** The exit status of a command that ends by it: 1 where findings in the repository are the reason; default 2. */
  status?: 1 | 2;
  /** Lines that say more, such as findings; shown before the sentence. */
  lines?: readonly string[];
  /** Whether it only follows from an interrupt by the user, who knows of it. */
  interrupted?: boolean;
}

/**
 * Work that cannot be done, or a request that cannot be carried out as it was typed: shown as one sentence with what
 * to do, never as a stack trace. It is the only kind of error that is expected; any other is a defect of the tool.
 */
export class Fault extends Error {
  readonly status: 1 | 2;
  readonly lines: readonly string[];
  readonly interrupted: boolean;

  /**
   * @param what is wrong, beginning with what it is about
   * @param remedy what to do about it
   */
  readonly remedy: string;

  constructor(
    what: string,
    remedy: string,
    { why, status = 2, lines = [], interrupted = false }: FaultDetail = {},
  ) {
    super(why === undefined ? what : `${what}: ${why}`);
    this.remedy = remedy;
    this.name = 'Fault';
    this.status = status;
    this.lines = lines;
    this.interrupted = interrupted;
  }
}

/** What is wrong and what to do, in a sentence. A question ends where it asks. */
export function sentenceOf({ message, remedy }: Fault): string {
  return `${message}${message.endsWith('?') ? '' : ';'} ${remedy}`;
}

/** A fault as people read it: the lines that say more, then the sentence. Each stays a line, whoever wrote what is in it. */
export function faultText(fault: Fault): TerminalText {
  return textLines([...fault.lines, sentenceOf(fault)]);
}
