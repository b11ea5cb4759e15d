import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { environmentWith, repositoryOf } from '../../testing/repository.ts';
import { suite } from '../../testing/suite.ts';
import type { Context } from './command.ts';
import { proofOf, type Trying } from './smoke.ts';

const test = suite('commands: what a proof on the wire lacks');
const folder = mkdtempSync(join(tmpdir(), 'ztna-lacks-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const agent = join(folder, 'agent');
writeFileSync(agent, '#!/bin/sh\nexit 0\n', { mode: 0o755 });

/** A company that is to be probed, by somebody without certificate. */
const repository = (() => {
  const about = { owner: 'platform', description: 'x' };
  return repositoryOf({
    services: [{ id: 'wiki', ...about, protocol: 'tcp', ports: [443], virtualIp: '10.100.0.2' }],
    tests: [
      {
        ...{ id: 'wiki', description: 'x' },
        expect: [
          {
            ...{ withoutCertificate: true, denied: 'wiki', port: 443 },
            ...{ at: '2026-06-01T15:00:00Z', probe: true },
          },
        ],
      },
    ],
    environments: [environmentWith('lab', ['wiki'])],
  });
})();

const lacks = (trying: Trying): string | undefined => {
  const context = { root: folder, state: folder, now: () => new Date(), env: {} } as unknown as Context;
  return proofOf(context, repository, 'lab', trying)!.lacks()?.problem;
};

test('an agent that is not there, or cannot run as who was named, is lacking before anything is delivered', () => {
  assert.is(lacks({ agent }), undefined);
  assert.match(lacks({ agent: join(folder, 'none') })!, /are to be probed, and there is no .*none$/);
  assert.match(lacks({})!, /are to be probed, and there is no agent to try with/);
  assert.match(lacks({ agent, agentUser: 'root' })!, /and root is no other user than we are/);
  assert.match(lacks({ agent, agentUser: 'no-such-user' })!, /and there is no user "no-such-user" here/);
});

test.run();
