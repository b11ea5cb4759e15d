import { type Fault, FAULTS, POSSIBLE } from './faults.ts';
import { publish, type Scenario, SCENARIOS } from './scenarios.ts';
import type { Call } from './scheduler.ts';
import type { Tally } from './coverage.ts';
import { hold } from './invariant.ts';
import { World } from './cluster.ts';

/** What is done to the call of this number: one fault. */
interface Mishap {
  at: number;
  fault: Fault;
}

/** Carries a scenario out with one mishap. @returns the calls of its work, in order */
async function play({ before, work }: Scenario, mishap: Mishap | undefined, tally: Tally): Promise<Call[]> {
  const world = new World(tally, [
    ['intermediate/one', 'a'],
    ['connector/apps', 'c'],
  ]);
  await before(world);
  const calls: Call[] = [];
  world.stage.decide = (call) => {
    calls.push(call);
    return calls.length === mishap?.at ? mishap.fault : undefined;
  };
  await work(world);
  const done = [...calls];
  await settled(world, mishap?.fault);
  return done;
}

/** When nothing goes wrong any more, everybody comes to enforce the newest entry, and a publish run again completes. */
async function settled(world: World, fault: Fault | undefined): Promise<void> {
  const behind = await world.settle(4);
  hold(behind === undefined || world.excused, `it does not converge: ${behind}`);
  // Whoever begins without state needs all that the newest entry names, also what was written by whoever crashed.
  const telling = fault === undefined || fault === 'crash after';
  if (telling && !world.excused) await replaced(world);
  await publish(world, undefined, { do: 'publish', force: world.excused });
  const late = await world.settle(4);
  hold(late === undefined, `it does not converge after another publish: ${late}`);
}

async function replaced(world: World): Promise<void> {
  for (const follower of world.followers) follower.replace();
  const behind = await world.settle(4);
  hold(behind === undefined, `a new follower does not converge: ${behind}`);
}

/** How much was looked at. */
export interface Extent {
  scenarios: number;
  /** Calls of all scenarios, when nothing goes wrong. */
  calls: number;
  /** Runs with one mishap. */
  mishaps: number;
}

/**
 * Lets everything that can go wrong go wrong once, at every call of every scenario. @throws on the first violation
 * @param wanted the faults to make; default: all
 */
export async function exhaustive(tally: Tally, wanted: readonly Fault[] = FAULTS): Promise<Extent> {
  const extent: Extent = { scenarios: 0, calls: 0, mishaps: 0 };
  for (const scenario of SCENARIOS) {
    const calls = await told(scenario, undefined, tally);
    extent.scenarios += 1;
    extent.calls += calls.length;
    for (const [index, { kind }] of calls.entries()) {
      for (const fault of POSSIBLE[kind].filter((one) => wanted.includes(one))) {
        await told(scenario, { at: index + 1, fault }, tally);
        extent.mishaps += 1;
      }
    }
  }
  return extent;
}

async function told(scenario: Scenario, mishap: Mishap | undefined, tally: Tally): Promise<Call[]> {
  try {
    return await play(scenario, mishap, tally);
  } catch (error) {
    const what = mishap ? `${mishap.fault} at call ${mishap.at}` : 'nothing goes wrong';
    throw new Error(`${scenario.name}, ${what}: ${(error as Error).message}`, { cause: error });
  }
}
