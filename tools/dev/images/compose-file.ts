import { parse } from 'yaml';
import type { LoadedEnvironment, Repository } from '../../load/repository.ts';

/** What of a compose file is compared. */
interface ComposeFile {
  services?: Record<string, { environment?: Record<string, string>; volumes?: string[]; ports?: string[] }>;
}

/**
 * What compose.yaml says otherwise than the YAML of the environment that it runs: a sentence each. It says by hand which
 * components there are, and whose log their policy agents follow, as compose has nothing that could read it elsewhere.
 */
export function composeFaults(text: string, repository: Pick<Repository, 'environments'>): string[] {
  const { services = {} } = parse(text, { merge: true }) as ComposeFile;
  const store = services['store']?.environment ?? {};
  const id = store['ZTNA_ENVIRONMENT'] ?? '';
  const environment = repository.environments.get(id);
  if (!environment)
    return [
      `compose.yaml: store runs ${id || 'no environment'}: expected one of ${[...repository.environments.keys()].join(', ')}`,
    ];
  const all = Object.entries(services);
  return [
    ...all.flatMap(([name, { environment: told = {} }]) => logFaults(name, told, environment)),
    ...componentFaults(all, environment),
    ...all.flatMap(([name, { environment: told = {} }]) => placeFaults(name, told, environment)),
    ...all.flatMap(([name, { ports = [] }]) => portFaults(name, ports)),
  ];
}

/** Whose log a policy agent follows. */
function logFaults(
  name: string,
  told: Readonly<Record<string, string>>,
  { value }: LoadedEnvironment,
): string[] {
  if (told['ZTNA_ACCOUNT'] === undefined) return [];
  const expected = {
    ZTNA_ENVIRONMENT: value.id,
    ZTNA_ACCOUNT: value.account,
    ZTNA_REGION: value.region,
    ZTNA_EPOCH: String(value.epoch),
  };
  return Object.entries(expected).flatMap(([variable, wanted]) =>
    told[variable] === wanted
      ? []
      : [`compose.yaml: ${name}: ${variable} is ${told[variable]}: expected ${wanted}, as ${value.id} says`],
  );
}

/** Where the store, and whoever compares with it, has the intermediates. */
function placeFaults(
  name: string,
  told: Readonly<Record<string, string>>,
  { value }: LoadedEnvironment,
): string[] {
  if (name !== 'store' && told['ZTNA_INTERMEDIATES'] === undefined) return [];
  return differences(
    `${name}: ZTNA_INTERMEDIATES`,
    (told['ZTNA_INTERMEDIATES'] ?? '').split(',').map((one) => one.split('=')[0]!),
    value.intermediates.map((one) => one.id),
  );
}

/** The panel asks nobody to sign in: what is published is for this machine alone. */
function portFaults(name: string, ports: readonly string[]): string[] {
  return ports
    .filter((port) => !port.startsWith('127.0.0.1:'))
    .map(
      (port) => `compose.yaml: ${name}: port ${port} is published to everybody: expected 127.0.0.1:${port}`,
    );
}

/** Each component once as a program and once as its policy agent, with the folder that the store lays out for it. */
function componentFaults(
  services: readonly (readonly [string, { environment?: Record<string, string>; volumes?: string[] }])[],
  { value, connectors }: LoadedEnvironment,
): string[] {
  const wanted = [
    ...value.intermediates.map(({ id }) => `intermediate/${id}`),
    ...[...connectors.keys()].map((id) => `connector/${id}`),
  ];
  const of = (isAgent: boolean) =>
    services.flatMap(([, { environment: told = {} }]) =>
      told['ZTNA_COMPONENT'] !== undefined && 'ZTNA_OUT' in told === isAgent ? told['ZTNA_COMPONENT'] : [],
    );
  const folders = services
    .find(([name]) => name === 'store')?.[1]
    .volumes?.flatMap((one) => /:\/components\/((?:intermediate|connector)-[^:]+)/.exec(one)?.[1] ?? []);
  return [
    ...differences('programs', of(false), wanted),
    ...differences('policy agents', of(true), wanted),
    ...differences(
      'store: folders of components',
      folders ?? [],
      wanted.map((one) => one.replace('/', '-')),
    ),
  ];
}

function differences(what: string, found: readonly string[], wanted: readonly string[]): string[] {
  const text = (list: readonly string[]) => [...list].sort().join(', ');
  return text(found) === text(wanted)
    ? []
    : [`compose.yaml: ${what}: found ${text(found)}: expected ${text(wanted)}`];
}
