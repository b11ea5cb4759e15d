import { principalKey } from '../../access/values/membership.ts';
import type { RepositoryFile, Path, Repository } from '../../load/repository.ts';

/** A place that names a principal. */
export interface PrincipalMention {
  file: RepositoryFile<unknown>;
  path: Path;
  name: string;
}

/** Principals that groups list. */
export function* namedInGroups({ groups }: Repository): Iterable<PrincipalMention> {
  for (const file of groups.values()) yield* list(file, ['members'], file.value.members);
}

/** Principals that policies name. */
export function* namedInPolicies({ policies }: Repository): Iterable<PrincipalMention> {
  for (const file of policies.values()) {
    const { principals, except } = file.value.who;
    yield* list(file, ['who', 'principals'], principals);
    yield* list(file, ['who', 'except', 'principals'], except?.principals);
  }
}

/** Principals that access tests name. */
export function* namedInTests({ tests }: Repository): Iterable<PrincipalMention> {
  for (const file of tests.values()) {
    for (const [index, { principal }] of file.value.expect.entries())
      if (principal !== undefined) yield { file, path: ['expect', index, 'principal'], name: principal };
  }
}

/** Principals that are revoked. */
export function* namedInRevoked({ revoked }: Repository): Iterable<PrincipalMention> {
  for (const [index, { principal }] of (revoked?.value.principals ?? []).entries())
    yield { file: revoked!, path: ['principals', index, 'principal'], name: principal };
}

/** Principals of whom guardrails.yaml says that they are in no group on purpose. */
export function* namedAsOutsiders({ guardrails }: Repository): Iterable<PrincipalMention> {
  if (guardrails) yield* list(guardrails, ['outsiders'], guardrails.value.outsiders);
}

function* list(
  file: RepositoryFile<unknown>,
  path: Path,
  names: readonly string[] = [],
): Iterable<PrincipalMention> {
  for (const [index, name] of names.entries()) yield { file, path: [...path, index], name };
}

/**
 * Names by near names: an index by what is before the `@`, if there is one, whole and with each character left out, so that
 * a look-up compares a handful of names and not all of them.
 */
export class NearNames {
  readonly #index = new Map<string, Set<string>>();

  constructor(names: Iterable<string>) {
    for (const name of names) {
      for (const key of keysOf(name)) {
        const known = this.#index.get(key);
        if (known) known.add(name);
        else this.#index.set(key, new Set([name]));
      }
    }
  }

  /** Names of which what is before the `@` is at most two edits away, sorted. */
  like(name: string): string[] {
    return [...new Set(keysOf(name).flatMap((key) => [...(this.#index.get(key) ?? [])]))].sort();
  }
}

function keysOf(name: string): string[] {
  const local = principalKey(name).split('@')[0]!;
  return [local, ...Array.from(local, (_, index) => local.slice(0, index) + local.slice(index + 1))];
}
