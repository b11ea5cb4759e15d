import type { Check, Scale } from './check.ts';
import { isInstalled } from './programs-here.ts';
import type { World } from './world/world.ts';

/** Milliseconds for one check, whatever it does. */
const LONGEST = 900_000;

/** What became of checks. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs checks on a world, one after the other, and says what became of each. */
export async function runChecks(
  checks: readonly Check[],
  world: World,
  scale: Scale,
  say: (line: string) => void,
): Promise<Tally> {
  const tally = { passed: 0, failed: 0, skipped: 0 };
  const place = world.placement.name;
  for (const check of checks) {
    const missing = check.needs?.find((program) => !isInstalled(program));
    if (missing !== undefined) {
      tally[mustTryAll() ? 'failed' : 'skipped'] += 1;
      say(`${mustTryAll() ? 'FAIL' : 'skip'} ${place}: ${check.name}: ${missing} is not installed here`);
      continue;
    }
    const began = Date.now();
    const before = structuredClone(world.company);
    const fault = await faultOf(check, world, scale);
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    if (fault === undefined) tally.passed += 1;
    else tally.failed += 1;
    say(`${fault === undefined ? 'ok  ' : 'FAIL'} ${place}: ${check.name} (${seconds} s)`);
    if (fault === undefined) continue;
    say(fault.replace(/^/gm, '       '));
    // What it left half done must not fail the checks after it.
    await world.restore(before).catch((error: Error) => say(`       not restored: ${error.message}`));
  }
  return tally;
}

/** Whether everything must be tried: what cannot be is a failure then. */
export function mustTryAll(): boolean {
  return process.env['CI'] === 'true';
}

async function faultOf(check: Check, world: World, scale: Scale): Promise<string | undefined> {
  let late: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error(`it did not end within ${LONGEST / 1000} s`)), LONGEST);
  });
  try {
    await Promise.race([check.run(world, scale), limit]);
    return undefined;
  } catch (error) {
    const { message, details } = error as Error & { details?: string | false };
    // What was expected and what was found, where an assertion says so.
    return [message || String(error), details || ''].join('\n').trimEnd();
  } finally {
    clearTimeout(late);
  }
}
