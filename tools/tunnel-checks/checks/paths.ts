import type { Check } from '../check.ts';

/** That packets reach backends and come back. */
export const PATHS: readonly Check[] = [
  {
    name: 'every component is ready',
    async run(world) {
      for (const one of [...world.intermediates.values(), ...world.connectors.values()]) await one.ready();
    },
  },
];
