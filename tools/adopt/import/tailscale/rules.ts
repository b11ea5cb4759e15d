import type { Finding } from '../../../finding/finding.ts';
import { portsIn } from '../draft.ts';
import { JsonFile, objectsOf, textsOf } from '../json.ts';

/**
 * Tailscale's policy file (https://tailscale.com/docs/reference/syntax/policy-file, read 2026): nothing is allowed but
 * what an entry of `acls` or `grants` accepts; without either section everything is. `*` is every device, a tag a machine,
 * `autogroup:member` every person. A destination is a tag, an address, or a name of `hosts`, with ports.
 */
export interface TailscaleRule {
  path: (string | number)[];
  src: string[];
  dst: { target: string; ports: [number, number][] }[];
  protocols: ('tcp' | 'udp')[];
  /** Conditions that nothing here can ask for. */
  conditions: string[];
}

type Protocol = 'tcp' | 'udp';

const ALL_PORTS: [number, number][] = [[1, 65535]];

export const BOTH: Protocol[] = ['tcp', 'udp'];

export const PROTOCOLS: Readonly<Record<string, Protocol[]>> = {
  tcp: ['tcp'],
  udp: ['udp'],
  '6': ['tcp'],
  '17': ['udp'],
  '': BOTH,
};

/** Sections that give nobody anything here, and why. */
export const LEFT: Readonly<Record<string, string>> = {
  ssh: 'who may log in as whom is not a matter of this network: let sshd decide',
  nodeAttrs: 'they configure programs of the old system',
  autoApprovers: 'routes are the connectors of this repository',
  tests: 'write access tests in policies/tests/',
  postures: 'device attributes are in the client certificate: write `when.device`',
  ipsets: 'write each address',
};

/** Sections that are read, or that say who may give a machine its tag, which a certificate does here. */
export const SECTIONS = ['groups', 'hosts', 'acls', 'grants', 'tagOwners', 'randomizeClientPort'];

/** Keys of an entry of each list that are read; a condition is told apart. */
const ENTRY = { acls: ['action', 'src', 'dst', 'proto'], grants: ['src', 'dst', 'ip'] } as const;

/** What has a name that nobody here knows: perhaps it gives or takes something. */
export function unknownKeys(
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

export function rulesOf(json: JsonFile, root: Record<string, unknown>, findings: Finding[]): TailscaleRule[] {
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
