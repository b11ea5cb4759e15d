import type { AccessTest, Connector, Expectation, Guardrails, Policy } from '../contract/shapes.ts';
import type { RepositoryFile, LoadedEnvironment, Repository } from '../load/repository.ts';

/** A service or a group that has another id than before. */
export interface Rename {
  kind: 'service' | 'group';
  from: string;
  to: string;
}

/**
 * The renames that a change states by `previously`: the new id is new, the old one is gone, and nobody else claims
 * it. A `previously` of an earlier change states none.
 */
export function renamesBetween(base: Repository, head: Repository): Rename[] {
  const stated = [
    ...claims('service', base.services, head.services),
    ...claims('group', base.groups, head.groups),
  ];
  return stated.filter(
    ({ kind, from }) => stated.filter((other) => other.kind === kind && other.from === from).length === 1,
  );
}

type FilesById = ReadonlyMap<string, RepositoryFile<{ id: string; previously?: string }>>;

function claims(kind: Rename['kind'], before: FilesById, after: FilesById): Rename[] {
  return [...after.values()]
    .filter(({ value: { id, previously: from } }) => from !== undefined && !before.has(id))
    .filter(({ value: { previously: from } }) => before.has(from!) && !after.has(from!))
    .map(({ value }) => ({ kind, from: value.previously!, to: value.id }));
}

/** A repository in which everything that is renamed has its new id; places stay those of its own files. */
export function renamed(repository: Repository, renames: readonly Rename[]): Repository {
  if (renames.length === 0) return repository;
  const known = new Map(renames.map(({ kind, from, to }) => [`${kind}/${from}`, to]));
  const service = (id: string): string => known.get(`service/${id}`) ?? id;
  const group = (id: string): string => known.get(`group/${id}`) ?? id;
  const names: Names = { service, group };
  return {
    ...repository,
    services: mapped(repository.services, (value) => ({ ...value, id: service(value.id) })),
    groups: mapped(repository.groups, (value) => ({
      ...value,
      id: group(value.id),
      ...inGroups(value, names),
    })),
    policies: mapped(repository.policies, (value) => policyWith(value, names)),
    tests: mapped(repository.tests, (value) => testWith(value, names)),
    environments: new Map([...repository.environments].map(([id, one]) => [id, environmentWith(one, names)])),
    guardrails:
      repository.guardrails &&
      loadedWith<Guardrails, RepositoryFile<Guardrails>>(repository.guardrails, (value) =>
        guardrailsWith(value, names),
      ),
  };
}

interface Names {
  service(id: string): string;
  group(id: string): string;
}

function loadedWith<T, L extends RepositoryFile<T>>(loaded: L, change: (value: T) => T): L {
  return { ...loaded, value: change(loaded.value) };
}

function mapped<T extends { id: string }>(
  files: ReadonlyMap<string, RepositoryFile<T>>,
  change: (value: T) => T,
): ReadonlyMap<string, RepositoryFile<T>> {
  const changed = [...files.values()].map((loaded) => loadedWith(loaded, change));
  changed.sort((a, b) => (a.value.id < b.value.id ? -1 : 1));
  return new Map(changed.map((loaded) => [loaded.value.id, loaded]));
}

const inGroups = (value: { groups?: string[] }, { group }: Names) =>
  value.groups && { groups: value.groups.map(group) };

const inServices = (value: { services?: string[] }, { service }: Names) =>
  value.services && { services: value.services.map(service) };

function policyWith(policy: Policy, names: Names): Policy {
  const { who, what } = policy;
  const except = who.except && { except: { ...who.except, ...inGroups(who.except, names) } };
  return {
    ...policy,
    who: { ...who, ...inGroups(who, names), ...except },
    what: { ...what, ...inServices(what, names) },
  };
}

function testWith(test: AccessTest, names: Names): AccessTest {
  return { ...test, expect: test.expect.map((one) => expectationWith(one, names)) as AccessTest['expect'] };
}

function expectationWith(one: Expectation, names: Names): Expectation {
  const { group, reaches, denied, never } = one;
  return {
    ...one,
    ...(group !== undefined && { group: names.group(group) }),
    ...(reaches !== undefined && { reaches: names.service(reaches) }),
    ...(denied !== undefined && { denied: names.service(denied) }),
    ...(never && { never: { ...never, ...inServices(never, names) } }),
  } as Expectation;
}

function environmentWith(environment: LoadedEnvironment, names: Names): LoadedEnvironment {
  const registered = (value: Connector): Connector => ({
    ...value,
    services: value.services.map((one) => ({ ...one, service: names.service(one.service) })),
  });
  return { ...environment, connectors: mapped(environment.connectors, registered) };
}

function guardrailsWith(value: Guardrails, names: Names): Guardrails {
  const { protected: kept, requirements } = value;
  return {
    ...value,
    ...(kept && { protected: { ...kept, ...inServices(kept, names) } }),
    ...(requirements && {
      requirements: requirements.map((one) => ({
        ...one,
        what: { ...one.what, ...inServices(one.what, names) },
      })),
    }),
  };
}
