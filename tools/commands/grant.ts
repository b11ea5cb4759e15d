import { textLine } from '../contract/terminal-text.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { line } from '../finding/finding.ts';
import { loadValid } from '../load/load.ts';
import { principalNamed } from './shared/names.ts';
import { workingTree } from '../load/sources.ts';
import { differenceText } from '../output/difference.ts';
import { grantProposal, planGrant } from '../propose/grant.ts';
import { command } from './shared/command.ts';
import { openPull, REPOSITORY } from './shared/github.ts';

/** Gives one person one service for a while, as a policy file that expires by itself. */
export const grant = command({
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
    'npx ztna grant alice@example.com payments --for 4h --ticket SEC-9 --env prod',
    'npx ztna grant alice@example.com payments --for 4h --ticket SEC-9 --env prod --execute',
  ],
  async run({ arguments: [principal, service], options }, context) {
    const { root, out, err } = context;
    const { env: environments, for: time, ticket, from = [], device = [], execute, repository } = options;
    const before = (await loadValid(root)).repository;
    principalNamed(before, principal);
    const request = { principal, service, environments, time, ticket, from, device };
    const planned = planGrant(before, await workingTree(root), request, context.now().getTime());
    const { policy, path, text, findings, difference } = planned;
    findings.forEach((finding) => err(textLine(`${line(finding)}`)));
    if (!execute) {
      writeFileSync(join(root, path), text, { flag: 'wx' });
      out(textLine(`wrote ${path}; it ends by itself at ${policy.when!.expires}`));
    }
    out(differenceText({ environments: [...difference] }));
    if (execute) await openPull(repository, context, grantProposal(planned));
    return 0;
  },
});
