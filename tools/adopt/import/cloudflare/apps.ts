import { parsePrefix } from '../../../contract/values/address.ts';
import type { Finding } from '../../../finding/finding.ts';
import { type DraftService, Ids, described } from '../draft.ts';
import { JsonFile, objectOf, objectsOf } from '../json.ts';

/**
 * Cloudflare Access as its API gives it: `{ "apps": [...], "groups": [...], "policies": [...] }`, each a `result` of the API
 * (https://developers.cloudflare.com/cloudflare-one/access-controls/policies/, read 2026). A person matches a policy who is
 * of any `include`, of every `require` and of no `exclude`. Policies of an application are tried in order, those that
 * bypass or take a service's token before all others; the first that matches decides, and nothing is allowed by default.
 */
export type JsonObject = Record<string, unknown>;

type Path = (string | number)[];

export interface Rules {
  include: JsonObject[];
  require: JsonObject[];
  exclude: JsonObject[];
}

export interface AccessPolicy extends Rules {
  path: Path;
  name: string;
  decision: string;
}

export interface AccessApp {
  path: Path;
  service: DraftService;
  policies: AccessPolicy[];
}

/** Ports of the kinds of application that are behind this network. */
const PORTS: Readonly<Record<string, number>> = { self_hosted: 443, ssh: 22, vnc: 5900, rdp: 3389 };

/** What lets in, and what is tried before all others. */
export const ALLOWS = ['allow', 'bypass', 'non_identity'];

const FIRST = ['bypass', 'non_identity'];

export const rulesOf = (value: JsonObject): Rules => ({
  include: objectsOf(value['include']),
  require: objectsOf(value['require']),
  exclude: objectsOf(value['exclude']),
});

export function appsOf(json: JsonFile, ids: Ids, findings: Finding[]): AccessApp[] {
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

export const ipOf = (rule: JsonObject): string | undefined => {
  const ip = objectOf(rule['ip'])['ip'];
  return typeof ip === 'string' && parsePrefix(ip) ? ip : undefined;
};
