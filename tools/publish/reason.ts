import { LIMITS } from '../contract/limits.ts';

/** Bytes of a reason in JSON: with four holds and its own, an entry still fits into a parameter. */
const MOST_BYTES = 300;

/**
 * A reason as an entry has room for it, whatever its author: an instance words why it refuses, and must not be able to
 * make an entry that nobody can store or read. Without control characters, cut off where it is too long.
 */
export function brief(reason: string): string {
  const plain = reason.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  let text = '';
  for (const character of plain.slice(0, LIMITS.reasonCharacters).toWellFormed().trim()) {
    if (Buffer.byteLength(JSON.stringify(text + character)) > MOST_BYTES) break;
    text += character;
  }
  return text || 'no reason given';
}
