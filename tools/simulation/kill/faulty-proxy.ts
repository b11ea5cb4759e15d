import { basename } from 'node:path';
import type { Signer } from '../../contract/log/dsse.ts';
import type { DurableFiles } from '../../files/durable-file.ts';
import type { ParameterStore } from '../../store/store.ts';
import type { PastStore } from '../cluster/stale-store.ts';
import type { Process } from '../scheduler/scheduler.ts';

/** What kind of name it is: `head`, `log`, `part` or `ack`. */
function kindOf(name: string): string {
  return /^\/ztna\/[^/]+\/\d+\/([a-z]+)/.exec(name)?.[1] ?? name;
}

function kindsOf(names: readonly string[]): string {
  return [...new Set(names.map(kindOf))].join(', ');
}

/**
 * The store as one process sees it, over calls with which anything may go wrong.
 * @param back for a stale answer: how many changes ago it was true of a name
 */
export function storeOf(process: Process, role: string, past: PastStore, back: () => number): ParameterStore {
  const current = (name: string) => past.values.get(name);
  const stale = (name: string) => past.before(name, back());
  return {
    get(names) {
      const step = `${role}: read ${kindsOf(names)}`;
      const instead = { stale: () => past.parameters(names, stale) };
      return process.call(step, 'read', () => past.parameters(names, current), instead);
    },
    async *list(path) {
      const step = `${role}: list ${kindOf(path)}`;
      const all = (valueOf: typeof current) => past.parameters(past.names(path), valueOf);
      yield* (await process.call(step, 'read', () => all(current), { stale: () => all(stale) })).values();
    },
    create(name, value) {
      const step = `${role}: create ${kindOf(name)}`;
      const carryOut = () => past.create(name, value);
      return process.call(step, 'create', carryOut, { repeated: carryOut });
    },
    put(name, value) {
      const carryOut = () => past.set(name, value);
      return process.call(`${role}: write ${kindOf(name)}`, 'write', carryOut, { repeated: carryOut });
    },
    remove(names) {
      const carryOut = () => names.forEach((name) => past.set(name, undefined));
      return process.call(`${role}: remove names`, 'write', carryOut, { repeated: carryOut });
    },
    date: past.now,
  };
}

/** A disk that outlives processes: path to text. `watch` is told of each change before it is made. */
export class Disk {
  readonly texts = new Map<string, string>();
  watch: (path: string, text: string | undefined) => void = () => {};

  set(path: string, text: string | undefined): void {
    this.watch(path, text);
    if (text === undefined) this.texts.delete(path);
    else this.texts.set(path, text);
  }
}

/** A disk as one process sees it. */
export function filesOf(process: Process, disk: Disk): DurableFiles {
  const name = (path: string) => basename(path).replace(/^slot-[ab]\.json$/, 'slot');
  return {
    read: (path) => process.call(`follow: read ${name(path)}`, 'disk read', () => disk.texts.get(path)),
    write: (path, text) =>
      process.call(`follow: write ${name(path)}`, 'disk write', () => disk.set(path, text)),
    remove: (path) =>
      process.call(`follow: remove ${name(path)}`, 'disk write', () => disk.set(path, undefined)),
  };
}

/** A signer that one process calls. */
export function signerOf(process: Process, role: string, signer: Signer): Signer {
  return { ...signer, sign: (bytes) => process.call(`${role}: sign`, 'sign', () => signer.sign(bytes)) };
}
