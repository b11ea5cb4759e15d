/**
 * `npm run test:tunnel` and `npm run prove:tunnel`: the whole system, with its real programs, on this machine.
 *
 *   --share ci|prove        what is tried; default ci
 *   --placement <name>      processes, namespaces or containers; default the first two
 *   --images <folder>       for containers: the archives of the images (npm run images -- build writes them)
 *   --only <words>          the checks whose names have them
 *   --programs <folder>     the programs of Rust; default images/target/debug, built first
 */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SCALES } from './check.ts';
import { CHECKS } from './checks/all.ts';
import { containersOf, missingForContainers } from './placements/containers.ts';
import { namespaces } from './placements/namespaces.ts';
import type { Placement } from './placements/placement.ts';
import { processes } from './placements/processes.ts';
import { enter, rights } from './placements/rights.ts';
import { mustTryAll, runChecks, type Tally } from './run.ts';
import { buildPrograms, builtIn, missingPrograms } from './world/programs.ts';
import { World } from './world/world.ts';

// The SDK would warn of Node 20 in the middle of what is said here.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Each is made when it is its turn; containers need images, and are tried where these are named. */
const PLACEMENTS: Readonly<Record<string, () => Placement | Promise<Placement>>> = {
  processes,
  namespaces,
  containers: () => containersOf(resolve(values.images!)),
};
/** Those that are tried where none is named, and those whose networks are namespaces of their own. */
const USUAL = ['processes', 'namespaces'];
const ISOLATED = ['namespaces', 'containers'];

const { values } = parseArgs({
  options: {
    share: { type: 'string', default: 'ci' },
    placement: { type: 'string' },
    only: { type: 'string', default: '' },
    programs: { type: 'string' },
    images: { type: 'string' },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const share = values.share === 'prove' ? 'prove' : 'ci';

/** Milliseconds after the last line. */
const LEFT_OPEN = 10_000;

/** The checks of a placement that were asked for. */
function checksOn(placement: string): typeof CHECKS {
  return CHECKS.filter(
    ({ name, placements, share: only }) =>
      (placements ?? [placement]).includes(placement as never) &&
      (share === 'prove' || only === undefined) &&
      name.includes(values.only),
  );
}

/** Says that all checks of a placement are left out; where everything must be tried, that is a failure. */
function skip(placement: string, reason: string): Tally {
  const count = checksOn(placement).length;
  const must = mustTryAll();
  say(`${must ? 'FAIL' : 'skip'} ${placement}: ${count} checks cannot be tried here: ${reason}`);
  return { passed: 0, failed: must ? count : 0, skipped: must ? 0 : count };
}

async function on(placement: string): Promise<Tally> {
  const checks = checksOn(placement);
  if (checks.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const folder = programs();
  const missing = missingPrograms(folder);
  if (missing.length > 0)
    return skip(placement, `not built: ${missing.join(', ')} (cd images && cargo build)`);
  const began = Date.now();
  const world = await World.begin(ROOT, folder, await PLACEMENTS[placement]!());
  say(`${placement}: ready after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  try {
    return await runChecks(checks, world, SCALES[share], say);
  } finally {
    await world.close();
  }
}

let built: string | undefined;

/** The folder of the programs of Rust, which cargo brings up to date, once, where nobody named another one. */
function programs(): string {
  return (built ??= values.programs === undefined ? builtHere() : resolve(values.programs));
}

function builtHere(): string {
  // Namespaces have no way to a registry, and what is there was built before they were entered.
  return (rights(process.env).state === 'inside' ? builtIn : buildPrograms)(ROOT, 'debug');
}

/** What a placement came to that is tried in a process with namespaces of its own. */
async function inNamespaces(placement: string): Promise<Tally> {
  const found = rights(process.env);
  if (found.state === 'inside') return on(placement);
  if (found.state === 'none') return skip(placement, found.reason);
  const missing = placement === 'containers' ? missingForContainers(values.images) : undefined;
  if (missing !== undefined) return skip(placement, missing);
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const again = values.placement === placement ? [] : ['--placement', placement];
  const { output } = await enter(found.flags, [...command, ...again]);
  const counts = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(output);
  if (!counts) return { passed: 0, failed: 1, skipped: 0 };
  const [passed, failed, skipped] = counts.slice(1).map(Number);
  return { passed: passed!, failed: failed!, skipped: skipped! };
}

/** Random schedules of two of our own TCPs in virtual time, and of one and the kernel's; `cargo test` runs a tenth. */
const SCHEDULES = 1000;

/** What cargo's test of the stack came to, with more schedules than at each change. */
function inVirtualTime(): Tally {
  const began = Date.now();
  const words = ['test', '--locked', '--quiet', '--package', 'stack'];
  words.push('--test', 'simulation', '--test', 'kernel');
  const env = { ...process.env, ZTNA_RUNS: String(SCHEDULES) };
  const { status } = spawnSync('cargo', words, { cwd: join(ROOT, 'images'), stdio: 'inherit', env });
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  say(
    `${status === 0 ? 'ok  ' : 'FAIL'} stack: ${SCHEDULES} schedules in virtual time, as many against the kernel (${seconds} s)`,
  );
  return status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

async function main(): Promise<void> {
  const wanted = values.placement ? [values.placement] : USUAL;
  const total = { passed: 0, failed: 0, skipped: 0 };
  programs();
  // Both at once: most of what is tried waits.
  const all = wanted.map((placement) =>
    ISOLATED.includes(placement) ? inNamespaces(placement) : on(placement),
  );
  const tallies = await Promise.all(all);
  if (share === 'prove' && !values.placement && !values.only) tallies.push(inVirtualTime());
  for (const tally of tallies)
    for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += tally[key];
  say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 ? 1 : 0;
  // Whatever a check has left open would let this wait for ever, and nobody would see that all is said.
  setTimeout(() => process.exit(), LEFT_OPEN).unref();
}

await main();
