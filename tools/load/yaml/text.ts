import { isUtf8 } from 'node:buffer';
import type { FileFault } from '../file-fault.ts';

/** A file's text as far as it can be read, and what is wrong with its bytes. */
export interface Text {
  text: string;
  fault?: FileFault;
}

/**
 * Characters that YAML forbids, that end a line for some readers only, or that make a reviewer see another order
 * than there is (U+202A to U+202E, U+2066 to U+2069). CRLF stays: every reader takes it for a line feed, in block
 * texts too, so nothing breaks. A carriage return alone ends a line for Terraform and does not for us.
 */
const INVISIBLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\r(?!\n)/;

/** Decodes UTF-8 without a byte order mark; anything else is a fault. */
export function textOf(bytes: Buffer): Text {
  const encoding = (text: string, offset: number, message: string): Text => {
    const remedy = 'save it as UTF-8, without a byte order mark';
    return { text, fault: { rule: 'file-encoding', offset, message, expected: 'UTF-8', remedy } };
  };
  if (!isUtf8(bytes)) {
    if (isUtf16(bytes)) return encoding('', 0, 'the file is UTF-16');
    const text = bytes.toString('utf8');
    return encoding(text, firstBroken(text, bytes), 'this is not UTF-8');
  }
  const text = bytes.toString('utf8');
  if (text.startsWith('\ufeff')) {
    const marked = encoding(text, 0, 'the file begins with a byte order mark');
    return { text, fault: { ...marked.fault!, edits: [{ from: 0, to: 1, text: '' }] } };
  }
  const odd = INVISIBLE.exec(text);
  return odd ? { text, fault: invisible(odd[0], odd.index) } : { text };
}

function isUtf16(bytes: Buffer): boolean {
  const mark = bytes.subarray(0, 2).toString('hex');
  return mark === 'fffe' || mark === 'feff';
}

/** Where the first replacement character is that the file does not hold itself. */
function firstBroken(text: string, bytes: Buffer): number {
  let byte = 0;
  let from = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', from)) {
    byte += Buffer.byteLength(text.slice(from, at));
    if (bytes.toString('hex', byte, byte + 3) !== 'efbfbd') return at;
    byte += 3;
    from = at + 1;
  }
  return 0;
}

function invisible(character: string, offset: number): FileFault {
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  const remedy =
    character === '\r'
      ? 'end the line with a line feed'
      : 'remove it; where it is meant, write it as an escape in double quotes';
  return {
    rule: 'file-character',
    offset,
    message: `an invisible character (U+${code}) is here`,
    remedy,
    edits: [{ from: offset, to: offset + 1, text: character === '\r' ? '\n' : '' }],
  };
}

/** Blanks that look like a space, or like nothing, and are neither to YAML. */
const ODD = /[\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000]/g;
const WITHOUT_WIDTH = /[\u200b-\u200d\u2060]/;

/** The text with plain spaces, and a fault for each blank that is none; undefined where there is none. */
export function oddSpaces(text: string): { without: string; faults: FileFault[] } | undefined {
  const faults = [...text.matchAll(ODD)].map(({ 0: found, index }) => oddSpace(found, index));
  const plain = (found: string): string => (WITHOUT_WIDTH.test(found) ? '' : ' ');
  return faults.length > 0 ? { without: text.replace(ODD, plain), faults } : undefined;
}

function oddSpace(found: string, offset: number): FileFault {
  const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  const gone = WITHOUT_WIDTH.test(found);
  return {
    rule: 'file-character',
    offset,
    message:
      code === '00A0'
        ? 'a non-breaking space (U+00A0) is here'
        : `a blank that is no space (U+${code}) is here`,
    remedy: gone ? 'remove it' : 'write a plain space',
    edits: [{ from: offset, to: offset + 1, text: gone ? '' : ' ' }],
  };
}
