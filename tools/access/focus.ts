import type { Connector, Policy, Registration } from '../contract/shapes.ts';
import type { Repository, RepositoryFile } from '../load/repository.ts';
import { servicesOf } from './compile.ts';
import { groupClosure } from './values/membership.ts';
import { Selector } from './values/selector.ts';
import type { Edit } from './wording/edits.ts';

/** What of two repositories some edits can change access to. */
export interface Focus {
  before: Repository;
  after: Repository;
}

/** Above this share of an environment's services everything is looked at: finding out what is left would be in vain. */
const MOST = 0.5;

/**
 * Both sides with only the services of an environment that edits touch, every policy about one of them, and the groups
 * through which those find their principals: for these services nothing else decides.
 * @param edits everything that differs between the two, by subject
 * @returns undefined where that is not enough to tell: the environment or revoked.yaml was edited, or a policy is about all
 */
export function focus(
  before: Repository,
  after: Repository,
  environment: string,
  edits: ReadonlyMap<string, readonly Edit[]>,
): Focus | undefined {
  if (edits.has('revoked') || edits.has(`environment/${environment}`)) return undefined;
  const sides = [before, after].map((repository) => sideOf(repository, environment));
  const touched = new Set([
    ...subjects(edits, 'service/'),
    ...registered(edits, `connector/${environment}/`),
    ...sides.flatMap((side) => selectedBy(editedPolicies(side, edits), side)),
  ]);
  if (touched.size > MOST * Math.max(...sides.map(({ ids }) => ids.length))) return undefined;
  const [was, is] = sides.map((side) => narrowed(side, touched));
  return was && is && { before: was, after: is };
}

interface FocusSide {
  repository: Repository;
  /** The environment's services, in the selector's order. */
  ids: string[];
  selector: Selector;
}

function sideOf(repository: Repository, environment: string): FocusSide {
  const services = servicesOf(repository, environment).map(({ value }) => value);
  return { repository, ids: services.map(({ id }) => id), selector: new Selector(services) };
}

const subjects = (edits: ReadonlyMap<string, unknown>, kind: string): string[] =>
  [...edits.keys()]
    .filter((subject) => subject.startsWith(kind))
    .map((subject) => subject.slice(kind.length));

/** Services in the registrations that were edited. */
function registered(edits: ReadonlyMap<string, readonly Edit[]>, kind: string): string[] {
  return subjects(edits, kind).flatMap((id) =>
    edits.get(`${kind}${id}`)!.flatMap(({ path, value }) => {
      if (path.length === 0) return (value as Connector).services.map(({ service }) => service);
      if (path[0] !== 'services') return [];
      return [value].flat().map((one) => (one as Registration).service);
    }),
  );
}

/** Policies that were edited, or find principals through a group that was. */
function editedPolicies(
  { repository }: FocusSide,
  edits: ReadonlyMap<string, readonly Edit[]>,
): RepositoryFile<Policy>[] {
  const groups = subjects(edits, 'group/');
  const through = (file: RepositoryFile<Policy>): boolean => {
    const closure = groupClosure(repository, groupsOf(file.value));
    return groups.some((id) => closure.has(id));
  };
  return [...repository.policies.values()].filter(
    (file) => edits.has(`policy/${file.value.id}`) || (groups.length > 0 && through(file)),
  );
}

const groupsOf = ({ who: { groups = [], except } }: Policy): string[] => [
  ...groups,
  ...(except?.groups ?? []),
];

function selectedBy(policies: readonly RepositoryFile<Policy>[], { ids, selector }: FocusSide): string[] {
  return policies.flatMap(({ value }) => selector.indexes(value.what).map((index) => ids[index]!));
}

/** A side with the services touched; undefined where a policy about one of them is about everybody there is. */
function narrowed(
  { repository, ids, selector }: FocusSide,
  touched: ReadonlySet<string>,
): Repository | undefined {
  const policies = [...repository.policies].filter(([, { value }]) =>
    selector.indexes(value.what).some((index) => touched.has(ids[index]!)),
  );
  if (
    policies.some(
      ([
        ,
        {
          value: { who },
        },
      ]) => who.all || who.except?.all,
    )
  )
    return undefined;
  const groups = groupClosure(
    repository,
    policies.flatMap(([, { value }]) => groupsOf(value)),
  );
  return {
    ...repository,
    policies: new Map(policies),
    services: new Map([...repository.services].filter(([id]) => touched.has(id))),
    groups: new Map([...repository.groups].filter(([id]) => groups.has(id))),
  };
}
