import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { LoadedEnvironment } from '../load/repository.ts';
import type { ProgramRun } from './processes.ts';
import type { LocalPrograms } from './programs.ts';
import type { Secrets } from './secrets.ts';

/** Where each component is on this machine. */
export interface ComponentPlaces {
  /** The UDP port of an intermediate, by its id. */
  port: (id: string) => number;
  /** Where each component answers health, figures and what it enforces, as `host:port`. */
  http: (component: string) => string;
  /** The folder in which a component's enforcement file is. */
  out: (component: string) => string;
}

/** The programs of an environment's components, as they run on this machine. */
export async function componentRuns(
  { value, connectors }: LoadedEnvironment,
  programs: LocalPrograms,
  secrets: Secrets,
  places: ComponentPlaces,
): Promise<ProgramRun[]> {
  const ca = await secrets.authority();
  const run = (name: string, program: string, variables: Record<string, string>): ProgramRun => ({
    name,
    command: [program],
    variables: {
      ZTNA_COMPONENT: name,
      ZTNA_HTTP: places.http(name),
      ZTNA_ENFORCEMENT: join(places.out(name), 'enforcement.json'),
      ZTNA_LOG: 'info',
      ...variables,
    },
  });
  const intermediates = value.intermediates.map(
    ({ id }) =>
      async () =>
        run(`intermediate/${id}`, programs['intermediate-server'], {
          ZTNA_INSTANCE: 'local',
          ZTNA_BIND: loopback(),
          ZTNA_PORT: String(places.port(id)),
          ZTNA_CLIENT_CAS: ca,
          ZTNA_TLS: await secrets.certificate({ kind: 'intermediate', id, address: 'localhost' }),
          ZTNA_KEYS: secrets.sharedKeys(),
        }),
  );
  const served = [...connectors.keys()].map(
    (id) => async () =>
      run(`connector/${id}`, programs['app-connector'], {
        ZTNA_TLS: await secrets.certificate({ kind: 'connector', id }),
        ZTNA_SERVER_CAS: ca,
      }),
  );
  // One after the other: they write into one folder.
  const runs: ProgramRun[] = [];
  for (const make of [...intermediates, ...served]) runs.push(await make());
  return runs;
}

/** Loopback in each family that this machine has: `localhost` may mean either. */
function loopback(): string {
  const six = Object.values(networkInterfaces()).some((list) =>
    list?.some(({ address }) => address === '::1'),
  );
  return six ? '127.0.0.1,[::1]' : '127.0.0.1';
}
