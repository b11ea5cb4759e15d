import type { RepositoryFile, Path, Repository } from '../../load/repository.ts';
import { didYouMean, slipOf } from '../../finding/nearest.ts';
import { renamedTo } from '../common/successor.ts';
import { isLater, type FileWithLater } from '../common/later.ts';
import { finding, type Rule } from '../rule.ts';

/** A place in a file that names something. */
interface Reference {
  file: RepositoryFile<unknown>;
  path: Path;
  kind: 'service' | 'group' | 'environment' | 'client CA';
  id: string;
}

export const references: Rule = {
  id: 'references',
  says: 'Ensure that every service, group, environment and client CA that is named exists.',
  why: 'A policy about a name that is misspelt is about nothing, and nobody notices until access is missing or a deny does not hold.',
  whole: true,
  compares: true,
  *check(repository, _, before) {
    const names = {
      service: repository.services,
      group: repository.groups,
      environment: repository.environments,
      'client CA': clientCaIds(repository),
    };
    const words = new Map<string, NameWords>();
    for (const { file, path, kind, id } of referencesOf(repository)) {
      if (names[kind].has(id) || isLater(file as FileWithLater, [id])) continue;
      // One name may be missing in a thousand places.
      const key = `${kind} ${id}`;
      const known =
        words.get(key) ?? missing(kind, id, names[kind].keys(), renamedTo(repository, before, kind, id));
      words.set(key, known);
      const { meant, ...rest } = known;
      yield finding(references.id, file, path, {
        ...rest,
        ...(meant !== undefined && { edits: [{ path, write: meant }] }),
      });
    }
  },
};

/** What is said of a name that is missing, and the one that was meant, where only one can be. */
interface NameWords {
  message: string;
  remedy: string;
  meant?: string;
}

function missing(
  kind: Reference['kind'],
  id: string,
  known: Iterable<string>,
  renamed: string | undefined,
): NameWords {
  const message = `there is no ${kind} \`${id}\``;
  if (renamed !== undefined)
    return {
      message: `${message}: it is called \`${renamed}\` now`,
      remedy: `write ${renamed}`,
      meant: renamed,
    };
  const names = [...known];
  const meant = slipOf(id, names);
  const remedy = didYouMean(id, names, `add the ${kind}, or remove the name`);
  return { message, remedy, ...(meant !== undefined && { meant }) };
}

/** The ids of the client CAs of all environments. */
function clientCaIds({ environments }: Repository): Set<string> {
  return new Set([...environments.values()].flatMap(({ value }) => value.clientCas.map(({ id }) => id)));
}

/** Every name of a service, group, environment or client CA in the repository. */
function* referencesOf(repository: Repository): Iterable<Reference> {
  const list = function* (
    file: RepositoryFile<unknown>,
    kind: Reference['kind'],
    path: Path,
    ids: readonly string[] = [],
  ): Iterable<Reference> {
    for (const [index, id] of ids.entries()) yield { file, kind, id, path: [...path, index] };
  };
  for (const file of repository.groups.values()) yield* list(file, 'group', ['groups'], file.value.groups);
  for (const file of repository.policies.values()) {
    const { who, what, environments } = file.value;
    yield* list(file, 'group', ['who', 'groups'], who.groups);
    yield* list(file, 'group', ['who', 'except', 'groups'], who.except?.groups);
    yield* list(file, 'service', ['what', 'services'], what.services);
    yield* list(file, 'environment', ['environments'], environments);
  }
  for (const file of repository.tests.values()) {
    for (const [index, { group, reaches, denied, never, environments }] of file.value.expect.entries()) {
      const at = ['expect', index] as const;
      if (group !== undefined) yield { file, kind: 'group', id: group, path: [...at, 'group'] };
      if (reaches !== undefined) yield { file, kind: 'service', id: reaches, path: [...at, 'reaches'] };
      if (denied !== undefined) yield { file, kind: 'service', id: denied, path: [...at, 'denied'] };
      yield* list(file, 'service', [...at, 'never', 'services'], never?.services);
      yield* list(file, 'environment', [...at, 'environments'], environments);
    }
  }
  for (const environment of repository.environments.values()) {
    yield* list(environment, 'environment', ['after'], environment.value.after);
    for (const key of ['viewers', 'proposers', 'logReaders'] as const)
      yield* list(environment, 'group', ['adminPanel', key], environment.value.adminPanel?.[key]);
    for (const file of environment.connectors.values()) {
      for (const [index, { service }] of file.value.services.entries()) {
        yield { file, kind: 'service', id: service, path: ['services', index, 'service'] };
      }
    }
  }
  for (const [index, { ca }] of (repository.revoked?.value.cas ?? []).entries())
    yield { file: repository.revoked!, kind: 'client CA', path: ['cas', index, 'ca'], id: ca };
  if (repository.guardrails) {
    const { protected: kept, requirements = [] } = repository.guardrails.value;
    yield* list(repository.guardrails, 'service', ['protected', 'services'], kept?.services);
    for (const [index, { what }] of requirements.entries()) {
      yield* list(
        repository.guardrails,
        'service',
        ['requirements', index, 'what', 'services'],
        what.services,
      );
    }
  }
}
