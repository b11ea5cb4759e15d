import { spawnSync } from 'node:child_process';
import * as assert from 'uvu/assert';
import type { Drift, Overview, PanelPerson } from '../../../contract/shapes.ts';
import { until } from '../../../tunnel-checks/world/patience.ts';
import type { ComposeStack } from './stack.ts';

/** Where compose.yaml publishes the admin panel. */
const HOST = '127.0.0.1:4480';

/** Milliseconds until every component has said that it enforces what is newest. */
const CONVERGED = 60_000;

/** The panel of compose.yaml: it shows what runs, to this machine alone, and proposes nothing. @returns what it showed */
export async function provePanel(stack: ComposeStack): Promise<string> {
  const read = async <T>(path: string) => (await (await fetch(`http://${HOST}${path}`)).json()) as T;
  const { convergence } = await until('the panel shows that all is in force', CONVERGED, async () => {
    const overview = await read<Overview>('/api/v1/overview');
    return overview.convergence.converged ? overview : undefined;
  });
  const names = convergence.components.map(({ component }) => component);
  assert.ok(names.length >= 3, names.join(', '));
  const page = await (await fetch(`http://${HOST}/`)).text();
  for (const name of names) assert.match(page, name.split('/')[1]!);
  const { environments } = await read<Drift>('/api/v1/drift');
  assert.equal(
    environments.flatMap(({ drifts }) => drifts),
    [],
    'what git wants is what the store has',
  );
  assert.is((await read<PanelPerson>('/api/v1/me')).mayPropose, false);
  // By another name it would be a page from elsewhere that reads it.
  assert.is(await statusFrom(stack, 'admin-panel', '127.0.0.1', 'panel.example.com:4480'), '403');
  // The one neighbour on its network is refused, and nobody else finds it.
  assert.is(await statusFrom(stack, 'store', 'admin-panel', HOST), '401');
  for (const name of ['host-connector-apps', 'host-intermediate-one', 'agent'])
    assert.match(await statusFrom(stack, name, 'admin-panel', HOST), /ENOTFOUND|EAI_AGAIN/, name);
  return names.join(', ');
}

/** How the panel answers one who asks from a container's network. @returns the status, or why there is none */
async function statusFrom(stack: ComposeStack, from: string, at: string, host: string) {
  const options = JSON.stringify({ host: at, port: 4480, path: '/api/v1/me', headers: { host } });
  const script = `require("http").get(${options}, (a) => console.log(a.statusCode)).on("error", (e) => console.log(e.code))`;
  const words = [
    'run',
    '--rm',
    '--network',
    `container:${stack.container(from)}`,
    '--entrypoint',
    '/usr/bin/node',
  ];
  const { stdout } = spawnSync('docker', [...words, 'ztna/test-backend', '-e', script], {
    encoding: 'utf8',
    env: { ...process.env, ...stack.engine.env },
  });
  return stdout.trim();
}
