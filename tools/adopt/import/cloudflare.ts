import { Fault } from '../../contract/fault.ts';
import type { Finding } from '../../finding/finding.ts';
import { isAllowed } from './cloudflare/answers.ts';
import { appsOf } from './cloudflare/apps.ts';
import { groupsOf, policiesOf, usedOf } from './cloudflare/policies.ts';
import { strangersIn } from './cloudflare/somebody.ts';
import { prefixesIn, worldOf } from './cloudflare/world.ts';
import { Ids, type ImportDraft } from './draft.ts';
import { JsonFile, objectOf } from './json.ts';

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
