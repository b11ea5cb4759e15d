import { type InjectedFault, FAULTS, POSSIBLE } from './scheduler/faults.ts';
import { publish, type Scenario, SCENARIOS } from './scenarios.ts';
import { SITUATIONS } from './situations.ts';
import type { ScheduledCall } from './scheduler/scheduler.ts';
import type { Coverage } from './scheduler/coverage.ts';
import { invariant } from './oracle/invariant.ts';
import { Cluster } from './cluster/cluster.ts';

/** What is done to the call of this number: one fault. */
interface Mishap {
  at: number;
  fault: InjectedFault;
}

/** Carries a scenario out with one mishap. @returns the calls of its work, in order */
async function play(
  { before, work }: Scenario,
  mishap: Mishap | undefined,
  coverage: Coverage,
): Promise<ScheduledCall[]> {
  const cluster = new Cluster(coverage, [
    ['intermediate/one', 'a'],
    ['connector/apps', 'c'],
  ]);
  await before(cluster);
  const calls: ScheduledCall[] = [];
  cluster.scheduler.decide = (call) => {
    calls.push(call);
    return calls.length === mishap?.at ? mishap.fault : undefined;
  };
  await work(cluster);
  const done = [...calls];
  await verifyConvergence(cluster, mishap?.fault);
  return done;
}

/** When nothing goes wrong any more, everybody comes to enforce the newest entry, and a publish run again completes. */
async function verifyConvergence(cluster: Cluster, fault: InjectedFault | undefined): Promise<void> {
  cluster.putRight();
  const behind = await cluster.settle(4);
  invariant(behind === undefined || cluster.excused || cluster.unbegun, `it does not converge: ${behind}`);
  // A follower without state needs all that the newest entry names, also what a crashed publisher wrote.
  const telling = fault === undefined || fault === 'crash after';
  if (telling && !cluster.excused) await verifyReplacement(cluster);
  await publish(cluster, undefined, { do: 'publish', force: cluster.excused });
  const late = await cluster.settle(4);
  invariant(late === undefined, `it does not converge after another publish: ${late}`);
}

async function verifyReplacement(cluster: Cluster): Promise<void> {
  for (const follower of cluster.followers) follower.replace();
  const behind = await cluster.settle(4);
  invariant(behind === undefined, `a new follower does not converge: ${behind}`);
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
export async function singleFaults(
  coverage: Coverage,
  wanted: readonly InjectedFault[] = FAULTS,
): Promise<Extent> {
  const extent: Extent = { scenarios: 0, calls: 0, mishaps: 0 };
  const played: { scenario: Scenario; calls: ScheduledCall[] }[] = [];
  for (const scenario of [...SCENARIOS, ...SITUATIONS]) {
    const calls = await playAndExplain(scenario, undefined, coverage);
    extent.scenarios += 1;
    extent.calls += calls.length;
    if (!SITUATIONS.includes(scenario)) played.push({ scenario, calls });
  }
  for (const { scenario, calls } of played) {
    for (const [index, { kind }] of calls.entries()) {
      for (const fault of POSSIBLE[kind].filter((one) => wanted.includes(one))) {
        await playAndExplain(scenario, { at: index + 1, fault }, coverage);
        extent.mishaps += 1;
      }
    }
  }
  return extent;
}

export async function playAndExplain(
  scenario: Scenario,
  mishap: Mishap | undefined,
  coverage: Coverage,
): Promise<ScheduledCall[]> {
  try {
    return await play(scenario, mishap, coverage);
  } catch (error) {
    const what = mishap ? `${mishap.fault} at call ${mishap.at}` : 'nothing goes wrong';
    throw new Error(`${scenario.name}, ${what}: ${(error as Error).message}`, { cause: error });
  }
}
