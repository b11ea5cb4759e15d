import { isLive } from '../contract/log/liveness.ts';
import { Fault } from '../contract/fault.ts';
import type { Convergence, InstanceState, Ring } from '../contract/shapes.ts';
import type { Clock } from '../store/clock.ts';
import { stagesOf } from './stages.ts';

/** How the programs of an environment are made anew, one component at a time. */
export interface ReplacementOptions {
  rings: readonly Ring[];
  /** All components of the environment. */
  components: readonly string[];
  /** Reads how far the components have come. */
  look(): Promise<Convergence>;
  /** How long a new instance may take until it enforces, in seconds; the bake comes on top. */
  patienceSeconds: number;
  tell(text: string): void;
  clock: Clock;
  signal: AbortSignal;
}

/** Between two looks, in milliseconds. */
const INTERVAL_MS = 2000;

/** Components in the order of their rings, those in no ring last; within a ring by name. */
export function inRingOrder(
  rings: readonly Ring[],
  all: readonly string[],
  some: readonly string[],
): string[] {
  const stages = stagesOf(rings, all);
  // One that the environment no longer names is in none.
  const stageOf = (component: string) => {
    const found = stages.findIndex(({ components }) => components.includes(component));
    return found < 0 ? stages.length : found;
  };
  return [...some].sort((a, b) => stageOf(a) - stageOf(b) || (a < b ? -1 : 1));
}

/**
 * Makes one component anew, and waits until an instance that was not there before enforces what is in force, and has done
 * so for as long as its ring bakes. Where nothing was published yet, or the component has no part in it, nothing can be
 * waited for.
 * @throws Fault with status 1 where it does not: the next component is not made anew then
 */
export async function replaced(
  component: string,
  work: () => Promise<void>,
  options: ReplacementOptions,
): Promise<void> {
  const { rings, components, tell, clock, signal, patienceSeconds } = options;
  const before = await instancesOf(component, options);
  await work();
  if (before === undefined) return;
  const known = new Set(before.filter(isLive).map(({ instance }) => instance));
  tell(`${component}: waiting until the new instance enforces what is in force`);
  const end = clock.now() + patienceSeconds * 1000;
  while (!(await isWell(component, known, options))) {
    if (clock.now() >= end)
      throw notWell(component, `no new instance of it enforces what is in force after ${patienceSeconds} s`);
    await clock.sleep(INTERVAL_MS, signal);
  }
  const bake = bakeOf(component, rings, components);
  if (bake > 0) tell(`${component}: well; baking for ${bake} s`);
  await clock.sleep(bake * 1000, signal);
  if (!(await isWell(component, known, options)))
    throw notWell(component, `its new instance was well, and is not after ${bake} s`);
}

function notWell(component: string, what: string): Fault {
  return new Fault(
    `${component} was made anew, and ${what}: what comes after it stays as it is`,
    'look at it with npx ztna status; revert the change, or run the same command again when it is well',
    { status: 1 },
  );
}

async function instancesOf(
  component: string,
  { look }: ReplacementOptions,
): Promise<readonly InstanceState[] | undefined> {
  return (await look()).components.find((one) => one.component === component)?.instances;
}

/** Whether all that are live enforce what is in force, and one among them is new. */
async function isWell(
  component: string,
  known: ReadonlySet<string>,
  options: ReplacementOptions,
): Promise<boolean> {
  const live = ((await instancesOf(component, options)) ?? []).filter(isLive);
  const enforce = live.every(({ state }) => state === 'enforcing' || state === 'stale');
  return enforce && live.some(({ instance }) => !known.has(instance));
}

/** Seconds that a component must bear what is new before the next ring gets it. */
function bakeOf(component: string, rings: readonly Ring[], components: readonly string[]): number {
  return stagesOf(rings, components).find((stage) => stage.components.includes(component))?.bakeSeconds ?? 0;
}
