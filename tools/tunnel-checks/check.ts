import type { Placement } from './placements/placement.ts';
import type { World } from './world/world.ts';

/** What must hold of the whole system, tried on real programs. Every placement runs the same list. */
export interface Check {
  /** A sentence, as a test's. */
  name: string;
  /** Where it can be tried; everywhere when omitted. */
  placements?: readonly Placement['name'][];
  /** Programs of the machine that it uses; it is skipped where one of them is not installed. */
  needs?: readonly string[];
  /** `prove`: too long for each change, and run by `npm run prove:tunnel` alone. */
  share?: 'prove';
  /** Leaves the world as it was. @throws where it does not hold */
  run(world: World, scale: Scale): Promise<void>;
}

/** How much is tried: little at each change, all of it before something is called proved. */
export interface Scale {
  /** Bytes each way; and there and back where the path is bad. */
  bulk: number;
  bad: number;
  connections: { parallel: number; short: number };
  /** The largest payload, each size up to which is tried. */
  largest: number;
  /** Connections in random weather. */
  schedules: number;
}

/** What a share tries. */
export const SCALES: Readonly<Record<'ci' | 'prove', Scale>> = {
  ci: {
    bulk: 10_000_000,
    bad: 10_000_000,
    connections: { parallel: 200, short: 200 },
    largest: 3000,
    schedules: 100,
  },
  prove: {
    bulk: 100_000_000,
    bad: 10_000_000,
    connections: { parallel: 200, short: 1000 },
    largest: 3000,
    schedules: 1000,
  },
};
