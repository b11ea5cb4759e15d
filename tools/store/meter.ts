import { callsFor, pagesFor } from '../contract/log/budget.ts';
import type { ParameterStore } from './store.ts';

/** How many calls were made. */
export interface CallCount {
  reads: number;
  writes: number;
  deletes: number;
}

/** A store that counts the calls made through it. */
export interface MeteredStore extends ParameterStore {
  readonly calls: Readonly<CallCount>;
}

/** The same store, with a count of what is asked of it; what is attempted again is not counted twice. */
export function metered(store: ParameterStore): MeteredStore {
  const calls: CallCount = { reads: 0, writes: 0, deletes: 0 };
  return {
    calls,
    get(names) {
      calls.reads += callsFor(names.length);
      return store.get(names);
    },
    async *list(path) {
      let parameters = 0;
      try {
        for await (const parameter of store.list(path)) {
          parameters += 1;
          yield parameter;
        }
      } finally {
        calls.reads += pagesFor(parameters);
      }
    },
    create(name, value) {
      calls.writes += 1;
      return store.create(name, value);
    },
    put(name, value) {
      calls.writes += 1;
      return store.put(name, value);
    },
    remove(names) {
      calls.deletes += callsFor(names.length);
      return store.remove(names);
    },
    date: () => store.date(),
  };
}
