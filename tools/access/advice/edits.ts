import type { Connector, Group, Policy } from '../../contract/shapes.ts';
import type { LoadedEnvironment, Repository, RepositoryFile } from '../../load/repository.ts';
import { principalKey } from '../values/membership.ts';
import { Selector } from '../values/selector.ts';
import type { EditStep } from './steps.ts';

/** Whom and what edits are about. */
export interface AccessQuestion {
  /** In lower case. */
  principal: string;
  service: string;
  environment: string;
}

/** The repository as it would be after the edits. */
export function edited(
  repository: Repository,
  asked: AccessQuestion,
  edits: readonly EditStep[],
): Repository {
  return edits.reduce((before, edit) => applied(before, asked, edit), repository);
}

function applied(repository: Repository, asked: AccessQuestion, edit: EditStep): Repository {
  const { principal } = asked;
  switch (edit.step) {
    case 'register':
      return { ...repository, environments: registered(repository, asked) };
    case 'join': {
      const join = (group: { members?: string[] }) => ({
        ...group,
        members: [...(group.members ?? []), principal],
      });
      return { ...repository, groups: changed(repository.groups, edit.group, join as never) };
    }
    case 'allow':
      return { ...repository, policies: added(repository, asked) };
    default:
      return {
        ...repository,
        policies: changed(repository.policies, edit.policy, EDITS[edit.step](principal)),
      };
  }
}

const EDITS: Record<'name' | 'renew' | 'spare', (principal: string) => (policy: Policy) => Policy> = {
  name:
    (principal) =>
    ({ who, ...policy }) => ({
      ...policy,
      who: { ...who, principals: [...(who.principals ?? []), principal] },
    }),
  renew: () => (policy) => {
    const { expires: _, ...when } = policy.when ?? {};
    return { ...policy, when };
  },
  spare:
    (principal) =>
    ({ who, ...policy }) => {
      const { except = {} } = who;
      const principals = [...(except.principals ?? []), principal];
      return { ...policy, who: { ...who, except: { ...except, principals } } };
    },
};

function changed<T>(
  files: ReadonlyMap<string, RepositoryFile<T>>,
  id: string,
  edit: (value: T) => T,
): ReadonlyMap<string, RepositoryFile<T>> {
  const file = files.get(id);
  return file ? new Map(files).set(id, { ...file, value: edit(file.value) }) : files;
}

/** The id of the policy that an advice would add: no file can have it. */
export const NEW_POLICY = '';

function added({ policies }: Repository, { principal, service }: AccessQuestion): Repository['policies'] {
  const value: Policy = {
    id: NEW_POLICY,
    description: service,
    owner: NEW_POLICY,
    effect: 'allow',
    who: { principals: [principal] },
    what: { services: [service] },
  };
  const place = () => ({ file: '', line: 1, column: 1 });
  return new Map(policies).set(NEW_POLICY, { file: '', value, place });
}

function registered(
  { environments }: Repository,
  { service, environment }: AccessQuestion,
): Repository['environments'] {
  const loaded = environments.get(environment)!;
  const [first] = loaded.connectors;
  if (!first) return environments;
  const [id, file] = first;
  const services = [...file.value.services, { service, backend: service }];
  const connector: RepositoryFile<Connector> = { ...file, value: { ...file.value, services } };
  const connectors = new Map(loaded.connectors).set(id, connector);
  return new Map(environments).set(environment, { ...loaded, connectors } as LoadedEnvironment);
}

/**
 * What of a repository is about one principal and one service of an environment: it answers their requests as the
 * whole does, and is compiled at once however large the company.
 */
export function reduced(
  repository: Repository,
  { principal, service, environment }: AccessQuestion,
): Repository {
  const { policies, members, emptied } = naming(repository);
  const groups = new Map(emptied);
  for (const id of members.get(principal) ?? []) groups.set(id, withMembers(emptied.get(id)!, [principal]));
  const about = (policies.get(service) ?? []).filter(
    ({ value }) => value.environments?.includes(environment) ?? true,
  );
  const file = repository.services.get(service);
  return {
    ...repository,
    groups,
    services: new Map(file && [[service, file]]),
    policies: new Map(about.map((one) => [one.value.id, one])),
    environments: new Map(
      [...repository.environments]
        .filter(([id]) => id === environment)
        .map(([id, loaded]) => [id, leadingTo(service, loaded)]),
    ),
  };
}

/** An environment in which connectors register one service alone. */
function leadingTo(service: string, loaded: LoadedEnvironment): LoadedEnvironment {
  const connectors = [...loaded.connectors].map(([id, file]) => {
    const services = file.value.services.filter((one) => one.service === service);
    return [id, { ...file, value: { ...file.value, services } }] as const;
  });
  return { ...loaded, connectors: new Map(connectors) };
}

/** Where a repository names whom and what. */
interface Naming {
  /** By service: the policies about it, in any environment. */
  policies: ReadonlyMap<string, readonly RepositoryFile<Policy>[]>;
  /** By principal, in lower case: the groups that name it as a member. */
  members: ReadonlyMap<string, ReadonlySet<string>>;
  /** All groups, without members. */
  emptied: Repository['groups'];
}

const namings = new WeakMap<Repository, Naming>();

/** Worked out once: one asks about each port of a service, and for each cell of a matrix. */
function naming(repository: Repository): Naming {
  let known = namings.get(repository);
  if (!known) {
    known = {
      policies: policiesByService(repository),
      members: groupsByMember(repository),
      emptied: new Map([...repository.groups].map(([id, file]) => [id, withMembers(file, [])])),
    };
    namings.set(repository, known);
  }
  return known;
}

const withMembers = (file: RepositoryFile<Group>, members: string[]): RepositoryFile<Group> => ({
  ...file,
  value: { ...file.value, members },
});

function policiesByService({ services, policies }: Repository): Naming['policies'] {
  const ids = [...services.keys()];
  const selector = new Selector([...services.values()].map(({ value }) => value));
  const found = new Map<string, RepositoryFile<Policy>[]>();
  for (const file of policies.values())
    for (const index of selector.indexes(file.value.what)) add(found, ids[index]!, file);
  return found;
}

function groupsByMember({ groups }: Repository): Naming['members'] {
  const found = new Map<string, Set<string>>();
  for (const [id, { value }] of groups)
    for (const member of value.members ?? []) {
      const name = principalKey(member);
      found.set(name, (found.get(name) ?? new Set()).add(id));
    }
  return found;
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
