import type { Connector, Policy } from '../../contract/shapes.ts';
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
  const services = new Map([...repository.services].filter(([id]) => id === service));
  const selector = new Selector([...services.values()].map(({ value }) => value));
  const isAbout = ({ what, environments }: Policy): boolean =>
    (environments?.includes(environment) ?? true) && selector.indexes(what).length > 0;
  const groups = [...repository.groups].map(([id, file]) => {
    const members = file.value.members?.filter((member) => principalKey(member) === principal) ?? [];
    return [id, { ...file, value: { ...file.value, members } }] as const;
  });
  const policies = [...repository.policies].filter(([, { value }]) => isAbout(value));
  return { ...repository, services, groups: new Map(groups), policies: new Map(policies) };
}
