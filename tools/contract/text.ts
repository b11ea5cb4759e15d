import { LIMITS } from './limits.ts';

/** Text that others wrote as one line: what a terminal or a workflow would obey is not passed on. */
export function printable(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** Bytes of a reason in JSON: with four holds and its own, an entry still fits into a parameter. */
export const REASON_BYTES = 300;

/**
 * A reason as an entry has room for it, by whom it may be: an instance words why it refuses, and must not be able to
 * make an entry that nobody can store or read. Without control characters, cut off where it is too long.
 * @param bytes how many its JSON may have
 */
export function brief(reason: string, bytes = REASON_BYTES): string {
  const text = fitted(printable(reason).slice(0, LIMITS.reasonCharacters).toWellFormed().trim(), bytes);
  return text || 'no reason given';
}

/** As much of a text as its JSON has room for. */
function fitted(whole: string, bytes: number): string {
  let text = '';
  for (const character of whole) {
    if (Buffer.byteLength(JSON.stringify(text + character)) > bytes) break;
    text += character;
  }
  return text;
}

/** Characters of a reason in an ack, as people read it. */
const ACK_REASON_CHARACTERS = 450;

/** Bytes of a reason in an ack's JSON: with another, nine keys and everything else it fits into a parameter. */
const ACK_REASON_BYTES = 1100;

/** Text as the store takes it: short, well-formed, and without the braces that it would replace. */
export function storable(reason: string): string {
  const text = reason
    .slice(0, ACK_REASON_CHARACTERS)
    .toWellFormed()
    .replace(/\{(?=\{)/g, '{ ');
  return fitted(text, ACK_REASON_BYTES);
}

/** The value in a text that another wrote; undefined where it is not JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A text as one word of a shell (POSIX, section 2.2): in quotation marks where it has more than plain characters. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
