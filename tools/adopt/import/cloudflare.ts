import { type Address, parsePrefix } from '../../contract/values/address.ts';
import type { Who } from '../../contract/shapes.ts';
import { Fault } from '../../contract/fault.ts';
import type { Finding } from '../../finding/finding.ts';
import {
  described,
  type ImportDraft,
  type DraftGroup,
  type DraftService,
  Ids,
  isStranger,
  type OldRequest,
  principalOf,
  strangerOf,
} from './draft.ts';
import { JsonFile, objectOf, objectsOf } from './json.ts';

/**
 * Cloudflare Access as its API gives it: `{ "apps": [...], "groups": [...], "policies": [...] }`, each a `result` of the API
 * (https://developers.cloudflare.com/cloudflare-one/access-controls/policies/, read 2026). A person matches a policy who is
 * of any `include`, of every `require` and of no `exclude`. Policies of an application are tried in order, those that
 * bypass or take a service's token before all others; the first that matches decides, and nothing is allowed by default.
 */
type Json = Record<string, unknown>;
type Path = (string | number)[];

interface Rules {
  include: Json[];
  require: Json[];
  exclude: Json[];
}

interface AccessPolicy extends Rules {
  path: Path;
  name: string;
  decision: string;
}

interface AccessApp {
  path: Path;
  service: DraftService;
  policies: AccessPolicy[];
}

/** Ports of the kinds of application that are behind this network. */
const PORTS: Readonly<Record<string, number>> = { self_hosted: 443, ssh: 22, vnc: 5900, rdp: 3389 };

/** What lets in, and what is tried before all others. */
const ALLOWS = ['allow', 'bypass', 'non_identity'];
const FIRST = ['bypass', 'non_identity'];

/** Reads applications, policies and groups of Cloudflare Access. @throws Fault where it is no JSON */
export function fromCloudflare(file: string, text: string): ImportDraft {
  const json = new JsonFile(file, text);
  if (!Array.isArray(objectOf(json.value)['apps']))
    throw new Fault(
      `${file} has no list \`apps\``,
      'put each `result` of the API in one object: { "apps": [...], "groups": [...], "policies": [...] }',
      { status: 1 },
    );
  const findings: Finding[] = [];
  const ids = new Ids();
  const world = worldOf(objectOf(json.value));
  const apps = appsOf(json, ids, findings);
  const groups = groupsOf(world, apps, ids);
  const policies = apps.flatMap((app) => policiesOf(json, app, { world, groups, ids, findings }));
  return {
    ...{ principals: world.principals, groups: usedOf(groups, policies), policies, findings },
    services: apps.map(({ service }) => service),
    strangers: strangersIn(apps, world.groups),
    lost: [],
    portRanges: [],
    prefixes: [...new Set(prefixesIn(json.value))],
    allows: (request) => isAllowed(json.value, apps, request),
  };
}

interface World {
  groups: Map<string, Rules>;
  principals: string[];
}

const rulesOf = (value: Json): Rules => ({
  include: objectsOf(value['include']),
  require: objectsOf(value['require']),
  exclude: objectsOf(value['exclude']),
});

function worldOf(root: Json): World {
  const groups = new Map(objectsOf(root['groups']).map((one) => [String(one['id']), rulesOf(one)]));
  return { groups, principals: [...new Set(namesIn(root))].sort() };
}

/** Everybody and every machine that any rule names, wherever it is. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  const named = Object.entries(value as Json).flatMap(([kind, of]) => principalIn(kind, objectOf(of)) ?? []);
  return [...named, ...Object.values(value).flatMap(namesIn)];
}

function prefixesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(prefixesIn);
  if (typeof value !== 'object' || value === null) return [];
  const ip = objectOf((value as Json)['ip'])['ip'];
  return [...(typeof ip === 'string' ? [ip] : []), ...Object.values(value).flatMap(prefixesIn)];
}

/** The principal that a rule of a kind names. */
function principalIn(kind: string, of: Json): string | undefined {
  if (kind === 'email' && typeof of['email'] === 'string') return principalOf(of['email']);
  if (kind === 'service_token' && typeof of['token_id'] === 'string')
    return principalOf(`token-${of['token_id']}`);
  if (kind === 'common_name' && typeof of['common_name'] === 'string') return principalOf(of['common_name']);
  return undefined;
}

function appsOf(json: JsonFile, ids: Ids, findings: Finding[]): AccessApp[] {
  const root = objectOf(json.value);
  const shared = new Map(
    objectsOf(root['policies']).map((one, at) => [String(one['id']), { one, path: ['policies', at] }]),
  );
  return objectsOf(root['apps']).flatMap((app, index): AccessApp[] => {
    const path = ['apps', index];
    const type = String(app['type'] ?? 'self_hosted');
    const port = PORTS[type];
    const [host = '', ...rest] = String(app['domain'] ?? '').split('/');
    if (port === undefined) {
      findings.push(
        json.finding(
          [...path, 'type'],
          `an application of type ${type} is no service of a network`,
          'leave it where it is',
        ),
      );
      return [];
    }
    if (rest.join('/') !== '') {
      // Taken over, it would be let into all of the host.
      findings.push(
        json.finding(
          [...path, 'domain'],
          `only a part of ${host} is this application, and here all of a port is one service`,
          'nothing of it is taken over: keep paths apart in the application',
        ),
      );
      return [];
    }
    const name = String(app['name'] ?? host);
    const id = ids.of(`app ${index}`, name);
    const service: DraftService = {
      id,
      description: described(`${name} of Cloudflare Access`),
      protocol: 'tcp',
      ports: [[port, port]],
      ...(host && { backend: host }),
    };
    const policies = (Array.isArray(app['policies']) ? app['policies'] : []).flatMap(
      (given, at): AccessPolicy[] => {
        const own = [...path, 'policies', at];
        const known =
          typeof given === 'string' ? shared.get(given) : shared.get(String(objectOf(given)['id']));
        const value = known && objectOf(given)['include'] === undefined ? known.one : objectOf(given);
        return [
          {
            ...rulesOf(value),
            path: own,
            name: String(value['name'] ?? at),
            decision: String(value['decision'] ?? ''),
          },
        ];
      },
    );
    return [{ path, service, policies: inOrder(policies) }];
  });
}

/** Those that are tried before the others come first. */
const inOrder = (policies: readonly AccessPolicy[]): AccessPolicy[] => [
  ...policies.filter(({ decision }) => FIRST.includes(decision)),
  ...policies.filter(({ decision }) => !FIRST.includes(decision)),
];

/** Somebody whom a rule is asked about: a principal of the files, a person whom they do not name, or a stranger. */
type Somebody = string | undefined;

/** Kinds of rule that are about principals of the files, and also about others whom no file names. */
const PARTIAL = ['email_domain', 'any_valid_service_token'];

/** Whoever matches a rule that nothing here can ask for: its kind, and what it asks. */
function strangerIn(rule: Json): string {
  const [kind = '', value] = Object.entries(rule)[0] ?? [];
  const asked = Object.values(objectOf(value)).filter((one) => typeof one === 'string');
  return strangerOf(`\`${kind}\`${asked.length > 0 ? ` (${asked.join(', ')})` : ''}`);
}

/** A stranger for each rule of any policy, and of groups in it, that nothing here can ask of whoever no file names. */
function strangersIn(apps: readonly AccessApp[], groups: World['groups']): string[] {
  const rules = (list: Rules): Json[] => [...list.include, ...list.require, ...list.exclude];
  const all = [...apps.flatMap(({ policies }) => policies), ...groups.values()].flatMap(rules);
  const known = (rule: Json) => groups.has(String(objectOf(rule['group'])['id']));
  const unknown = all.filter(
    (rule) => ipOf(rule) === undefined && !known(rule) && isAbout(rule, undefined, groups) === 'unknown',
  );
  return [...new Set(unknown.map(strangerIn))].sort();
}

/** Whether a rule is about somebody; `unknown` where nothing here can tell. Source addresses are left to `ipOf`. */
function isAbout(rule: Json, one: Somebody, groups: World['groups'], depth = 0): boolean | 'unknown' {
  const [kind = '', value] = Object.entries(rule)[0] ?? [];
  const of = objectOf(value);
  if (kind === 'everyone' || kind === 'certificate') return true;
  const named = principalIn(kind, of);
  if (named !== undefined) return named === one;
  if (PARTIAL.includes(kind) && (one === undefined || isStranger(one))) return 'unknown';
  if (kind === 'email_domain') return one!.endsWith(`@${String(of['domain']).toLowerCase()}`);
  if (kind === 'any_valid_service_token') return one!.startsWith('token-');
  if (kind !== 'group' || depth > 8) return 'unknown';
  const group = groups.get(String(of['id']));
  if (!group) return 'unknown';
  const all = (rules: readonly Json[]) => rules.map((inner) => isAbout(inner, one, groups, depth + 1));
  const [include, require, exclude] = [all(group.include), all(group.require), all(group.exclude)];
  if (exclude.includes(true) || require.includes(false) || include.every((some) => some === false))
    return false;
  return include.includes(true) && ![...require, ...exclude].includes('unknown') ? true : 'unknown';
}

const ipOf = (rule: Json): string | undefined => {
  const ip = objectOf(rule['ip'])['ip'];
  return typeof ip === 'string' && parsePrefix(ip) ? ip : undefined;
};

/** A group of people for every group and every domain that rules name, to be used where a policy is about just them. */
function groupsOf({ groups, principals }: World, apps: readonly AccessApp[], ids: Ids): DraftGroup[] {
  const named = [...groups.keys()].map((id) => ({ rule: { group: { id } } as Json, name: `group-${id}` }));
  const rules = apps.flatMap(({ policies }) => policies.flatMap(({ include }) => include));
  const domains = [
    ...new Set(rules.flatMap((rule) => String(objectOf(rule['email_domain'])['domain'] ?? '') || [])),
  ];
  const wanted = [
    ...named,
    ...domains.map((domain) => ({ rule: { email_domain: { domain } } as Json, name: domain })),
  ];
  return wanted.flatMap(({ rule, name }) => {
    if (isAbout(rule, undefined, groups) === true) return [];
    const members = principals.filter((one) => isAbout(rule, one, groups) === true);
    return members.length === 0
      ? []
      : [
          {
            id: ids.of(`group ${name}`, name),
            description: described(`${name} of Cloudflare Access`),
            members,
          },
        ];
  });
}

/** The groups that policies name. */
const usedOf = (groups: readonly DraftGroup[], policies: ImportDraft['policies']): DraftGroup[] =>
  groups.filter(({ id }) => policies.some(({ who }) => who.groups?.includes(id)));

interface Material {
  world: World;
  groups: readonly DraftGroup[];
  ids: Ids;
  findings: Finding[];
}

/**
 * Policies of an application. Here a deny wins over every allow, whatever the order, so that a block leaves out whom an
 * earlier policy of the old system lets in.
 */
function policiesOf(
  json: JsonFile,
  { service, policies }: AccessApp,
  material: Material,
): ImportDraft['policies'] {
  const before = new Set<Somebody>();
  return policies.flatMap((policy, index) => {
    const effect = ALLOWS.includes(policy.decision) ? ('allow' as const) : ('deny' as const);
    if (policy.decision === 'bypass')
      material.findings.push(
        json.finding(
          policy.path,
          `${policy.name} lets in whoever has no certificate`,
          'here each needs one, or an environment that allows clients without',
        ),
      );
    const parts = partsOf(json, policy, effect, material);
    return parts.flatMap(({ people, from }, part) => {
      const about = effect === 'deny' ? people.filter((one) => !before.has(one)) : people;
      if (effect === 'allow' && from.length === 0) people.forEach((one) => before.add(one));
      const who = whoOf(about, material);
      if (!who) return [];
      const id = material.ids.of(`policy ${service.id} ${index} ${part}`, `cf-${service.id}-${policy.name}`);
      const when = from.length > 0 ? { when: { from: from as [string, ...string[]] } } : {};
      return [
        {
          id,
          description: described(`${policy.name} of Cloudflare Access`),
          effect,
          who,
          what: { services: [service.id] as [string] },
          ...when,
        },
      ];
    });
  });
}

/** People that a policy is about, and from where. */
interface Part {
  people: Somebody[];
  from: string[];
}

type Answer = ReturnType<typeof isAbout>;
const isSurely = (answer: Answer): boolean => answer === true;
const isPerhaps = (answer: Answer): boolean => answer !== false;
const isSurelyNot = (answer: Answer): boolean => answer === false;
const isPerhapsNot = (answer: Answer): boolean => answer !== true;

/** What a policy is about, in parts that can be said: people from anywhere, and everybody from a network. */
function partsOf(
  json: JsonFile,
  { path, include, require, exclude }: AccessPolicy,
  effect: 'allow' | 'deny',
  { world, findings }: Material,
): Part[] {
  const all: Somebody[] = [...world.principals, undefined];
  const about = (rule: Json, one: Somebody) => isAbout(rule, one, world.groups);
  const isUnsaid = (section: string, rule: Json): boolean =>
    ipOf(rule) !== undefined ? section === 'exclude' : all.some((one) => about(rule, one) === 'unknown');
  const say = (section: string, rules: readonly Json[], remedy: string): void =>
    rules.forEach((rule, at) => {
      const message = `\`${Object.keys(rule).join()}\` cannot be asked for here`;
      if (isUnsaid(section, rule)) findings.push(json.finding([...path, section, at], message, remedy));
    });
  const allows = effect === 'allow';
  say(
    'include',
    include,
    `name whom it means; ${allows ? 'they are left out' : 'until then everybody else is blocked'}`,
  );
  const lost = 'whom it concerns is left out: write a policy with `when`';
  const kept = 'it is left out, and the block is taken over without it';
  say('require', require, allows ? lost : kept);
  say('exclude', exclude, allows ? lost : kept);
  if (allows && exclude.some((rule) => ipOf(rule) !== undefined)) return [];
  const [required, excluded] = [require, exclude].map((rules) =>
    rules.filter((rule) => ipOf(rule) === undefined),
  );
  // What nobody can tell never gives: an allow is about whom it is surely about, a block about whom it may be about.
  const [is, isNot]: [typeof isSurely, typeof isSurely] = allows
    ? [isSurely, isSurelyNot]
    : [isPerhaps, isPerhapsNot];
  const people = (rules: readonly Json[] | 'everybody'): Somebody[] =>
    all.filter(
      (one) =>
        (rules === 'everybody' || rules.some((rule) => is(about(rule, one)))) &&
        required!.every((rule) => is(about(rule, one))) &&
        excluded!.every((rule) => isNot(about(rule, one))),
    );
  const from = require.flatMap((rule) => ipOf(rule) ?? []);
  if (from.length > 1) {
    findings.push(
      json.finding(
        [...path, 'require'],
        'two networks at once cannot be asked for',
        'nothing of this policy is taken over: name the smaller one',
      ),
    );
    return [];
  }
  const networks = include.flatMap((rule) => ipOf(rule) ?? []);
  const named = include.filter((rule) => ipOf(rule) === undefined);
  if (networks.length > 0 && from.length > 0)
    findings.push(
      json.finding(
        [...path, 'include'],
        'a network beside a required one cannot be asked for',
        'it is left out',
      ),
    );
  return [
    { people: people(named), from },
    ...(networks.length > 0 && from.length === 0 ? [{ people: people('everybody'), from: networks }] : []),
  ];
}

/** People as a policy names them: a group where it has just them; undefined where there is nobody. */
function whoOf(people: readonly Somebody[], { world, groups }: Material): Who | undefined {
  const named = people.filter((one) => one !== undefined);
  if (named.length < people.length) {
    const rest = world.principals.filter((one) => !named.includes(one));
    return { all: true, ...(rest.length > 0 && { except: { principals: rest as [string, ...string[]] } }) };
  }
  const group = groups.find(
    ({ members }) => members.length === named.length && members.every((one) => named.includes(one)),
  );
  if (group) return { groups: [group.id] };
  return named.length > 0 ? { principals: named as [string, ...string[]] } : undefined;
}

/** The old system's answer: the first policy that matches decides. */
function isAllowed(
  value: unknown,
  apps: readonly AccessApp[],
  { principal, service, source }: OldRequest,
): boolean {
  const groups = new Map(
    objectsOf(objectOf(value)['groups']).map((one) => [String(one['id']), rulesOf(one)]),
  );
  const matches = (rules: Rules, allows: boolean, depth = 0): boolean => {
    // What nothing here can ask for is so of its own stranger; of others whatever keeps the most access.
    const is = (rule: Json, unknown: boolean): boolean => {
      const ip = ipOf(rule);
      if (ip !== undefined) return isInside(ip, source);
      const inner = groups.get(String(objectOf(rule['group'])['id']));
      if (inner && depth < 8) return matches(inner, allows, depth + 1);
      const about = isAbout(rule, principal, groups);
      if (about !== 'unknown') return about;
      if (principal === undefined && PARTIAL.some((kind) => rule[kind] !== undefined)) return false;
      return strangerIn(rule) === principal || unknown;
    };
    const { include, require, exclude } = rules;
    return (
      include.some((rule) => is(rule, false)) &&
      require.every((rule) => is(rule, allows)) &&
      !exclude.some((rule) => is(rule, false))
    );
  };
  const policies = apps.find((app) => app.service.id === service)?.policies ?? [];
  const isAllow = ({ decision }: AccessPolicy): boolean => ALLOWS.includes(decision);
  const deciding = policies.find((policy) => matches(policy, isAllow(policy)));
  return deciding !== undefined && isAllow(deciding);
}

function isInside(text: string, source: Address | undefined): boolean {
  const prefix = parsePrefix(text);
  return (
    !!prefix &&
    !!source &&
    prefix.family === source.family &&
    source.value >= prefix.begin &&
    source.value < prefix.end
  );
}
