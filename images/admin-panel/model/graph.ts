import { covers } from '../../../tools/access/model.ts';
import { principalKey } from '../../../tools/access/values/membership.ts';
import type { AccessGraph, Policy } from '../../../tools/contract/shapes.ts';
import { groupsOf } from './groups.ts';
import { accessOf } from './indexes.ts';
import { NotFound, type EnvironmentView } from './view.ts';

/** Nodes that a picture has room for, so that one still sees it whole. */
const MOST = 32;

type Node = AccessGraph['nodes'][number];
type Edge = AccessGraph['edges'][number];

/** What a graph is built of. */
class Builder {
  readonly nodes = new Map<string, Node>();
  readonly edges = new Map<string, Edge>();
  left = 0;

  /** @returns whether there is room for it, or it is there */
  add(kind: Node['kind'], id: string, effect?: 'allow' | 'deny'): boolean {
    const key = keyOf(kind, id);
    if (this.nodes.has(key)) return true;
    if (this.nodes.size >= MOST) return (this.left++, false);
    this.nodes.set(key, { id: key, kind, ...(effect && { effect }) });
    return true;
  }

  join(from: string, to: string, kind: Edge['kind']): void {
    if (this.nodes.has(from) && this.nodes.has(to)) this.edges.set(`${from} ${to}`, { from, to, kind });
  }
}

/** `group/engineering`: a node's id says of which kind it is. */
export const keyOf = (kind: Node['kind'], id: string): string => `${kind}/${id}`;

/**
 * What is around one person, group, policy or service: who is in what, which policies name it, where they lead.
 * @param focus an id or a name: of a principal, else a service, a group or a policy; a kind may stand before it
 * @throws NotFound where nothing is called so
 */
export function graphIn(view: EnvironmentView, focus: string): AccessGraph {
  const [kind, id] = focusOf(view, focus);
  const builder = new Builder();
  builder.add(kind, id);
  const groups = kind === 'principal' ? groupsOf(view.repository, id) : kind === 'group' ? [id] : [];
  for (const policy of policiesAround(view, kind, id, groups))
    addPolicy(builder, view, policy, { kind, id, groups });
  return {
    environment: view.environment.id,
    focus: keyOf(kind, id),
    nodes: [...builder.nodes.values()],
    edges: [...builder.edges.values()],
    left: builder.left,
  };
}

function focusOf({ repository }: EnvironmentView, focus: string): [Node['kind'], string] {
  const [, stated, rest] = /^(principal|group|policy|service)\/(.+)$/.exec(focus) ?? [];
  const id = rest ?? focus;
  const known = { service: repository.services, group: repository.groups, policy: repository.policies };
  for (const kind of ['service', 'group', 'policy'] as const)
    if ((stated ?? kind) === kind && known[kind].has(id)) return [kind, id];
  if (stated === undefined || stated === 'principal') return ['principal', principalKey(id)];
  throw new NotFound(`there is no ${stated} ${id}`, 'look for it: the search is at the top');
}

/** Policies of the environment about the focus, those that allow first. */
function policiesAround(
  view: EnvironmentView,
  kind: Node['kind'],
  id: string,
  groups: readonly string[],
): Policy[] {
  const { access } = accessOf(view);
  const number = access.classIndex.get(id) ?? 0;
  const about = access.policies.filter((one) => {
    if (kind === 'principal') return covers(one, number);
    if (kind === 'policy') return one.id === id;
    const { who } = view.repository.policies.get(one.id)!.value;
    if (kind === 'service')
      return one.model.services.some((service) => access.model.services[service]!.id === id);
    return who.all || (who.groups ?? []).some((group) => groups.includes(group));
  });
  return about
    .map((one) => view.repository.policies.get(one.id)!.value)
    .sort((a, b) => (a.effect < b.effect ? -1 : a.effect > b.effect ? 1 : a.id < b.id ? -1 : 1));
}

function addPolicy(
  builder: Builder,
  view: EnvironmentView,
  policy: Policy,
  focus: { kind: Node['kind']; id: string; groups: readonly string[] },
): void {
  if (!builder.add('policy', policy.id, policy.effect)) return;
  addWho(builder, policy, focus);
  const index = accessOf(view);
  const { access } = index;
  const about = index.policy(policy.id)!;
  const edge = policy.effect === 'allow' ? 'allows' : 'denies';
  for (const one of about.model.services) {
    const service = access.model.services[one]!.id;
    if (focus.kind === 'service' && service !== focus.id) continue;
    if (builder.add('service', service))
      builder.join(keyOf('policy', policy.id), keyOf('service', service), edge);
  }
}

/** By which groups or names a policy is about the focus; of a service or a policy, all of them. */
function addWho(
  builder: Builder,
  { id, effect, who }: Policy,
  focus: { kind: Node['kind']; id: string; groups: readonly string[] },
): void {
  const kind = effect === 'allow' ? 'allows' : 'denies';
  const to = keyOf('policy', id);
  const own = focus.kind === 'principal' || focus.kind === 'group';
  for (const group of who.groups ?? []) {
    if (own && !focus.groups.includes(group)) continue;
    if (!builder.add('group', group)) continue;
    builder.join(keyOf('group', group), to, kind);
    if (focus.kind === 'principal')
      builder.join(keyOf('principal', focus.id), keyOf('group', group), 'member');
  }
  for (const name of who.principals ?? []) {
    if (own && principalKey(name) !== focus.id) continue;
    if (builder.add('principal', principalKey(name)))
      builder.join(keyOf('principal', principalKey(name)), to, kind);
  }
  if (!who.all) return;
  if (own) builder.join(keyOf(focus.kind, focus.id), to, kind);
  else if (builder.add('anyone-else', 'everybody')) builder.join(keyOf('anyone-else', 'everybody'), to, kind);
}
