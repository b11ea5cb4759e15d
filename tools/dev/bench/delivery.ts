/** From a saved file, or a published entry, to what components enforce. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble, type Bundle } from '../../bundle/assemble.ts';
import { DEFAULT_RATES } from '../../contract/limits.ts';
import { startStore } from '../../store/embedded/server.ts';
import { startFollower } from '../../follow/loop.ts';
import { publish } from '../../publish/publish.ts';
import { EMBEDDED_CREDENTIALS, ssmStore } from '../../store/ssm.ts';
import { companyOf, IDENTITY, newSigner, publishing, trusting } from '../../publish/testing/publisher.ts';
import { copyMiniature } from '../../testing/miniature.ts';
import { startIn } from '../../testing/run-cli.ts';
import { repositoryOf } from '../../testing/repository.ts';
import { deliver } from './deliver.ts';
import { median, peakMib, print } from './print.ts';

/** All of it, as Markdown. */
export async function benchDelivery(): Promise<void> {
  print('\n## Delivery\n');
  await saved();
  await sizes();
  await crowd();
}

/** Works in a new folder, which is gone afterwards. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ztna-bench-'));
  return work(folder).finally(() => rmSync(folder, { recursive: true, force: true }));
}

const EDITS = 20;

/** The miniature company under `npm start`: from a saved edit to the last of lab's components. */
async function saved(): Promise<void> {
  await inFolder(async (folder) => {
    copyMiniature(folder);
    const file = join(folder, 'policies/groups/support.yaml');
    const before = readFileSync(file, 'utf8');
    const started = startIn(folder, ['start']);
    const times: number[] = [];
    try {
      await started.says(/is in force on all.*\n/);
      for (let edit = 0; edit < EDITS; edit++) {
        writeFileSync(
          file,
          edit % 2 === 0 ? before.replace('members:', 'members:\n  - zoe@example.com') : before,
        );
        const told = await started.says(/is in force on all \d+ components, (\d+) ms.*\n/);
        times.push(Number(/(\d+) ms/.exec(told)![1]));
      }
    } finally {
      started.child.kill('SIGINT');
      await started.ended;
    }
    const [least, most] = [Math.min(...times), Math.max(...times)];
    print(
      `Save to enforced, ${EDITS} edits of the miniature company under \`npm start\`, lab's 3 components: median ${median(times)} ms (${least} to ${most} ms).\n`,
    );
  });
}

/** A bundle whose intermediate part has about so many bytes, of names that hardly compress. */
function bundleOfSize(bytes: number): Bundle {
  const world = companyOf([]);
  const count = Math.ceil(bytes / 67);
  world.groups![0]!.members = Array.from(
    { length: count },
    () => `${randomBytes(24).toString('hex')}@example.com`,
  );
  return assemble(repositoryOf(world), 'lab');
}

async function sizes(): Promise<void> {
  print(
    '| bundle | parts and chunks | publish | at default rates | follow | calls | memory |\n| --- | --- | ---: | ---: | ---: | ---: | ---: |',
  );
  for (const [name, bytes] of [
    ['1 KB', 200],
    ['64 KB', 64e3],
    ['1 MB', 1e6],
    ['5 MB', 5e6],
  ] as const) {
    const bundle = bundleOfSize(bytes);
    const size = bundle.parts.reduce((sum, part) => sum + part.bytes.length, 0);
    const { publishMs, followMs, calls, plan } = await inFolder((folder) => deliver(bundle, folder));
    const chunks = plan.parts.reduce((sum, part) => sum + part.chunks, 0);
    const cells = [
      `${name} (${Math.round(size / 1000)} kB)`,
      `${plan.parts.length} parts, ${chunks} chunks`,
      `${Math.round(publishMs)} ms`,
      `${plan.calls.seconds} s`,
      `${Math.round(followMs)} ms`,
      String(calls),
      `${peakMib()} MiB`,
    ];
    print(`| ${cells.join(' | ')} |`);
  }
  print('');
}

const FOLLOWERS = 300;
const POLL_SECONDS = 15;

/** The small company, whose followers poll as seldom as that. */
function pollingBundle(people: string[]): Bundle {
  const world = companyOf(people);
  world.environments![0]!.bundle.pollSeconds = POLL_SECONDS;
  return assemble(repositoryOf(world), 'lab');
}

/** Many followers on one store that has an account's default rates. */
async function crowd(): Promise<void> {
  await inFolder(async (folder) => {
    const server = await startStore({ folder: join(folder, 'store'), rates: DEFAULT_RATES });
    let throttled = 0;
    const open = () =>
      ssmStore({
        endpoint: server.endpoint,
        region: IDENTITY.region,
        credentials: EMBEDDED_CREDENTIALS,
        rates: 'none',
        patience: { busy: 50, broken: 5 },
        observe: ({ outcome }) => void (throttled += Number(outcome === 'again')),
      });
    const signer = newSigner();
    const publisher = ssmStore({
      endpoint: server.endpoint,
      region: IDENTITY.region,
      credentials: EMBEDDED_CREDENTIALS,
    });
    const send = (...people: string[]) =>
      publish(
        publishing(publisher, signer, {
          bundle: pollingBundle(people),
          now: Date.now,
        }),
      );
    await send('alice@example.com');
    const enforced = new Map<string, number>();
    const stores = Array.from({ length: FOLLOWERS }, open);
    const followers = stores.map((store, index) =>
      startFollower({
        identity: IDENTITY,
        trusted: trusting(signer),
        component: 'intermediate/one',
        instance: `i-${index}`,
        store,
        folder: join(folder, `slots-${index}`),
        out: join(folder, `out-${index}`),
        ackSpreadMs: FOLLOWERS * 1000,
        onEvent: (event) => {
          if (event.type === 'enforcing') enforced.set(`i-${index}`, event.sequence);
        },
      }),
    );
    const until = async (sequence: number): Promise<number> => {
      const began = performance.now();
      while ([...enforced.values()].filter((one) => one >= sequence).length < FOLLOWERS) {
        if (performance.now() - began > 600_000) throw new Error('the followers do not get there');
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      return (performance.now() - began) / 1000;
    };
    const first = await until(1);
    await send('alice@example.com', 'bob@example.com');
    const second = await until(2);
    print(
      `${FOLLOWERS} followers on one store at default rates (${DEFAULT_RATES.reads} reads and ${DEFAULT_RATES.writes} writes a second), polling every ${POLL_SECONDS} s: ` +
        `all enforce the first entry ${first.toFixed(0)} s after they start together, and the next ${second.toFixed(0)} s after it is published; ${throttled} calls were throttled and tried again.\n`,
    );
    await Promise.all(followers.map((one) => one.stop()));
    for (const store of stores) store.close();
    publisher.close();
    await server.close();
  });
}
