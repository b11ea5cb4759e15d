import { closeSync, openSync, readSync } from 'node:fs';

/** What matters of a program file for Linux. */
export interface ElfProgram {
  machine: 'x86_64' | 'aarch64' | 'other';
  /** Whether it needs no loader, and so nothing of the image it runs in. */
  isStatic: boolean;
}

/** Numbers of the ELF specification, and of its supplements for both processors. */
const MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const MACHINES: Readonly<Record<number, ElfProgram['machine']>> = { 62: 'x86_64', 183: 'aarch64' };
const PT_INTERP = 3;

/** The bytes of the header, which both tables of segments and these figures are in. */
const HEADER = 4096;

/** @returns undefined where the file is no 64-bit ELF file */
export function readProgram(path: string): ElfProgram | undefined {
  const bytes = head(path);
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== MAGIC || bytes[4] !== CLASS_64) return undefined;
  const [start, size, count] = [
    Number(bytes.readBigUInt64LE(32)),
    bytes.readUInt16LE(54),
    bytes.readUInt16LE(56),
  ];
  const kinds = Array.from({ length: count }, (_, index) => bytes.readUInt32LE(start + index * size));
  return { machine: MACHINES[bytes.readUInt16LE(18)] ?? 'other', isStatic: !kinds.includes(PT_INTERP) };
}

function head(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(HEADER);
    return bytes.subarray(0, readSync(file, bytes, 0, HEADER, 0));
  } finally {
    closeSync(file);
  }
}
