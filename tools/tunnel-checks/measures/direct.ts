import { addressOf } from '../placements/placement.ts';
import { isInstalled } from '../programs-here.ts';
import { FINE, type LossyPath, lossyPath, type Weather } from '../world/lossy.ts';
import type { World } from '../world/world.ts';
import type { Worker } from '../worker/worker.ts';
import { SEED } from '../checks/weather.ts';

/** A client and a backend of their own with no tunnel between them: what the tunnel is measured beside. */
export interface Direct {
  worker: Worker;
  /** The backend's address with nothing between. */
  address: string;
  /** Its address on a path with weather, where this machine can join them by one. */
  far?: { address: string; weather(next: Weather): void };
}

/** Sets up both. All of it ends with the world. */
export async function directIn(world: World): Promise<Direct> {
  const { placement } = world;
  const client = await placement.host('direct-client', ['internet']);
  const backend = await placement.host('direct-backend', ['internet']);
  const worker = world.workerOn(client);
  if (!placement.link || !isInstalled('ethtool')) {
    const address = addressOf(backend, 'internet');
    await world.backendOn(backend, address);
    return { worker, address };
  }
  // At whichever address of its host it is looked for.
  await world.backendOn(backend, '0.0.0.0');
  const addresses = [addressOf(client, 'internet'), addressOf(backend, 'internet')] as const;
  const paths = await pathsBetween(placement.here, addresses);
  world.onClose(() => paths.forEach((path) => path.close()));
  const ports = paths.map((path) => path.address.port) as [number, number];
  const [, address] = placement.link([client, backend], ports);
  const weather = (next: Weather) => paths.forEach((path) => (path.weather = next));
  return { worker, address: addresses[1], far: { address, weather } };
}

/** The path that each one's datagrams take to the other. Each takes them at the port of its own path. */
async function pathsBetween(
  here: string,
  [one, other]: readonly [string, string],
): Promise<readonly [LossyPath, LossyPath]> {
  // The port is known once the second path is there, and nothing is sent before.
  const toOther = { host: other, port: 0 };
  const there = await lossyPath(here, toOther, FINE, SEED);
  const back = await lossyPath(here, { host: one, port: there.address.port }, FINE, SEED + 1);
  toOther.port = back.address.port;
  return [there, back];
}
