import { deliveryWaves } from '../contract/delivery-order.ts';
import type { Environments } from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';

/** The environments in the order in which a merge delivers them, as JSON has them. */
export function environmentsOf(repository: Pick<Repository, 'environments'>): Environments {
  const waves = deliveryWaves([...repository.environments.values()].map(({ value }) => value));
  return {
    environments: waves.flatMap((wave, index) =>
      wave.map(({ id, after = [], production = true }) => ({ id, after, production, wave: index + 1 })),
    ),
  };
}
