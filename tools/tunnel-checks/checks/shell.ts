import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Check } from '../check.ts';
import { addressOf } from '../placements/placement.ts';
import { portOf } from '../world/company.ts';
import type { World } from '../world/world.ts';
import { programOn } from './ways.ts';

/** Bytes that go through a shell and back. */
const BYTES = 300_000;

/** That SSH works as people use it. */
export const SHELL: readonly Check[] = [
  {
    name: 'SSH with the agent as its ProxyCommand, there and back',
    placements: ['namespaces'],
    needs: ['ssh', 'sshd', 'ssh-keygen'],
    async run(world) {
      const alice = await world.person('alice');
      const key = await startServer(world);
      const { command, env } = alice.commandLine('connect', 'shell', '22');
      const options = [
        `ProxyCommand=${command.join(' ')}`,
        'StrictHostKeyChecking=no',
        'UserKnownHostsFile=/dev/null',
        'LogLevel=ERROR',
        'BatchMode=yes',
      ];
      const words = ['-F', 'none', '-i', key, ...options.flatMap((one) => ['-o', one]), 'root@shell'];
      const { host } = alice.spec;
      assert.is((await programOn(host, ['ssh', ...words, 'echo here'], env)).trim(), 'here');
      const pipe = `head -c ${BYTES} /dev/zero | ssh "$@" cat | wc -c`;
      const counted = await programOn(host, ['sh', '-c', pipe, 'sh', ...words], env);
      assert.is(counted.trim(), String(BYTES));
    },
  },
];

/** Starts a server of SSH on the backend of `shell`. @returns the file of a key that it lets in */
async function startServer(world: World): Promise<string> {
  const host = await world.placement.host('backend-1', ['company']);
  const folder = join(world.folder, 'ssh');
  mkdirSync(folder, { mode: 0o700 });
  for (const name of ['server', 'client'])
    await programOn(host, ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  const settings = [
    `ListenAddress ${addressOf(host, 'company')}:${portOf('shell')}`,
    `HostKey ${folder}/server`,
    `AuthorizedKeysFile ${folder}/client.pub`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    'PidFile none',
  ];
  writeFileSync(join(folder, 'sshd_config'), `${settings.join('\n')}\n`);
  const sshd = host.start([
    'sh',
    '-c',
    `mkdir -p /run/sshd && exec /usr/sbin/sshd -D -e -f ${folder}/sshd_config`,
  ]);
  world.onClose(() => void sshd.stop());
  await sshd.says(/listening/);
  return join(folder, 'client');
}
