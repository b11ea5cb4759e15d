import { parseAddress, parsePrefix } from '../../contract/values/address.ts';
import type { Who } from '../../contract/shapes.ts';
import type { Finding } from '../../finding/finding.ts';
import {
  described,
  type ImportDraft,
  type DraftGroup,
  type DraftService,
  Ids,
  type LostAccess,
  type OldRequest,
  portsIn,
  portsText,
  principalOf,
  strangerOf,
  unionOf,
} from './draft.ts';
import { JsonFile, objectOf, objectsOf, textsOf } from './json.ts';

/**
 * Tailscale's policy file (https://tailscale.com/docs/reference/syntax/policy-file, read 2026): nothing is allowed but
 * what an entry of `acls` or `grants` accepts; without either section everything is. `*` is every device, a tag a machine,
 * `autogroup:member` every person. A destination is a tag, an address, or a name of `hosts`, with ports.
 */
interface TailscaleRule {
  path: (string | number)[];
  src: string[];
  dst: { target: string; ports: [number, number][] }[];
  protocols: ('tcp' | 'udp')[];
  /** Conditions that nothing here can ask for. */
  conditions: string[];
}

type Protocol = 'tcp' | 'udp';

const ALL_PORTS: [number, number][] = [[1, 65535]];

const BOTH: Protocol[] = ['tcp', 'udp'];
const PROTOCOLS: Readonly<Record<string, Protocol[]>> = {
  tcp: ['tcp'],
  udp: ['udp'],
  '6': ['tcp'],
  '17': ['udp'],
  '': BOTH,
};

/** Sections that give nobody anything here, and why. */
const LEFT: Readonly<Record<string, string>> = {
  ssh: 'who may log in as whom is not a matter of this network: let sshd decide',
  nodeAttrs: 'they configure programs of the old system',
  autoApprovers: 'routes are the connectors of this repository',
  tests: 'write access tests in policies/tests/',
  postures: 'device attributes are in the client certificate: write `when.device`',
  ipsets: 'write each address',
};

/** Sections that are read, or that say who may give a machine its tag, which a certificate does here. */
const SECTIONS = ['groups', 'hosts', 'acls', 'grants', 'tagOwners', 'randomizeClientPort'];

/** Keys of an entry of each list that are read; a condition is told apart. */
const ENTRY = { acls: ['action', 'src', 'dst', 'proto'], grants: ['src', 'dst', 'ip'] } as const;

/** What has a name that nobody here knows: perhaps it gives or takes something. */
function unknownKeys(
  json: JsonFile,
  path: (string | number)[],
  value: Record<string, unknown>,
  known: readonly string[],
): Finding[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) =>
      json.finding([...path, key], `\`${key}\` is not known here`, 'look at what it gives or takes'),
    );
}

/** Reads a policy file of Tailscale. @throws Fault where it is no HuJSON */
export function fromTailscale(file: string, text: string): ImportDraft {
  const json = new JsonFile(file, text);
  const root = objectOf(json.value);
  const findings: Finding[] = Object.keys(LEFT)
    .filter((key) => root[key] !== undefined)
    .map((key) => json.finding([key], `\`${key}\` is not taken over`, LEFT[key]!));
  findings.push(...unknownKeys(json, [], root, [...Object.keys(LEFT), ...SECTIONS]));
  const rules = rulesOf(json, root, findings);
  const world = worldOf(root, rules);
  const ids = new Ids();
  const groups = groupsOf(json, world, ids, findings);
  const services = servicesOf(json, world, rules, ids, findings);
  const policies = rules.flatMap((rule, index) =>
    policiesOf(json, rule, index, { world, services, ids, findings }),
  );
  return {
    ...{ principals: world.principals, strangers: [], groups, policies, findings, prefixes: [] },
    lost: rules.flatMap((rule) => lostOf(rule, world)),
    portRanges: rules.flatMap(({ dst }) => dst.flatMap(({ ports }) => ports)),
    services: services.map(({ target: _, ...service }) => service),
    allows: (request) => isAllowed(root, world, services, request),
  };
}

/** What the file names. */
interface World {
  /** Members of each group in lower case, with those of groups inside. */
  groups: Map<string, string[]>;
  /** Members of each group who cannot be named here, as they stand in the file. */
  unnamed: Map<string, string[]>;
  hosts: Map<string, string>;
  principals: string[];
  tags: string[];
  /** Destinations that are one machine: a tag, or an address. */
  machines: Map<string, { name: string; address?: string }>;
}

/** A machine with a tag connects with a certificate of this name. */
const tagPrincipal = (tag: string): string => tag.replace(':', '-').toLowerCase();

function rulesOf(json: JsonFile, root: Record<string, unknown>, findings: Finding[]): TailscaleRule[] {
  if (root['acls'] === undefined && root['grants'] === undefined)
    return [
      { path: [], src: ['*'], dst: [{ target: '*', ports: ALL_PORTS }], protocols: BOTH, conditions: [] },
    ];
  const acls = objectsOf(root['acls']).map((acl, index) => aclOf(json, acl, index, findings));
  const grants = objectsOf(root['grants']).flatMap((grant, index) => grantOf(json, grant, index, findings));
  return [...acls, ...grants];
}

const CONDITIONS = ['srcPosture', 'via', 'app'];

function aclOf(
  json: JsonFile,
  acl: Record<string, unknown>,
  index: number,
  findings: Finding[],
): TailscaleRule {
  const path = ['acls', index];
  const protocols = PROTOCOLS[String(acl['proto'] ?? '')] ?? [];
  if (protocols.length === 0)
    findings.push(
      json.finding(
        [...path, 'proto'],
        `protocol ${String(acl['proto'])} is neither TCP nor UDP`,
        'nothing is taken over of it',
      ),
    );
  const dst = textsOf(acl['dst']).flatMap((one, at) => {
    const cut = one.lastIndexOf(':');
    const ports = portsIn(one.slice(cut + 1));
    if (!ports)
      findings.push(json.finding([...path, 'dst', at], `${one} has no ports`, 'write them after a colon'));
    return ports ? [{ target: one.slice(0, cut).replace(/^\[(.*)\]$/, '$1'), ports }] : [];
  });
  findings.push(...unknownKeys(json, path, acl, [...ENTRY.acls, ...CONDITIONS]));
  const accepts = acl['action'] === 'accept';
  if (!accepts) findings.push(json.finding(path, 'it accepts nothing', 'nothing is taken over of it'));
  return { path, src: accepts ? textsOf(acl['src']) : [], dst, protocols, conditions: conditionsOf(acl) };
}

function grantOf(
  json: JsonFile,
  grant: Record<string, unknown>,
  index: number,
  findings: Finding[],
): TailscaleRule[] {
  const path = ['grants', index];
  const targets = textsOf(grant['dst']);
  findings.push(...unknownKeys(json, path, grant, [...ENTRY.grants, ...CONDITIONS]));
  const common = { path, src: textsOf(grant['src']), conditions: conditionsOf(grant) };
  return textsOf(grant['ip']).map((text, at): TailscaleRule => {
    const [, name = '', rest = ''] = /^(?:([a-z0-9]+):)?(.+)$/.exec(text) ?? [];
    const [protocols, ports] = [PROTOCOLS[name], portsIn(rest)];
    if (!protocols || !ports)
      findings.push(
        json.finding([...path, 'ip', at], `${text} is neither TCP nor UDP`, 'nothing is taken over of it'),
      );
    const dst = targets.map((target) => ({ target, ports: ports ?? ALL_PORTS }));
    return { ...common, dst, protocols: protocols && ports ? protocols : [] };
  });
}

const conditionsOf = (rule: Record<string, unknown>): string[] =>
  CONDITIONS.filter((key) => rule[key] !== undefined);

function worldOf(root: Record<string, unknown>, rules: readonly TailscaleRule[]): World {
  const raw = new Map(
    Object.entries(objectOf(root['groups'])).map(([id, members]) => [id, textsOf(members)]),
  );
  const given = [...raw.keys()].map((id) => [id, membersOf(id, raw)] as const);
  const groups = new Map(given.map(([id, all]) => [id, all.flatMap((one) => principalOf(one) ?? [])]));
  const unnamed = new Map(
    given.map(([id, all]) => [id, all.filter((one) => principalOf(one) === undefined)] as const),
  );
  const hosts = new Map(
    Object.entries(objectOf(root['hosts'])).flatMap(([id, at]) =>
      typeof at === 'string' ? [[id, at] as const] : [],
    ),
  );
  const named = rules.flatMap(({ src }) => src);
  const tags = [...new Set(named.filter((one) => one.startsWith('tag:')))];
  const people = [...[...groups.values()].flat(), ...named].flatMap((one) =>
    one.includes('@') ? (principalOf(one) ?? []) : [],
  );
  const machines: World['machines'] = new Map();
  for (const { target } of rules.flatMap(({ dst }) => dst)) {
    const at = hosts.get(target) ?? target;
    if (target.startsWith('tag:')) machines.set(target, { name: target.slice(4) });
    else if (isOne(at))
      machines.set(addressOf(at), {
        name: hosts.has(target) ? target : `host-${at}`,
        address: addressOf(at),
      });
  }
  return {
    groups,
    unnamed,
    hosts,
    tags,
    machines,
    principals: [...new Set([...people, ...tags.map(tagPrincipal)])].sort(),
  };
}

/** Members of a group and of those inside it, as they stand in the file. */
function membersOf(id: string, raw: ReadonlyMap<string, string[]>, seen = new Set<string>()): string[] {
  if (seen.has(id)) return [];
  seen.add(id);
  return (raw.get(id) ?? []).flatMap((one) => (one.startsWith('group:') ? membersOf(one, raw, seen) : [one]));
}

const addressOf = (text: string): string => text.split('/')[0]!;

/** Whether a text is one address, perhaps as a prefix of full length. */
function isOne(text: string): boolean {
  const prefix = parsePrefix(text);
  if (!prefix) return false;
  return prefix.family === 4 ? prefix.end - prefix.begin === 1 : prefix.end - prefix.begin === 1n;
}

function groupsOf(json: JsonFile, { groups }: World, ids: Ids, findings: Finding[]): DraftGroup[] {
  return [...groups].map(([name, members]) => {
    const given = textsOf(objectOf(objectOf(json.value)['groups'])[name]);
    given.forEach((one, at) => {
      if (!one.startsWith('group:') && principalOf(one) === undefined)
        findings.push(
          json.finding(['groups', name, at], `${one} is no person that can be named`, 'name each of them'),
        );
    });
    return {
      id: ids.of(name, name.replace(/^group:/, '')),
      description: described(`${name} of Tailscale`),
      members: [...new Set(members)],
    };
  });
}

type TailscaleService = DraftService & { target: string };

/** A service for each machine and protocol that any rule opens, with all ports that are opened of it. */
function servicesOf(
  json: JsonFile,
  world: World,
  rules: readonly TailscaleRule[],
  ids: Ids,
  findings: Finding[],
): TailscaleService[] {
  for (const { path, dst } of rules)
    for (const { target } of dst)
      if (!isMachine(target, world))
        findings.push(json.finding([...path, 'dst'], notWhole(target, world), REGISTER));
  return [...world.machines].flatMap(([target, { name, address }]) =>
    BOTH.flatMap((protocol) => {
      const opened = rules.filter(({ protocols }) => protocols.includes(protocol)).flatMap(({ dst }) => dst);
      const ports = unionOf(
        opened.filter((one) => covered(one.target, world).includes(target)).flatMap((one) => one.ports),
      );
      if (ports.length === 0) return [];
      const id = ids.of(`${protocol} ${target}`, protocol === 'tcp' ? name : `${name}-udp`);
      const description = described(`${target} of Tailscale`);
      return [
        { id, description, protocol, ports, target, ...(address !== undefined && { backend: address }) },
      ];
    }),
  );
}

const REGISTER = 'register what is behind it as services';

/** Whether a destination is one machine: all of it is taken over. */
const isMachine = (target: string, { machines, hosts }: World): boolean =>
  machines.has(target) || isOne(hosts.get(target) ?? target);

/** Why less than a destination is taken over. */
function notWhole(target: string, world: World): string {
  const network = parsePrefix(world.hosts.get(target) ?? target);
  if (target !== '*' && !network) return `${target} is no machine that can be named`;
  const named = covered(target, world).length;
  const taken = named === 0 ? 'none' : `only ${named} named ${named === 1 ? 'machine' : 'machines'}`;
  return `${target} is more than one machine: ${taken} of it ${named > 1 ? 'are' : 'is'} taken over`;
}

/** What a rule gives beyond machines and people that can be named. */
function lostOf({ src, dst, protocols, conditions }: TailscaleRule, world: World): LostAccess[] {
  const strangers = conditions.length > 0 ? [] : strangersOf(src, world);
  return dst.flatMap(({ target, ports }) => {
    const whole = protocols.length > 0 && isMachine(target, world);
    const who = whole ? strangers : src.slice(0, 1).map(() => src.join(', '));
    return who.map((one): LostAccess => ({ who: one, target, ports: portsText(ports) }));
  });
}

/** Whom sources of a rule mean beside those who can be named. */
function strangersOf(src: readonly string[], world: World): string[] {
  if (src.includes('*')) return [];
  return src.flatMap((one) => {
    if (world.groups.has(one)) return world.unnamed.get(one)!.map((member) => strangerOf(`\`${member}\``));
    return isNamed(one) ? [] : [strangerOf(`\`${one}\``)];
  });
}

/** Whether a source, no group of the file, can be said here. */
const isNamed = (one: string): boolean =>
  one.startsWith('tag:') ||
  one === 'autogroup:member' ||
  (one.includes('@') && principalOf(one) !== undefined);

/** The machines that a destination of a rule is about. */
function covered(target: string, { machines, hosts }: World): string[] {
  if (target === '*') return [...machines.keys()];
  if (machines.has(target)) return [target];
  const network = parsePrefix(hosts.get(target) ?? target);
  if (!network) return [];
  return [...machines].flatMap(([key, { address }]) => {
    const at = address === undefined ? undefined : parseAddress(address);
    return at && at.family === network.family && at.value >= network.begin && at.value < network.end
      ? [key]
      : [];
  });
}

interface Material {
  world: World;
  services: readonly TailscaleService[];
  ids: Ids;
  findings: Finding[];
}

function policiesOf(
  json: JsonFile,
  rule: TailscaleRule,
  index: number,
  material: Material,
): ImportDraft['policies'] {
  const { world, services, ids, findings } = material;
  if (rule.conditions.length > 0) {
    findings.push(
      json.finding(
        rule.path,
        `\`${rule.conditions.join('`, `')}\` cannot be asked for here: nothing of this rule is taken over`,
        'write a policy with `when`',
      ),
    );
    return [];
  }
  const who = whoOf(json, rule, material);
  return who.flatMap((one) =>
    rule.dst.flatMap(({ target, ports }) => {
      const about = services.filter(
        (service) =>
          rule.protocols.includes(service.protocol) && covered(target, world).includes(service.target),
      );
      if (about.length === 0) return [];
      const whole = about.every((service) => JSON.stringify(service.ports) === JSON.stringify(ports));
      const what = {
        services: about.map(({ id }) => id) as [string, ...string[]],
        ...(!whole && { ports: portsText(ports) as [number, ...number[]] }),
      };
      const id = ids.of(
        `policy ${index} ${JSON.stringify([one, target, ports])}`,
        `ts-${rule.path.join('-')}-${target}`,
      );
      return [
        {
          id,
          description: described(`${rule.src.join(', ')} to ${target}`),
          effect: 'allow' as const,
          who: one,
          what,
        },
      ];
    }),
  );
}

/** Whom a rule is about, in one or two parts: everybody who is a person cannot stand beside named machines. */
function whoOf(json: JsonFile, { path, src }: TailscaleRule, { world, ids, findings }: Material): Who[] {
  if (src.includes('*')) return [{ all: true }];
  const groups = src.filter((one) => world.groups.get(one)?.length).map((one) => ids.of(one));
  const principals: string[] = [];
  src.forEach((one, at) => {
    const person = one.includes('@') ? principalOf(one) : undefined;
    if (one.startsWith('tag:')) principals.push(tagPrincipal(one));
    else if (person !== undefined) principals.push(person);
    else if (!world.groups.has(one) && !isNamed(one))
      findings.push(
        json.finding(
          [...path, 'src', at],
          `${one} is no person, machine or group that can be named`,
          'name whom it means',
        ),
      );
  });
  const named: Who = {
    ...(groups.length > 0 && { groups: groups as [string, ...string[]] }),
    ...(principals.length > 0 && { principals: [...new Set(principals)] as [string, ...string[]] }),
  };
  const machines = world.tags.map(tagPrincipal) as [string, ...string[]];
  const people: Who[] = src.includes('autogroup:member')
    ? [{ all: true, ...(machines.length > 0 && { except: { principals: machines } }) }]
    : [];
  return Object.keys(named).length > 0 ? [...people, named] : people;
}

/** The old system's answer, from the file alone. */
function isAllowed(
  root: Record<string, unknown>,
  world: World,
  services: readonly TailscaleService[],
  { principal, service, port }: OldRequest,
): boolean {
  const asked = services.find(({ id }) => id === service);
  if (!asked) return false;
  if (root['acls'] === undefined && root['grants'] === undefined) return true;
  const isTag = world.tags.some((tag) => tagPrincipal(tag) === principal);
  const isSource = (one: string): boolean =>
    one === '*' ||
    (one === 'autogroup:member' && !isTag) ||
    (one.startsWith('tag:') && tagPrincipal(one) === principal) ||
    one.toLowerCase() === principal ||
    (world.groups.get(one) ?? []).some((member) => member === principal);
  const machine = world.machines.get(asked.target)!;
  const isTarget = (one: string): boolean => {
    const at = world.hosts.get(one) ?? one;
    if (one === '*' || one === asked.target || at === machine.address) return true;
    const [network, address] = [
      parsePrefix(at),
      machine.address === undefined ? undefined : parseAddress(machine.address),
    ];
    return (
      !!network &&
      !!address &&
      network.family === address.family &&
      address.value >= network.begin &&
      address.value < network.end
    );
  };
  const isPort = (text: string): boolean =>
    (portsIn(text) ?? []).some(([first, last]) => first <= port && port <= last);
  const byAcl = objectsOf(root['acls']).some(
    ({ action, proto, src, dst }) =>
      action === 'accept' &&
      (PROTOCOLS[String(proto ?? '')] ?? []).includes(asked.protocol) &&
      textsOf(src).some(isSource) &&
      textsOf(dst).some(
        (one) =>
          isPort(one.slice(one.lastIndexOf(':') + 1)) &&
          isTarget(one.slice(0, one.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1')),
      ),
  );
  const byGrant = objectsOf(root['grants']).some(
    ({ src, dst, ip }) =>
      textsOf(src).some(isSource) &&
      textsOf(dst).some(isTarget) &&
      textsOf(ip).some((text) => {
        const [, name = '', rest = ''] = /^(?:([a-z0-9]+):)?(.+)$/.exec(text) ?? [];
        return (PROTOCOLS[name] ?? []).includes(asked.protocol) && isPort(rest);
      }),
  );
  return byAcl || byGrant;
}
