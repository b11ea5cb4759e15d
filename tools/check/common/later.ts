import { principalKey } from '../../access/values/membership.ts';
import type { Labels } from '../../contract/shapes.ts';
import type { RepositoryFile } from '../../load/repository.ts';

/** A file that may say which of its names are meant to exist later. */
export type FileWithLater = RepositoryFile<{ later?: string[] }>;

/** Whether a file says that a name in it is meant to exist later. @param names all the ways to write that name */
export function isLater({ value }: FileWithLater, names: readonly string[]): boolean {
  return value.later?.some((one) => names.includes(one)) ?? false;
}

/** The ways to write a label in `later`: `tier=restricted`, as a pair, or its value alone. */
export function labelNames(name: string, value: string): string[] {
  return [`${name}=${value}`, `${name}: ${value}`, value];
}

/** The ways to write a principal in `later`, which compares in lower case. */
export function principalNames(file: FileWithLater, name: string): string[] {
  return (file.value.later ?? []).filter((one) => principalKey(one) === principalKey(name));
}

/** The pairs of a set of labels. */
export function pairsOf(labels: Labels | undefined): [name: string, value: string][] {
  return Object.entries(labels ?? {});
}

/** What to do about a name that is not there, where no near one can be offered. */
export const OR_LATER = 'or name it under `later`, if it is meant to exist later';
