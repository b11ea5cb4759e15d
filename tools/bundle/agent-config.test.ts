import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { listing } from '../access/difference.ts';
import { membership } from '../access/values/membership.ts';
import { validateAgentConfig, type AgentConfig } from '../contract/shapes.ts';
import { loadValid } from '../load/load.ts';
import { copyMiniature, MINIATURE } from '../testing/miniature.ts';
import { runIn } from '../testing/run-cli.ts';
import { suite } from '../testing/suite.ts';
import { agentConfigOf } from './agent-config.ts';

// slow: it starts processes
const test = suite('bundle: the configuration of an agent');

const AT = Date.parse('2026-06-01T15:00:00Z');
const { repository } = await loadValid(MINIATURE);
const idsOf = ({ services }: AgentConfig): string[] => services.map(({ id }) => id);

const listings = new Map<number, ReturnType<typeof listing>>();

/** The listing of all access from an instant on, made once. */
function listingAt(at: number): ReturnType<typeof listing> {
  const found = listings.get(at) ?? listing(repository, { at });
  listings.set(at, found);
  return found;
}

/** What the listing of all access says that a principal reaches, from an instant on. */
function listed(environment: string, principal: string, at: number): string[] {
  const { gains } = listingAt(at).find((one) => one.environment === environment)!;
  const own = gains.filter(({ principals }) => principals.includes(principal));
  return [...new Set(own.flatMap(({ services }) => services.map(({ service }) => service)))].sort();
}

test('lists exactly what access lists, for everybody in every environment', () => {
  const sizes = new Set<number>();
  for (const environment of repository.environments.keys()) {
    for (const principal of membership(repository).everybody) {
      const config = agentConfigOf(repository, environment, principal, AT);
      assert.ok(validateAgentConfig(config), JSON.stringify(validateAgentConfig.errors));
      assert.equal(idsOf(config), listed(environment, principal, AT), `${principal} in ${environment}`);
      sizes.add(config.services.length);
    }
  }
  assert.ok(sizes.size > 3, 'people differ');
});

test('what is over is left out, what begins later is listed, and with no instant everything is', () => {
  const all = agentConfigOf(repository, 'live', 'nobody@example.com', undefined);
  const served = [...repository.environments.get('live')!.connectors.values()];
  const ids = new Set(served.flatMap(({ value }) => value.services.map(({ service }) => service)));
  assert.equal(idsOf(all), [...ids].sort());
  const late = Date.parse('2096-01-01T00:00:00Z');
  const everybody = membership(repository).everybody;
  const count = (at: number): number =>
    everybody.reduce((sum, one) => sum + agentConfigOf(repository, 'live', one, at).services.length, 0);
  assert.ok(count(late) < count(AT), 'policies that expire');
});

test('the command prints it, in any letter case, and the agent finds servers, names and ports in it', async () => {
  const root = mkdtempSync(join(tmpdir(), 'ztna-agent-config-'));
  copyMiniature(root);
  const [someone] = membership(repository).everybody;
  const done = await runIn(root, ['agent-config', someone!.toUpperCase(), '--env', 'live', '--all']);
  assert.is(done.status, 0, done.stderr);
  const config = JSON.parse(done.stdout) as AgentConfig;
  assert.ok(validateAgentConfig(config), JSON.stringify(validateAgentConfig.errors));
  assert.is(config.principal, someone);
  assert.ok(config.intermediates.length > 0);
  for (const { address, serverName, port } of config.intermediates)
    assert.equal([serverName, port], [address, 4433]);
  const { protocol, virtualIp, owner } = repository.services.get('web-app')!.value;
  const web = config.services.find(({ id }) => id === 'web-app')!;
  assert.equal([web.protocol, web.virtualIp, web.owner], [protocol, virtualIp, owner]);
  assert.ok(validateAgentConfig({ ...config, later: { than: 'this' } }), 'a newer file has more keys');
  const wrong = await runIn(root, ['agent-config', someone!, '--env', 'liev']);
  assert.is(wrong.status, 2);
  assert.match(wrong.stderr, /no environment liev.*live/s);
  rmSync(root, { recursive: true });
});

test.run();
