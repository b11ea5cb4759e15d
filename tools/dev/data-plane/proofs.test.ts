import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { readProgram } from './elf.ts';
import { programFaults, proofs, WHOLE } from './proofs.ts';

const test = suite('what is proved of the data plane');
const folder = mkdtempSync(join(tmpdir(), 'ztna-elf-'));
test.after(() => rmSync(folder, { recursive: true }));

test('everything that the issue asks for, as much of it as it asks for', () => {
  assert.equal(
    proofs(WHOLE, 'scratch').map(({ name }) => name),
    [
      '100000 random worlds: decide, flatten and the verdict agree',
      'fuzz target wire: 1000000 inputs',
      'fuzz target packet: 1000000 inputs',
      'fuzz target enforcement: 1000000 inputs',
      'fuzz target certificate: 1000000 inputs',
      '10 minutes of clients that come and go, in 160 MiB',
      'static programs for x86_64',
      'static programs for aarch64',
    ],
  );
});

test('less of it, for a try; and what a fuzz target finds goes to no folder of the repository', () => {
  const [worlds, wire, , , , churn] = proofs({ worlds: 5, inputs: 7, minutes: 0.5 }, 'scratch');
  assert.equal(worlds!.command.words.slice(-2), ['--runs', '5']);
  assert.ok(wire!.command.words.includes('-runs=7'));
  const corpus = wire!.command.words.indexOf('fuzz/seeds/wire') - 1;
  assert.is(wire!.command.words[corpus], 'scratch/wire');
  assert.is(churn!.command.env!['ZTNA_CHURN_SECONDS'], '30');
});

/** A 64-bit ELF file of a machine, with segments of these kinds. */
function elf(machine: number, kinds: readonly number[]): Buffer {
  const bytes = Buffer.alloc(64 + 56 * kinds.length);
  bytes.writeUInt32BE(0x7f454c46);
  bytes[4] = 2;
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(kinds.length, 56);
  kinds.forEach((kind, index) => bytes.writeUInt32LE(kind, 64 + 56 * index));
  return bytes;
}

test('a program says which machine it is for, and whether it needs a loader', () => {
  const write = (bytes: Buffer): string => {
    writeFileSync(join(folder, 'program'), bytes);
    return join(folder, 'program');
  };
  assert.equal(readProgram(write(elf(62, [1, 2]))), { machine: 'x86_64', isStatic: true });
  assert.equal(programFaults(folder, 'x86_64'), []);
  assert.equal(programFaults(folder, 'aarch64'), ['program is not for aarch64']);
  assert.equal(readProgram(write(elf(183, [1, 3]))), { machine: 'aarch64', isStatic: false });
  assert.equal(programFaults(folder, 'aarch64'), ['program is not static']);
  assert.is(readProgram(write(Buffer.from('#!/bin/sh\n'))), undefined);
});

test('where nothing was built, nothing is proved', () => {
  rmSync(join(folder, 'program'), { force: true });
  assert.is(programFaults(folder, 'x86_64').length, 1);
});

test.run();
