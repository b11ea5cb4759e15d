import type { LoadedEnvironment } from '../../load/repository.ts';
import { didYouMean, slipOf } from '../../finding/nearest.ts';
import type { Finding } from '../../finding/finding.ts';
import type { Connector } from '../../contract/shapes.ts';
import type { RepositoryFile } from '../../load/repository.ts';
import { subnet, type PlacedSubnet } from '../common/subnets.ts';
import { finding, type Rule } from '../rule.ts';

export const existingNetworks: Rule = {
  id: 'existing-networks',
  says: 'Ensure that a connector in a network that is there already names one of its environment and subnets of it, and that routes lead elsewhere.',
  why: 'A subnet cannot be made in the network of another team, and a route to our own addresses would lead them away.',
  *check(repository) {
    for (const environment of repository.environments.values()) {
      for (const file of environment.connectors.values()) yield* ofConnector(environment, file);
      yield* ofRoutes(environment);
    }
  },
};

function* ofConnector(environment: LoadedEnvironment, file: RepositoryFile<Connector>): Iterable<Finding> {
  const { network, subnets = [] } = file.value;
  const known = (environment.value.network.existing ?? []).map(({ id }) => id);
  if (network !== undefined && !known.includes(network)) {
    const meant = slipOf(network, known);
    yield finding(existingNetworks.id, file, ['network'], {
      message: `${environment.value.id} has no existing network \`${network}\``,
      remedy: didYouMean(network, known, 'add it to `network.existing`'),
      ...(meant !== undefined && { edits: [{ path: ['network'], write: meant }] }),
    });
    return;
  }
  const key = network === undefined ? 'cidr' : 'id';
  for (const [index, one] of subnets.entries()) {
    if (one[key] !== undefined) continue;
    yield finding(existingNetworks.id, file, ['subnets', index], {
      message:
        network === undefined
          ? `the subnet ${one.id} is there already, but the connector runs in the environment's own network`
          : `a subnet ${one.cidr} cannot be made in ${network}, which is there already`,
      expected: `\`${key}\``,
      remedy: network === undefined ? 'name its `network`' : 'name a subnet of it by its id',
    });
  }
}

/** The addresses of other networks, where they are ours. */
function* ofRoutes(environment: LoadedEnvironment): Iterable<Finding> {
  const { cidr, virtualNetwork, routes = [], existing = [] } = environment.value.network;
  const own = [
    ['the network', subnet(environment, [], cidr)],
    ['the virtual network', subnet(environment, [], virtualNetwork)],
  ] as const;
  const others = [
    ...routes.map(({ to }, index) => subnet(environment, ['network', 'routes', index, 'to'], to)),
    ...existing.flatMap(({ cidrs }, at) =>
      cidrs.map((one, index) => subnet(environment, ['network', 'existing', at, 'cidrs', index], one)),
    ),
  ].filter((one): one is PlacedSubnet => one !== undefined);
  for (const other of others)
    for (const [what, ours] of own) {
      if (!ours || other.begin >= ours.end || ours.begin >= other.end) continue;
      yield finding(existingNetworks.id, environment, other.path, {
        message: `${other.cidr} overlaps ${what} ${ours.cidr}`,
        remedy: 'name the addresses of the other network alone',
      });
    }
}
