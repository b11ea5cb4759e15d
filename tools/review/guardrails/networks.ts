import type { Environment } from '../../contract/shapes.ts';
import type { LoadedEnvironment, Path } from '../../load/repository.ts';
import { objection, type Guardrail } from '../change.ts';
import { spotOf } from '../locations.ts';

export const networks: Guardrail = {
  id: 'networks',
  says: 'Ensure that no environment moves to other addresses, another region or another account unsaid.',
  why: 'A VPC cannot be moved: AWS makes it and all that is in it anew, and until that is done nobody reaches anything.',
  *check(change) {
    for (const [id, after] of change.head.environments) {
      const before = change.base.environments.get(id);
      if (!before) continue;
      for (const { what, was, is, path, goes } of movesOf(before, after))
        yield objection(
          networks.id,
          `${id}/${what}`,
          spotOf('after', after, path),
          {
            message: `the ${what} of ${id} would be ${is} instead of ${was}, and ${goes} would be taken down and made anew`,
            remedy: 'make a second environment beside it, and move there',
          },
          change,
        );
    }
  },
};

interface Move {
  what: string;
  was: string;
  is: string;
  path: Path;
  goes: string;
}

/** What makes parts of an environment's infrastructure anew; where it is elsewhere, its addresses say nothing more. */
function movesOf(before: LoadedEnvironment, after: LoadedEnvironment): Move[] {
  const everything = `the whole network with ${inside(before)}`;
  const [was, is] = [before.value, after.value];
  const whole = [
    { what: 'account', was: was.account, is: is.account, path: ['account'] },
    { what: 'region', was: was.region, is: is.region, path: ['region'] },
    { what: 'network', was: was.network.cidr, is: is.network.cidr, path: ['network', 'cidr'] },
  ].filter((one) => one.was !== one.is);
  if (whole.length > 0) return whole.map((one) => ({ ...one, goes: everything }));
  return subnetMoves(was, is);
}

/** A zone's subnets, and what is in them. */
function subnetMoves(was: Environment, is: Environment): Move[] {
  return is.network.zones.flatMap((zone, index) => {
    const old = was.network.zones.find(({ id }) => id === zone.id);
    return (['public', 'private'] as const).flatMap((side) =>
      old && old[side] !== zone[side]
        ? {
            what: `${side} subnet in ${zone.id}`,
            was: old[side],
            is: zone[side],
            path: ['network', 'zones', index, side],
            goes: `the subnet with ${insideSubnet(was, zone.id, side)}`,
          }
        : [],
    );
  });
}

/** Everything that runs in an environment's network, by name. */
function inside({ value, connectors }: LoadedEnvironment): string {
  const own = [...connectors.values()].filter((one) => one.value.runs === 'fargate');
  return list([
    ...value.intermediates.map(({ id }) => `intermediate/${id}`),
    ...own.map((one) => `connector/${one.value.id}`),
    ...(value.adminPanel ? ['the admin panel'] : []),
    ...(value.testBackend ? ['the test backend'] : []),
  ]);
}

function insideSubnet(
  { intermediates, adminPanel, testBackend }: Environment,
  zone: string,
  side: 'public' | 'private',
): string {
  const machines = intermediates.filter((one) => one.zone === zone).map(({ id }) => `intermediate/${id}`);
  const balancer = adminPanel ? ["the admin panel's load balancer"] : [];
  const tasks = [...(adminPanel ? ['the admin panel'] : []), ...(testBackend ? ['the test backend'] : [])];
  return list(side === 'public' ? [...machines, ...balancer] : tasks);
}

const list = (names: readonly string[]): string => (names.length > 0 ? names.join(', ') : 'nothing in it');
