import { arch } from 'node:os';
import { existsSync, readFileSync } from 'node:fs';
import { Fault } from '../../../contract/fault.ts';

/** An architecture as registries and Debian call it. */
export type Architecture = 'amd64' | 'arm64';

/** The same by the names of Node, and of `uname -m`. */
const NAMES: Readonly<Record<Architecture, { node: string; machine: string }>> = {
  amd64: { node: 'x64', machine: 'x86_64' },
  arm64: { node: 'arm64', machine: 'aarch64' },
};

const ALL = Object.keys(NAMES) as Architecture[];

/** This machine's own. @throws Fault on any other machine */
export function ownArchitecture(): Architecture {
  const own = ALL.find((one) => NAMES[one].node === arch());
  if (own) return own;
  throw new Fault(`images are not built on ${arch()}`, `use a machine that is one of: ${ALL.join(', ')}`);
}

/** As it was typed. @throws Fault for any other word */
export function architectureOf(word: string): Architecture {
  const found = ALL.find((one) => one === word);
  if (found) return found;
  throw new Fault(`${JSON.stringify(word)} is no architecture`, `use one of: ${ALL.join(', ')}`);
}

/** As `uname -m` says it. */
export function machineOf(architecture: Architecture): string {
  return NAMES[architecture].machine;
}

/** Where Linux says who runs programs of another architecture. */
const EMULATORS = '/proc/sys/fs/binfmt_misc';

/** Whether programs of an architecture run here: its own, or by an emulator that Linux was told of. */
export function runsHere(architecture: Architecture): boolean {
  if (architecture === ownArchitecture()) return true;
  const file = `${EMULATORS}/qemu-${machineOf(architecture)}`;
  return existsSync(file) && readFileSync(file, 'utf8').startsWith('enabled');
}
