/** One parameter as the store has it. */
export interface Parameter {
  name: string;
  value: string;
  /** Counts the writes of this name, from 1. */
  version: number;
  /** When it was written, by the store's clock. */
  modified: Date;
}

/** What publishers and followers need of AWS SSM Parameter Store, and no more. */
export interface ParameterStore {
  /** Reads any number of names, ten a call; names that do not exist are absent from the answer. */
  get(names: readonly string[]): Promise<Map<string, Parameter>>;
  /** Lists everything below a path, at any depth, in pages; the order is the store's. */
  list(path: string): AsyncIterable<Parameter>;
  /** Creates a name, once: of several racing writers exactly one is told `created`. */
  create(name: string, value: string): Promise<'created' | 'exists'>;
  /** Writes a name, whether or not it exists. */
  put(name: string, value: string): Promise<void>;
  /** Removes names, ten a call; those that do not exist are no error. */
  remove(names: readonly string[]): Promise<void>;
  /** What the store's clock said in its newest answer, in milliseconds; undefined where it has said nothing yet. */
  date(): number | undefined;
}
