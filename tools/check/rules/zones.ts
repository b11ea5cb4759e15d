import type { LoadedEnvironment } from '../../load/repository.ts';
import { didYouMean, slipOf } from '../../finding/nearest.ts';
import { finding, type Rule } from '../rule.ts';

export const zones: Rule = {
  id: 'zones',
  says: "Ensure that every zone that is named is one of the environment's, and lies in its region.",
  why: 'A subnet or a server in a zone that the network does not have cannot be made.',
  *check(repository) {
    for (const environment of repository.environments.values()) {
      const { region, network } = environment.value;
      for (const [index, { id }] of network.zones.entries()) {
        if (id.slice(0, -1) === region) continue;
        const message = `zone ${id} is not in the region`;
        yield finding(zones.id, environment, ['network', 'zones', index, 'id'], {
          message,
          expected: `${region} and a letter`,
          remedy: 'correct the zone or the region',
        });
      }
      const known = network.zones.map(({ id }) => id);
      for (const { file, path, zone } of namedIn(environment)) {
        if (known.includes(zone)) continue;
        const message = `${environment.value.id} has no zone ${zone}`;
        const meant = slipOf(zone, known);
        yield finding(zones.id, file, path, {
          message,
          expected: `one of ${known.join(', ')}`,
          remedy: didYouMean(zone, known, 'add it to `network.zones`'),
          ...(meant !== undefined && { edits: [{ path, write: meant }] }),
        });
      }
    }
  },
};

function* namedIn(environment: LoadedEnvironment) {
  for (const [index, { zone }] of environment.value.intermediates.entries())
    yield { file: environment, path: ['intermediates', index, 'zone'], zone };
  // Zones of a network that is there already are its own.
  for (const file of [...environment.connectors.values()].filter(({ value }) => !value.network)) {
    for (const [index, { zone }] of (file.value.subnets ?? []).entries())
      yield { file, path: ['subnets', index, 'zone'], zone };
  }
}
