import { Fault } from '../contract/fault.ts';
import type { LocalPlaces } from './localize.ts';

/** Where things are in a deployment on one host, as far as variables say it. */
export type HostPlaces = Omit<LocalPlaces, 'authority'>;

/**
 * Reads `ZTNA_INTERMEDIATES` (`<id>=<host>:<port>`, by comma) and `ZTNA_BACKEND` (`<host>:<port>`).
 * @throws Fault for the first that is missing or has another form
 */
export function placesIn(variables: Readonly<Record<string, string | undefined>>): HostPlaces {
  const { ZTNA_INTERMEDIATES: intermediates, ZTNA_BACKEND: backend } = variables;
  if (!intermediates) throw new Fault('ZTNA_INTERMEDIATES is not set', FORM);
  if (!backend) throw new Fault('ZTNA_BACKEND is not set', 'write <host>:<port>, such as backend:7007');
  return { intermediates: new Map(intermediates.split(',').map(placeOf)), backend };
}

const FORM = 'write <id>=<host>:<port>, by comma, such as one=intermediate-one:4433';

function placeOf(text: string): [string, { address: string; port: number }] {
  const [, id, address, port] = /^([a-z][a-z0-9-]*)=([A-Za-z0-9.-]+):(\d{1,5})$/.exec(text) ?? [];
  if (id && address && port) return [id, { address, port: Number(port) }];
  throw new Fault(`ZTNA_INTERMEDIATES has ${JSON.stringify(text)}`, FORM);
}
