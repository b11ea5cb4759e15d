/**
 * What the whole system costs beside a direct connection, a line of JSON for each measure; `npm run bench -- tunnel`
 * shows them as a table. Words choose measures: clean far lossy fairness memory; all of them without any.
 *
 *   --placement <name>      processes or namespaces; default namespaces where they can be made; together: everything but
 *                           the agent is in one namespace, as on one machine
 *   --programs <folder>     the programs of Rust; default images/target/release, built first
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { end } from '../../dev/end.ts';
import { namespaces } from '../placements/namespaces.ts';
import type { Placement } from '../placements/placement.ts';
import { processes } from '../placements/processes.ts';
import { enter, rights } from '../placements/rights.ts';
import { buildPrograms, builtIn, missingPrograms } from '../world/programs.ts';
import { pause } from '../world/patience.ts';
import { SERVERS, World } from '../world/world.ts';
import { directIn } from './direct.ts';
import { MEASURES } from './measures.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { placement: { type: 'string' }, programs: { type: 'string' } },
});

/** Milliseconds until no intermediate sends a flow to a connector that is gone: it is missed after 1,500. */
const FORGOTTEN = 2500;

function say(scenario: string, figures: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ scenario, ...figures })}\n`);
}

/** What the kernel's own TCP is held back by, beside which the tunnel's is measured. */
function kernelCongestion(): string {
  try {
    return readFileSync('/proc/sys/net/ipv4/tcp_congestion_control', 'utf8').trim();
  } catch {
    return 'unknown';
  }
}

async function measure(names: readonly string[], built: string, placement: Placement): Promise<void> {
  const world = await World.begin(ROOT, built, placement);
  try {
    // One connector has all flows, so that its memory is that of all of them.
    const second = world.connectors.get('second')!;
    await second.program.stop('SIGTERM');
    await second.stop();
    await pause(FORGOTTEN);
    const direct = await directIn(world);
    say('where', {
      placement: values.placement ?? placement.name,
      congestion: kernelCongestion(),
      load: loadavg()[0],
    });
    for (const name of names) await MEASURES[name]!({ world, direct, say });
    say('end', { load: loadavg()[0] });
  } finally {
    await world.close();
  }
}

const names = Object.keys(MEASURES).filter((name) => positionals.length === 0 || positionals.includes(name));
const unknown = positionals.find((name) => !Object.hasOwn(MEASURES, name));
if (unknown !== undefined) end(`measure what? ${unknown} is none of: ${Object.keys(MEASURES).join(', ')}`);

const found = rights(process.env);
const isInside = found.state === 'inside';
// Namespaces have no way to a registry: what is built is built before they are entered.
const built = values.programs
  ? resolve(values.programs)
  : (isInside ? builtIn : buildPrograms)(ROOT, 'release');
const missing = missingPrograms(built);
if (missing.length > 0) end(`not built in ${built}: ${missing.join(', ')}`);

if (isInside)
  await measure(
    names,
    built,
    namespaces((name) => values.placement === 'together' && SERVERS.includes(name)),
  );
else if (found.state === 'possible' && values.placement !== 'processes') {
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.exitCode = (await enter(found.flags, command)).status;
} else if (['namespaces', 'together'].includes(values.placement!)) end('namespaces cannot be made here');
else await measure(names, built, processes());
