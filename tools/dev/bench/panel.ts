/** How fast the admin panel of a large company is on one core, what many viewers cost, and what a first page weighs. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { subscribe } from 'node:diagnostics_channel';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LivePublisher } from '../../local/publisher.ts';
import { loadValid } from '../../load/load.ts';
import { ensureKey, fileSigner, keyFile, LOCAL_KEY } from '../../publish/keys/keys.ts';
import type { Context } from '../../commands/shared/command.ts';
import { openTarget } from '../../store/open.ts';
import { company, type CompanySize } from '../../testing/company.ts';
import { Dice, seeded } from '../../testing/random.ts';
import { filesOf, writeFiles } from '../../testing/repository-files.ts';
import { bundleFile } from '../images/bundle.ts';
import { inFolder } from './peer.ts';
import { median, ms, print } from './print.ts';

const FULL: CompanySize = {
  ...{ principals: 10_000, services: 2_000, groups: 1_500, policies: 5_000 },
  ...{ tests: 2, connectors: 20, seed: 1 },
};

/** The aims of the panel: milliseconds, MB, bytes. */
const AIMS = { page: 50, matrix: 100, viewers: 300, memory: 200, first: 100_000 };
/** Requests a second while pages are measured, and for how many seconds. */
const [RATE, SECONDS] = [10, 40];

/** Milliseconds after a commit in which it is noticed, read by another process, and shown by it. */
const AFTER_MS = 20_000;

const root = fileURLToPath(new URL('../../../', import.meta.url));
const NEVER = new AbortController().signal;

/** A panel that runs on one core, and what its store was asked. */
interface Running {
  url: string;
  folder: string;
  process: ChildProcess;
  storeCalls: () => number;
}

/** All of it, as Markdown. */
export async function benchPanel(): Promise<void> {
  print('\n## Admin panel\n');
  print(
    `${FULL.principals} people and machines, ${FULL.services} services, ${FULL.policies} policies; the panel on one core, asked ${RATE} times a second by one client on another.\n`,
  );
  print('| what | aim | seen | |\n| --- | --- | --- | --- |');
  await withPanel(company(FULL), async (running) => {
    await matrices(running, 'just started');
    await processorTimes(running);
    await firstPage(running);
    const bodies = await pages(running);
    await matrices(running, 'later');
    await peer(running, bodies);
  });
  await withPanel(company({ ...FULL, principals: 200, services: 50, groups: 40, policies: 100 }), viewers);
}

function aim(what: string, most: number, seen: number, unit: string, note = ''): void {
  const text = unit === 'ms' ? ms(seen) : `${Math.round(seen).toLocaleString('en-US')} ${unit}`;
  print(
    `| ${what} | at most ${most.toLocaleString('en-US')} ${unit} | ${text}${note && `, ${note}`} | ${seen <= most ? 'held' : 'falls short'} |`,
  );
}

/** Kinds of pages that are asked for. */
const KINDS = 16;

/** The pages of a company, one of each kind after the other, about somebody or something else each time. */
function* paths(dice: Dice): Generator<string> {
  for (;;) {
    const person = `person-${dice.below(FULL.principals)}@example.com`;
    const service = `service-${dice.below(FULL.services)}`;
    const policy = `policy-${dice.below(FULL.policies)}`;
    yield* [
      ...['', '/access', `/access?focus=${person}`, `/access?why=${person},${service}`, '/services'],
      ...[`/services/${service}`, '/people', `/people/${person}`, '/groups', '/groups/team-7', '/policies'],
      ...[`/policies/${policy}`, '/history', '/propose/policy', '/drift', '/search?q=service-12'],
    ].map((path) => `/env/live${path}`);
  }
}

/** Asks at a steady rate, whether answers are quick or not, while somebody edits a file. */
async function pages({ url, folder }: Running): Promise<Map<string, Buffer>> {
  const all: PageTime[] = [];
  const from = paths(new Dice(seeded(3)));
  const began = performance.now();
  const asked: Promise<void>[] = [];
  let edited: number | undefined;
  let unanswered = 0;
  const whys = new Set<string>();
  const bodies = new Map<string, Buffer>();
  for (let count = 0; count < RATE * SECONDS; count++) {
    await setTimeout(Math.max(0, began + (count * 1000) / RATE - performance.now()));
    const at = performance.now();
    if (at - began > (SECONDS * 1000) / 4 && edited === undefined) edited = await edit(folder);
    const path = from.next().value as string;
    const answered = timedGet(`${url}${path}`).then(({ took, body }) => {
      all.push({ at, took, path });
      bodies.set(path, body);
    });
    asked.push(answered.catch((error: Error) => void (unanswered++, whys.add(`${path}: ${error.message}`))));
  }
  await Promise.all(asked);
  const times = all.map(({ took }) => took);
  const middle = `the middle ${ms(median(times))}, the slowest ${slowest(all, edited!)}`;
  aim('99 of 100 pages, with a commit among them', AIMS.page, percentile(times, 99), 'ms', middle);
  const after = all.filter(({ at }) => at > edited! && at < edited! + AFTER_MS).map(({ took }) => took);
  aim(
    `... in the ${AFTER_MS / 1000} s after the commit, in which another process takes over`,
    AIMS.page,
    percentile(after, 99),
    'ms',
    `the middle ${ms(median(after))}`,
  );
  aim('... without an answer', 0, unanswered, 'pages', [...whys].slice(0, 3).join('; '));
  return bodies;
}

/** A page that was asked for, and how long it took. */
interface PageTime {
  at: number;
  took: number;
  path: string;
}

/** The three slowest pages, and when after the commit each was asked for. */
function slowest(all: readonly PageTime[], edited: number): string {
  const [first, ...rest] = [...all].sort((a, b) => b.took - a.took).slice(0, 3);
  return [first!, ...rest]
    .map(({ at, took, path }) => `${ms(took)} (${ms(at - edited)}: ${path.replace('/env/live', '') || '/'})`)
    .join(', ');
}

/** Answers what was answered, from memory: what no server in Node can be quicker than. */
const PEER = `
const { createServer } = require('node:http');
const bodies = new Map(JSON.parse(require('node:fs').readFileSync(process.argv[1], 'utf8')));
const all = new Map([...bodies].map(([path, text]) => [path, Buffer.from(text, 'base64')]));
const server = createServer(({ url }, response) =>
  response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end(all.get(url)),
).listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));
`;

/** The same pages at the same rate of a bare server of Node, on the core of the panel. */
async function peer({ folder }: Running, bodies: ReadonlyMap<string, Buffer>): Promise<void> {
  const file = join(folder, '.ztna/pages.json');
  writeFileSync(file, JSON.stringify([...bodies].map(([path, body]) => [path, body.toString('base64')])));
  const server = spawn('taskset', ['-c', '1', process.execPath, '-e', PEER, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [text] = (await once(server.stdout, 'data')) as [Buffer];
    const asked: Promise<number>[] = [];
    const began = performance.now();
    for (const path of bodies.keys()) {
      await setTimeout(Math.max(0, began + (asked.length * 1000) / RATE - performance.now()));
      asked.push(timedGet(`${text.toString().trim()}${path}`).then(({ took }) => took));
    }
    const times = await Promise.all(asked);
    print(
      `| the peer: the same bytes from memory, by a bare \`node:http\` server | | 99 of 100 in ${ms(percentile(times, 99))}, the middle ${ms(median(times))} | |`,
    );
  } finally {
    server.kill();
  }
}

/** Pages of a kind that are asked one after the other to see what each takes of the processor. */
const EACH = 6;

/** What each page takes of the processor, one after the other: the time it takes where nothing else runs. */
async function processorTimes({ url, process: { pid } }: Running): Promise<void> {
  const from = paths(new Dice(seeded(9)));
  const times: { took: number; path: string }[] = [];
  for (let count = 0; count < EACH * KINDS; count++) {
    const path = from.next().value as string;
    const before = processorTime(pid!);
    await timedGet(`${url}${path}`);
    times.push({ took: processorTime(pid!) - before, path });
  }
  const all = times.map(({ took }) => took);
  const slowest = times.reduce((most, one) => (one.took > most.took ? one : most));
  aim(
    '99 of 100 pages, of the processor',
    AIMS.page,
    percentile(all, 99),
    'ms',
    `the middle ${ms(median(all))}, the slowest ${ms(slowest.took)}: ${slowest.path.replace('/env/live', '')}`,
  );
}

/** Milliseconds that a process and those that it started have been on a processor; one that has just ended counts no more. */
function processorTime(pid: number): number {
  try {
    const own = readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
      const [ran = '0'] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
      return sum + Number(ran) / 1e6;
    }, 0);
    return own + childrenOf(pid).reduce((sum, child) => sum + processorTime(child), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** Gives one policy other services, in a commit. @returns when */
async function edit(folder: string): Promise<number> {
  const path = join(folder, 'policies/access/policy-0.yaml');
  const text = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    text.replace(/services:\n(  +- .*\n)+/, 'services:\n    - service-3\n    - service-4\n'),
  );
  // Who asks for pages must not wait for git.
  await promisify(execFile)('git', [...AUTHOR, 'commit', '-qam', 'Another service'], { cwd: folder });
  return performance.now();
}

async function matrices({ url }: Running, when: string): Promise<void> {
  const dice = new Dice(seeded(5));
  const times: number[] = [];
  for (let count = 0; count < 100; count++) {
    const service = `service-${dice.below(FULL.services)}`;
    times.push((await timedGet(`${url}/api/v1/matrix?env=live&service=${service}`)).took);
  }
  aim(
    `the matrix of any service, ${when}: the slowest of 100`,
    AIMS.matrix,
    Math.max(...times),
    'ms',
    `the middle ${ms(median(times))}`,
  );
}

async function firstPage({ url }: Running): Promise<void> {
  const paths = ['/env/live', '/assets/panel.css', '/assets/panel.js', '/assets/icon.svg'];
  const sizes = await Promise.all(paths.map(async (path) => (await timedGet(`${url}${path}`)).bytes));
  aim(
    'a first page with all that it loads',
    AIMS.first,
    sizes.reduce((sum, one) => sum + one, 0),
    'bytes',
    'gzip',
  );
}

/** What viewers of events cost, beside one. */
async function viewers({ url, process: { pid }, storeCalls }: Running): Promise<void> {
  const open: IncomingMessage[] = [];
  const agent = new Agent({ maxSockets: Infinity });
  const follow = (): Promise<void> =>
    new Promise((resolve, reject) => {
      get(`${url}/api/v1/events`, { agent }, (answer) => {
        open.push(answer.resume());
        resolve();
      }).on('error', reject);
    });
  const callsWithin = async (seconds: number): Promise<number> => {
    const before = storeCalls();
    await setTimeout(seconds * 1000);
    return storeCalls() - before;
  };
  await follow();
  const ofOne = await callsWithin(10);
  await Promise.all(Array.from({ length: AIMS.viewers - 1 }, follow));
  await setTimeout(2000);
  const ofAll = await callsWithin(10);
  aim(
    `${AIMS.viewers} viewers that follow events: memory of the panel`,
    AIMS.memory,
    residentOf(pid!) / 1e6,
    'MB',
  );
  aim(
    `... calls of the store in 10 s, beside ${ofOne} of one viewer`,
    Math.ceil(ofOne * 1.1),
    ofAll,
    'calls',
  );
  for (const one of open) one.destroy();
}

/** Bytes that a process and those that it started have in memory; what they share is counted once (`Pss`). */
function residentOf(pid: number): number {
  const own = /^Pss: +(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  return Number(own![1]) * 1024 + childrenOf(pid).reduce((sum, child) => sum + residentOf(child), 0);
}

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[
    Math.min(values.length - 1, Math.ceil((values.length * share) / 100) - 1)
  ]!;

const AGENT = new Agent({ maxSockets: 50 });

/** Asks, reads all of it. @returns milliseconds, and bytes as they came */
function timedGet(url: string): Promise<{ took: number; bytes: number; body: Buffer }> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { agent: AGENT, headers: { 'accept-encoding': 'gzip' } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const took = performance.now() - began;
        const body = Buffer.concat(chunks);
        if (answer.statusCode === 200) resolve({ took, bytes: body.length, body });
        else reject(new Error(`${url} answers ${answer.statusCode}`));
      });
    }).on('error', reject);
  });
}

/** A company in a store of this process, and a panel about it in a process of its own on the last core. */
async function withPanel(
  world: Parameters<typeof filesOf>[0],
  work: (running: Running) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const state = join(folder, '.ztna');
    writeFiles(folder, filesOf(world));
    writeFileSync(join(folder, '.gitignore'), '.ztna/\n');
    for (const words of [
      ['init', '-q', '-b', 'main'],
      ['add', '.'],
      ['commit', '-q', '-m', 'The company'],
    ])
      gitIn(folder, ...words);
    let calls = 0;
    subscribe('http.server.request.start', () => calls++);
    const target = await publishedIn(folder, state);
    const program = join(folder, '.ztna/panel.cjs');
    mkdirSync(state, { recursive: true });
    writeFileSync(program, (await bundleFile(root, 'tools/dev/bench/panel-server.ts')).code);
    const words = [program, folder, state, join(state, 'clone')];
    const panel = spawn('taskset', ['-c', '1', process.execPath, ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const url = await new Promise<string>((resolve, reject) => {
        panel.once('exit', (code) => reject(new Error(`the panel ended with ${code}`)));
        panel.stdout.once('data', (text: Buffer) => resolve(text.toString().trim()));
      });
      await work({ url, folder, process: panel, storeCalls: () => calls });
    } finally {
      panel.removeAllListeners('exit').kill();
      await target.close();
      rmSync(program, { force: true });
    }
  });
}

const AUTHOR = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com'];

function gitIn(folder: string, ...words: string[]): void {
  execFileSync('git', [...AUTHOR, ...words], { cwd: folder });
}

async function publishedIn(folder: string, state: string) {
  ensureKey(keyFile(state, LOCAL_KEY));
  const live = (await loadValid(folder)).repository.environments.get('live')!.value;
  const target = await openTarget({ store: 'embedded', region: live.region, state, signal: NEVER });
  const outcome = await new LivePublisher({
    ...{ context: { root: folder, state } as Context, started: live, store: target.store },
    signer: fileSigner(keyFile(state, LOCAL_KEY), LOCAL_KEY),
    localized: async (one) => one,
    commit: async () => execFileSync('git', ['rev-parse', 'HEAD'], { cwd: folder, encoding: 'utf8' }).trim(),
  }).run();
  if (outcome.type !== 'published')
    throw new Error(`the company cannot be published: ${JSON.stringify(outcome).slice(0, 500)}`);
  return target;
}
