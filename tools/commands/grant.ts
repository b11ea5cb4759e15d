import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { instantText } from '../access/values/time-zone.ts';
import { difference } from '../access/difference.ts';
import type { DeviceCondition, EnvironmentDifference, Policy } from '../contract/shapes.ts';
import { count, line } from '../finding/finding.ts';
import { bodyOf } from '../github/propose/body.ts';
import type { Proposal } from '../github/propose.ts';
import { loadSources } from '../load/load.ts';
import { differenceText } from '../output/difference.ts';
import { durationOption } from './shared/values.ts';
import { checkLoad } from '../check/check-load.ts';
import { type Command, Refusal } from './shared/command.ts';
import { environmentOf } from './shared/environment.ts';
import { loadOrRefuse } from './shared/load.ts';
import { openPull, REPOSITORY } from './shared/github.ts';
import { workingTree } from '../load/sources.ts';

/** Gives one person one service for a while, as a policy file that expires by itself. */
export const grant: Command = {
  name: 'grant',
  summary: 'Write a policy that gives a person a service for a while, and show what it changes or propose it',
  arguments: [
    { name: '<principal>', description: 'who, such as alice@example.com' },
    { name: '<service>', description: 'which service' },
  ],
  options: [
    { flags: '--for <time>', description: 'for how long: 90m, 4h or 3d', required: true },
    { flags: '--env <id>', description: 'where; repeat it for several', many: true, required: true },
    { flags: '--ticket <id>', description: 'the ticket in which it was asked for' },
    { flags: '--from <prefix>', description: 'only from there; repeat it for several', many: true },
    { flags: '--device <name=value>', description: 'only with such a device; repeat it', many: true },
    { flags: '--execute', description: 'open a pull request with the file, instead of writing it here' },
    REPOSITORY,
  ],
  examples: [
    'npm run grant -- alice@example.com payments --for 4h --ticket SEC-9 --env prod',
    'npm run grant -- alice@example.com payments --for 4h --ticket SEC-9 --env prod --execute',
  ],
  async run({ arguments: [principal, service], options }, context) {
    const before = (await loadOrRefuse(context)).repository;
    const known = before.services.get(service!);
    if (!known)
      throw new Refusal(
        `there is no service ${service}`,
        `use one of: ${[...before.services.keys()].join(', ')}`,
      );
    const environments = [options['env']].flat() as string[];
    environments.forEach((id) => environmentOf(before, id));
    const at = context.now().getTime();
    const policy = policyOf(principal!, service!, known.value.owner, environments, options, at);
    const path = `policies/access/${policy.id}.yaml`;
    if (existsSync(join(context.root, path)))
      throw new Refusal(`${path} exists`, 'edit it, or try again in a minute');
    const text = `# yaml-language-server: $schema=../../schemas/policy.schema.json\n${stringify(policy)}`;
    const loaded = loadSources([...(await workingTree(context.root)), { path, bytes: Buffer.from(text) }]);
    const own = checkLoad(loaded, at).findings.filter(({ file }) => file === path);
    own.forEach((finding) => context.err(`${line(finding)}\n`));
    if (count(own).errors > 0)
      throw new Refusal('such a grant is not allowed here', 'fix what is said above', 1);
    const changes = difference(before, loaded.repository, { at }).filter(({ environment }) =>
      environments.includes(environment),
    );
    if (options['execute'] !== true) {
      writeFileSync(join(context.root, path), text, { flag: 'wx' });
      context.out(`wrote ${path}; it ends by itself at ${policy.when!.expires}\n`);
    }
    context.out(differenceText({ environments: changes }));
    if (changes.every(({ gains }) => gains.length === 0))
      context.out(
        `nobody gains anything: a deny forbids it, or it was allowed before; npm run explain says which\n`,
      );
    if (options['execute'] === true)
      await openPull(options, context, proposalOf(policy, path, text, changes));
    return 0;
  },
};

/** The pull request that adds one grant. */
function proposalOf(
  { id, description, ticket, when }: Policy,
  path: string,
  text: string,
  difference: readonly EnvironmentDifference[],
): Omit<Proposal, 'base'> {
  const why = ticket === undefined ? '' : ` (${ticket})`;
  return {
    branch: `ztna/${id}`,
    title: `${description}${why}`,
    body: bodyOf({ says: [`${description}${why}.`, `It ends by itself at ${when!.expires}.`], difference }),
    files: new Map([[path, { text }]]),
  };
}

/** `os=macos` and `managed=true`, each perhaps several times, as a condition; the schema says what is allowed. */
function deviceOf(stated: readonly string[]): DeviceCondition | undefined {
  const condition: Record<string, unknown> = {};
  for (const text of stated) {
    const [name = '', value = ''] = text.split('=');
    if (name === 'os') condition[name] = [...((condition[name] as string[]) ?? []), value];
    else condition[name] = value === 'true' ? true : value === 'false' ? false : value;
  }
  return stated.length > 0 ? (condition as DeviceCondition) : undefined;
}

function policyOf(
  principal: string,
  service: string,
  owner: string,
  environments: string[],
  options: Record<string, unknown>,
  at: number,
): Policy {
  const start = instantText(Math.floor(at / 60_000) * 60_000);
  const expires = instantText(Math.floor(at / 60_000) * 60_000 + durationOption(options['for']));
  const name = principal
    .toLowerCase()
    .split('@')[0]!
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 20);
  const from = [options['from'] ?? []].flat() as string[];
  const device = deviceOf([options['device'] ?? []].flat() as string[]);
  return {
    id: `grant-${name}-${service.slice(0, 16)}-${start.replace(/[^0-9]/g, '').slice(0, 12)}`,
    description: `${principal} reaches ${service} for ${String(options['for'])}`,
    owner,
    effect: 'allow',
    who: { principals: [principal] },
    what: { services: [service] },
    when: {
      ...(from.length > 0 && { from: from as [string, ...string[]] }),
      ...(device && { device }),
      start,
      expires,
    },
    environments: environments as [string, ...string[]],
    ...(options['ticket'] !== undefined && { ticket: String(options['ticket']) }),
  };
}
