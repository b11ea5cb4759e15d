import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from '../load/repository.ts';
import { localized } from './localize.ts';
import { portsIn } from './ports.ts';

/** Files of the tunnel in the state folder: which ports are whose, and the authority that signs everything here. */
export const PORTS_FILE = join('tunnel', 'ports.json');
export const CERTIFICATES = join('tunnel', 'certificates');

/** The name of the test backend's port. */
export const BACKEND = 'test-backend';

/** Where an intermediate is that has a port on this machine. */
export const localPlace = (port: number) => ({ address: 'localhost', port });

/**
 * The same company with each environment moved that `npm start` has published here: what a store on this machine has of
 * it. As it is where start never ran, and without errors.
 * @param state the state folder
 */
export function localizedAsStarted(repository: Repository, state: string): Repository {
  const authority = join(state, CERTIFICATES, 'ca.pem');
  const ports = portsIn(join(state, PORTS_FILE));
  const backend = ports.get(BACKEND);
  if (!existsSync(authority) || backend === undefined) return repository;
  const places = {
    authority: readFileSync(authority, 'utf8'),
    intermediates: new Map(
      [...ports].flatMap(([name, port]) =>
        name.startsWith('intermediate/')
          ? [[name.slice('intermediate/'.length), localPlace(port)] as const]
          : [],
      ),
    ),
    backend: `127.0.0.1:${backend}`,
  };
  return [...repository.environments.keys()]
    .filter((id) => existsSync(join(state, 'follow', id)))
    .reduce((moved, id) => localized(moved, id, places), repository);
}
