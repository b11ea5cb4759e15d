/** Limits of SSM Parameter Store and our own bounds; figures are from AWS's user guide unless said otherwise. */
export const LIMITS = {
  /** Characters in a value of a standard parameter. */
  valueCharacters: 4096,
  /** Parameters per account and region, standard tier. */
  parametersPerAccount: 10_000,
  /** Names in one GetParameters call. */
  namesPerGet: 10,
  /** Parameters in one page of GetParametersByPath. */
  parametersPerPage: 10,
  /** Names in one DeleteParameters call. */
  namesPerDelete: 10,
  /** Versions kept of one parameter. */
  versionsKept: 100,
  /** Characters of a full name, with room for the ARN prefix of the account (1,011 in all). */
  nameCharacters: 1011,
  /** Levels of a name's hierarchy. */
  nameDepth: 15,
  /** GetParameter, GetParameters and GetParametersByPath together, per second, by default. */
  readsPerSecond: 40,
  /** PutParameter and its like, per second, by default. */
  writesPerSecond: 3,
  /** DeleteParameter and DeleteParameters, per second, by default. */
  deletesPerSecond: 3,
  /** Characters of an entry's reason (ours, as its schema has it). */
  reasonCharacters: 200,
  /** Bytes of one YAML file (ours). */
  fileBytes: 256 * 1024,
  /** Bytes of a part, decompressed (ours). */
  partBytes: 32 * 1024 * 1024,
  /** Bytes of a part, compressed (ours). */
  partCompressedBytes: 8 * 1024 * 1024,
} as const;

/** What a call is counted with. */
export type Budget = 'reads' | 'writes' | 'deletes';

/** Calls per second of the three budgets that Parameter Store keeps apart. */
export interface Rates {
  /** GetParameter, GetParameters and GetParametersByPath together. */
  reads: number;
  /** PutParameter, with history and description. */
  writes: number;
  /** DeleteParameter and DeleteParameters. */
  deletes: number;
  /** GetParametersByPath, where it is counted apart; else it is of the reads. */
  lists?: number;
}

/** What an account has by default, without the higher-throughput setting. */
export const DEFAULT_RATES: Rates = {
  reads: LIMITS.readsPerSecond,
  writes: LIMITS.writesPerSecond,
  deletes: LIMITS.deletesPerSecond,
};

/** An account with the higher-throughput setting: GetParameters, GetParametersByPath and PutParameter (AWS's user guide). */
export const HIGHER_RATES: Rates = { reads: 1000, lists: 100, writes: 10, deletes: 10 };

/** Seconds before a removed name may be created again (AWS's API reference, DeleteParameter). */
export const RECREATE_SECONDS = 30;

/** Compressed bytes per chunk: base64 turns 3 bytes into 4 characters. */
export const CHUNK_BYTES = (LIMITS.valueCharacters / 4) * 3;

/** The UDP port of an intermediate server that names none. */
export const DEFAULT_PORT = 4433;

/** The version of every machine-read shape. */
export const SCHEMA_VERSION = 1;
