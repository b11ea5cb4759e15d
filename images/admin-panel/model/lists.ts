import { revokedPrincipals } from '../../../tools/access/compile.ts';
import { covers } from '../../../tools/access/model.ts';
import { membership, principalKey } from '../../../tools/access/values/membership.ts';
import type {
  Connector,
  GroupDetail,
  GroupRow,
  PanelGroups,
  PanelPolicies,
  PanelPrincipals,
  PanelServices,
  Policy,
  PolicyDetail,
  PolicyRow,
  PrincipalDetail,
  PrincipalRow,
  RegistrationRow,
  ServiceDetail,
  ServiceRow,
} from '../../../tools/contract/shapes.ts';
import type { LoadedEnvironment, RepositoryFile } from '../../../tools/load/repository.ts';
import type { AccessIndex } from './access-index.ts';
import { groupsOf, parentsOf } from './groups.ts';
import { pageOf, type Page, type PageAsked } from './page.ts';
import { accessOf } from './indexes.ts';
import { found, NotFound, type EnvironmentView } from './view.ts';

/** Services of the environment and those that no connector registers there. */
export function servicesIn(view: EnvironmentView, asked: PageAsked): PanelServices {
  const page = pageOf(
    view.repository.services.values(),
    asked,
    ({ value }) => value.id,
    ({ value }) => `${value.id} ${value.description} ${value.owner}`,
  );
  return listed(view, page, 'services', (one) => serviceRow(view, one));
}

/** People and machines. */
export function principalsIn(view: EnvironmentView, asked: PageAsked): PanelPrincipals {
  const page = pageOf(membership(view.repository).everybody, asked, (name) => name);
  return listed(view, page, 'principals', (name) => principalRow(view, name));
}

/** Groups. */
export function groupsIn(view: EnvironmentView, asked: PageAsked): PanelGroups {
  const page = pageOf(
    view.repository.groups.values(),
    asked,
    ({ value }) => value.id,
    ({ value }) => `${value.id} ${value.description} ${value.owner}`,
  );
  return listed(view, page, 'groups', (one) => groupRow(view, one));
}

/** Policies of the environment. */
export function policiesIn(view: EnvironmentView, asked: PageAsked): PanelPolicies {
  const here = [...view.repository.policies.values()].filter(({ value }) => isHere(view, value));
  const page = pageOf(
    here,
    asked,
    ({ value }) => value.id,
    ({ value }) => `${value.id} ${value.description} ${value.owner} ${value.ticket ?? ''}`,
  );
  return listed(view, page, 'policies', (one) => policyRow(view, one));
}

function listed<K extends string, T, R>(
  { environment }: EnvironmentView,
  { items, total, next }: Page<T>,
  key: K,
  row: (item: T) => R,
) {
  return {
    environment: environment.id,
    [key]: items.map(row),
    total,
    ...(next !== undefined && { next }),
  } as { environment: string; total: number; next?: string } & Record<K, R[]>;
}

/** One service. @throws NotFound */
export function serviceIn(view: EnvironmentView, id: string): ServiceDetail {
  const { repository, environment } = view;
  const file = found('service', repository.services, id);
  const index = accessOf(view);
  const service = index.access.services[index.access.serviceIndex.get(id) ?? -1];
  const deciding = service ? [...service.denies, ...service.allows, ...service.observed] : [];
  const tests = [...repository.tests.values()].filter(({ value }) =>
    value.expect.some(({ reaches, denied, never }) =>
      [reaches, denied, ...(never?.services ?? [])].includes(id),
    ),
  );
  return {
    environment: environment.id,
    service: serviceRow(view, file),
    access: index.changesOf({ service: id }),
    policies: deciding.map((one) => policyRow(view, repository.policies.get(one.id)!)),
    tests: tests.map((one) => ({
      id: one.value.id,
      description: one.value.description,
      ...lineOf(one, ['id']),
    })),
  };
}

/** One person or machine; one that nothing names is as anyone else. @throws NotFound where it is no principal */
export function principalIn(view: EnvironmentView, name: string): PrincipalDetail {
  const index = accessOf(view);
  if (membership(view.repository).index(name) === undefined)
    throw new NotFound(
      `nobody is called ${name}`,
      'no group and no policy names it; it has what anyone else has',
    );
  const number = index.classOf(name);
  const about = index.access.policies.filter((one) => covers(one, number));
  return {
    environment: view.environment.id,
    principal: principalRow(view, principalKey(name)),
    access: index.changesOf({ principal: name }),
    policies: about.map(({ id }) => policyRow(view, view.repository.policies.get(id)!)),
  };
}

/** One group. @throws NotFound */
export function groupIn(view: EnvironmentView, id: string): GroupDetail {
  const { repository, environment } = view;
  const group = found('group', repository.groups, id);
  const members = membership(repository);
  const named = [...repository.policies.values()].filter(
    ({ value }) =>
      isHere(view, value) &&
      ((value.who.groups?.includes(id) ?? false) || (value.who.except?.groups?.includes(id) ?? false)),
  );
  return {
    environment: environment.id,
    group: groupRow(view, group),
    everybody: members
      .group(id)
      .map((index) => members.everybody[index]!)
      .sort(),
    partOf: parentsOf(repository, id),
    policies: named.map((one) => policyRow(view, one)),
  };
}

/** One policy. @throws NotFound */
export function policyIn(view: EnvironmentView, id: string): PolicyDetail {
  const policy = found('policy', view.repository.policies, id);
  return {
    environment: view.environment.id,
    policy: policyRow(view, policy),
    who: whoOf(accessOf(view), id),
  };
}

function serviceRow(view: EnvironmentView, file: RepositoryFile<ServiceRow['service']>): ServiceRow {
  const index = accessOf(view);
  const { id } = file.value;
  return {
    service: file.value,
    ...lineOf(file, ['id']),
    registrations: registrationsOf(view, id),
    reachedBy: index.reachedBy(id),
    anyoneElse: ['always', 'conditions'].includes(index.reach(id, 0)),
  };
}

/** Where a service leads in the environment. */
export function registrationsOf({ loaded }: EnvironmentView, service: string): RegistrationRow[] {
  return (placesIn(loaded).get(service) ?? []).map(({ file, index }) => ({
    connector: file.value.id,
    backend: file.value.services[index]!.backend,
    ...lineOf(file, ['services', index]),
  }));
}

/** A line of a connector's file that registers a service. */
interface RegistrationPlace {
  file: RepositoryFile<Connector>;
  index: number;
}

const places = new WeakMap<LoadedEnvironment, ReadonlyMap<string, readonly RegistrationPlace[]>>();

/** By service: where it is registered. Worked out once. */
function placesIn(loaded: LoadedEnvironment): ReadonlyMap<string, readonly RegistrationPlace[]> {
  const known = places.get(loaded);
  if (known) return known;
  const found = new Map<string, RegistrationPlace[]>();
  for (const file of loaded.connectors.values())
    file.value.services.forEach(({ service }, index) =>
      found.set(service, [...(found.get(service) ?? []), { file, index }]),
    );
  places.set(loaded, found);
  return found;
}

function policyRow(view: EnvironmentView, file: RepositoryFile<Policy>): PolicyRow {
  const index = accessOf(view);
  const { access } = index;
  const policy = index.policy(file.value.id);
  return {
    policy: file.value,
    ...lineOf(file, ['effect'], 'key'),
    principals: policy?.about.reduce((sum, number) => sum + access.classes[number]!.length, 0) ?? 0,
    services: policy?.model.services.map((index) => access.model.services[index]!.id) ?? [],
  };
}

/** Everybody whom a policy is about, by name. */
function whoOf(index: AccessIndex, id: string): string[] {
  const about = index.policy(id)?.about ?? [];
  return about.flatMap((number) => index.access.classes[number]!).sort();
}

function groupRow({ repository }: EnvironmentView, file: RepositoryFile<GroupRow['group']>): GroupRow {
  return {
    group: file.value,
    ...lineOf(file, ['id']),
    members: membership(repository).group(file.value.id).length,
  };
}

function principalRow(view: EnvironmentView, name: string): PrincipalRow {
  const index = accessOf(view);
  return {
    principal: name,
    groups: groupsOf(view.repository, name),
    services: index.reaching(index.classOf(name)),
    ...(revokedPrincipals(view.repository).includes(name) && { revoked: true as const }),
  };
}

function isHere({ environment }: EnvironmentView, { environments }: Policy): boolean {
  return environments === undefined || environments.includes(environment.id);
}

function lineOf(file: RepositoryFile<unknown>, path: readonly (string | number)[], target?: 'key') {
  const { line } = file.place(path, target);
  return { file: file.file, line };
}
