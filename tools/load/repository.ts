import type { FileKinds, Kind } from '../contract/kinds.ts';
import type {
  AccessTest,
  Connector,
  Environment,
  Group,
  Guardrails,
  Policy,
  Revoked,
  Service,
} from '../contract/shapes.ts';
import type { Place } from '../finding/finding.ts';
import type { Fix } from '../finding/fix.ts';

/** A way into a file's value: keys and indexes from its root. */
export type Path = readonly (string | number)[];

/** One edit of a file, by where it is in the file's value; texts are YAML that can stand in a line. */
export type ValueEdit =
  /** The value at a path, or its key, becomes a text. */
  | { path: Path; write: string; target?: 'value' | 'key' }
  /** A key with its value becomes a text. */
  | { path: Path; pair: string }
  /** A key with its value, or an item of a list, goes. */
  | { path: Path; remove: true }
  /** The keys and values at a path begin with one more. */
  | { path: Path; add: string };

/** One file, read and typed. */
export interface RepositoryFile<T> {
  /** Path below the repository's root, with slashes. */
  file: string;
  value: T;
  /** Where the value at a path is; with `key`, where its key does. Falls back to the nearest parent. */
  place(path: Path, target?: 'value' | 'key'): Place;
  /** Edits as they are made in its text; undefined where it is not written so that they can be. Absent without a text. */
  fix?(edits: readonly ValueEdit[]): Fix[] | undefined;
}

/** One environment with its connectors, by id. */
export interface LoadedEnvironment extends RepositoryFile<Environment> {
  connectors: ReadonlyMap<string, RepositoryFile<Connector>>;
}

/** The components of an environment, sorted. */
export function componentsOf({ value, connectors }: LoadedEnvironment): string[] {
  const intermediates = value.intermediates.map(({ id }) => `intermediate/${id}`);
  return [...intermediates, ...[...connectors.keys()].map((id) => `connector/${id}`)].sort();
}

/** All the YAML, loaded and typed: every file in it fits its schema. Maps are in order of id. */
export interface Repository {
  services: ReadonlyMap<string, RepositoryFile<Service>>;
  groups: ReadonlyMap<string, RepositoryFile<Group>>;
  policies: ReadonlyMap<string, RepositoryFile<Policy>>;
  tests: ReadonlyMap<string, RepositoryFile<AccessTest>>;
  environments: ReadonlyMap<string, LoadedEnvironment>;
  guardrails: RepositoryFile<Guardrails> | undefined;
  revoked: RepositoryFile<Revoked> | undefined;
  /** How many files were read. */
  files: number;
}

/** A file of a known kind. */
export type LoadedFile = { [K in Kind]: RepositoryFile<FileKinds[K]> & { kind: K } }[Kind];
