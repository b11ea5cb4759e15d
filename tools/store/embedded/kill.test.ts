import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from '../../testing/suite.ts';
import * as assert from 'uvu/assert';
import { StoreFault } from '../fault.ts';
import { EMBEDDED_CREDENTIALS, type SsmStore, ssmStore } from '../ssm.ts';

// slow: it starts processes
const test = suite('embedded store: kill -9');
const KILLS = 5;
const WRITERS = 8;

/** The store as a process of its own; small journals, so that it is also killed while it writes one anew. */
async function serve(folder: string): Promise<{ child: ChildProcess; store: SsmStore }> {
  const server = new URL('./server.ts', import.meta.url).href;
  const options = JSON.stringify({ folder, compactBytes: 100_000 });
  const program = `import { startStore } from '${server}'; console.log((await startStore(${options})).endpoint);`;
  const flags = ['--import', 'tsx', '--input-type=module', '-e', program];
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const endpoint = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
    child.once('exit', (code) => reject(new Error(`the store ended with ${code}`)));
  });
  const patience = { busy: 1, broken: 1 };
  const place = { region: 'eu-central-1', endpoint, credentials: EMBEDDED_CREDENTIALS };
  return { child, store: ssmStore({ ...place, rates: 'none', patience }) };
}

/** A value that says whose it is and is long enough to be torn. */
function valueOf(name: string, write: number): string {
  return `${name} ${write} `.repeat(4096).slice(0, 4096);
}

const children: ChildProcess[] = [];
test.after(() => {
  for (const child of children) child.kill('SIGKILL');
});

test(`after each of ${KILLS} kills every acknowledged write is there, and none is half`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kill-'));
  /** The newest acknowledged and the newest attempted write of each name. */
  const acknowledged = new Map<string, number>();
  const attempted = new Map<string, number>();
  let restarts = 0;

  for (let kill = 0; kill <= KILLS; kill += 1) {
    const { child, store } = await serve(folder);
    const found = await store.get([...attempted.keys()]);
    for (const [name, last] of attempted) {
      const sure = acknowledged.get(name) ?? 0;
      const parameter = found.get(name);
      assert.ok(parameter || sure === 0, `${name} is lost`);
      if (!parameter) continue;
      assert.ok(
        parameter.version >= sure && parameter.version <= last,
        `${name} has version ${parameter.version}`,
      );
      assert.is(parameter.value, valueOf(name, parameter.version), `${name} is not as it was written`);
      attempted.set(name, parameter.version);
      acknowledged.set(name, parameter.version);
    }
    restarts += found.size > 0 ? 1 : 0;

    const before = acknowledged.size;
    const write = async (name: string, create: boolean) => {
      const nth = (attempted.get(name) ?? 0) + 1;
      attempted.set(name, nth);
      if (create) assert.is(await store.create(name, valueOf(name, nth)), 'created');
      else await store.put(name, valueOf(name, nth));
      acknowledged.set(name, nth);
    };
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let nth = 0; ; nth += 1) {
        await write(`/kill/${kill}/${writer}/${nth}`, true);
        await write(`/kill/head/${writer}`, false);
      }
    });
    const ended = Promise.allSettled(writers);
    while (acknowledged.size < before + 20) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 20 + 37 * kill));
    child.kill('SIGKILL');
    for (const outcome of await ended)
      assert.instance(outcome.status === 'rejected' && outcome.reason, StoreFault);
    store.close();
  }
  assert.is(restarts, KILLS, 'every restart but the first found something');
  await rm(folder, { recursive: true });
});

test.run();
