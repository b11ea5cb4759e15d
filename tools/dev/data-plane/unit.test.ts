import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';

const test = suite('the unit with which systemd runs the agent');
const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const UNIT = 'ztna-agent.service';
const text = read(`images/agent/systemd/${UNIT}`);
const folder = mkdtempSync(join(tmpdir(), 'ztna-unit-'));
test.after(() => rmSync(folder, { recursive: true }));

/** The values of a setting. */
const valuesOf = (name: string): string[] =>
  [...text.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value!);

test('what it tells the agent, the agent reads', () => {
  const known = [...read('images/agent/src/config.rs').matchAll(/env = "(ZTNA_\w+)"/g)].map(([, one]) => one);
  const told = valuesOf('Environment').map((one) => one.split('=')[0]);
  assert.equal(told, ['ZTNA_CONFIG', 'ZTNA_SERVER_CAS', 'ZTNA_TLS']);
  assert.equal(
    told.filter((one) => !known.includes(one)),
    [],
  );
  assert.equal(valuesOf('ExecStart'), ['/usr/local/bin/ztna-agent up']);
});

test('it is nobody, with the rights that a device, its routes and port 53 need', () => {
  assert.equal(valuesOf('DynamicUser'), ['yes']);
  for (const name of ['AmbientCapabilities', 'CapabilityBoundingSet'])
    assert.equal(valuesOf(name), ['CAP_NET_ADMIN CAP_NET_BIND_SERVICE']);
  assert.equal([valuesOf('DevicePolicy'), valuesOf('DeviceAllow')], [['closed'], ['/dev/net/tun rw']]);
});

/** The most that `systemd-analyze security` may say, in tenths: below 2.5 of 10. */
const EXPOSURE = 25;

if (spawnSync('systemd-analyze', ['--version'], { cwd: folder }).status !== 0)
  test.skip('systemd takes it', 'systemd-analyze is not installed here');
else
  test('systemd takes it, and finds little in it that is open', () => {
    const put = (path: string, content: string, mode = 0o644): void => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
      chmodSync(join(folder, path), mode);
    };
    put('usr/local/bin/ztna-agent', '', 0o755);
    put('bin/kill', '', 0o755);
    const place = 'etc/systemd/system';
    for (const target of ['network-online', 'multi-user', 'sysinit', 'basic', 'shutdown'])
      put(`${place}/${target}.target`, '[Unit]\n');
    const faults = (unit: string): string[] => {
      put(`${place}/${UNIT}`, unit);
      const words = [`--root=${folder}`, 'verify', UNIT];
      const { stderr } = spawnSync('systemd-analyze', words, { cwd: folder, encoding: 'utf8' });
      return stderr.split('\n').filter((line) => line.includes(UNIT));
    };
    const exposed = (unit: string): number | null => {
      put(UNIT, unit);
      const words = ['security', '--offline=true', `--threshold=${EXPOSURE}`, join(folder, UNIT)];
      return spawnSync('systemd-analyze', words, { cwd: folder, stdio: 'ignore' }).status;
    };
    assert.equal(faults(text), []);
    assert.is(exposed(text), 0);
    assert.match(faults(text.replace('NoNewPrivileges', 'NoNewPrivilege')).join(), /NoNewPrivilege/);
    assert.is(exposed(text.replace('RestrictNamespaces=yes\n', '')), 1);
  });

test.run();
