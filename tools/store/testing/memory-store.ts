import { jsonIn } from '../../contract/text.ts';
import type { Parameter, ParameterStore } from '../store.ts';

/** A store in memory that behaves as ParameterStore promises, for tests that need no server. */
export interface MemoryStore extends ParameterStore {
  /** Everything in it: name to value. Tests may change it. */
  values: Map<string, string>;
  /**
   * When a name was written, where a test says it: else at the beginning of time, and an ack when it says itself, as
   * where all clocks are right.
   */
  modified: Map<string, Date>;
  /** What its clock says; tests may set it. */
  clock: number | undefined;
}

function saidIn(text: string): Date {
  const { at } = (jsonIn(text) ?? {}) as { at?: string };
  return new Date(at ?? 0);
}

/** A store in memory; each call takes a few turns of the event loop, so that several users interleave. */
export function memoryStore(turns: () => number = () => 0): MemoryStore {
  const [values, modified] = [new Map<string, string>(), new Map<string, Date>()];
  const parameter = (name: string): Parameter => ({
    name,
    value: values.get(name)!,
    version: 1,
    modified: modified.get(name) ?? (name.includes('/ack/') ? saidIn(values.get(name)!) : new Date(0)),
  });
  const pause = async () => {
    for (let left = turns(); left > 0; left -= 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    values,
    modified,
    clock: undefined,
    date() {
      return this.clock;
    },
    async get(names) {
      await pause();
      return new Map(names.filter((name) => values.has(name)).map((name) => [name, parameter(name)]));
    },
    async *list(path) {
      await pause();
      for (const name of [...values.keys()]) if (name.startsWith(`${path}/`)) yield parameter(name);
    },
    async create(name, value) {
      await pause();
      if (values.has(name)) return 'exists';
      values.set(name, value);
      await pause();
      return 'created';
    },
    async put(name, value) {
      await pause();
      values.set(name, value);
    },
    async remove(names) {
      await pause();
      names.forEach((name) => values.delete(name));
    },
  };
}

/** One call to a store, as those that intercept it see it. */
export interface StoreCall {
  /** Counts all calls, from 1. */
  index: number;
  operation: keyof ParameterStore;
  names: readonly string[];
}

/** What goes wrong with a call: it never reaches the store, or its answer never comes back. */
export type CallFault = 'before' | 'after' | undefined;

/** What a broken call throws. */
export class BrokenCall extends Error {}

/** A store of which some calls go wrong, as `fault` says of each. */
export function faulty(store: ParameterStore, fault: (call: StoreCall) => CallFault): ParameterStore {
  let index = 0;
  const through = async <T>(
    operation: keyof ParameterStore,
    names: readonly string[],
    carryOut: () => Promise<T>,
  ): Promise<T> => {
    index += 1;
    const broken = fault({ index, operation, names });
    if (broken === 'before') throw new BrokenCall(`${operation} ${names[0]} did not arrive`);
    const answer = await carryOut();
    if (broken === 'after') throw new BrokenCall(`the answer to ${operation} ${names[0]} was lost`);
    return answer;
  };
  return {
    get: (names) => through('get', names, () => store.get(names)),
    async *list(path) {
      yield* await through('list', [path], () => gather(store.list(path)));
    },
    create: (name, value) => through('create', [name], () => store.create(name, value)),
    put: (name, value) => through('put', [name], () => store.put(name, value)),
    remove: (names) => through('remove', names, () => store.remove(names)),
    date: () => store.date(),
  };
}

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = [];
  for await (const item of items) gathered.push(item);
  return gathered;
}
