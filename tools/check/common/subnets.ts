import { parsePrefix } from '../../access/values/address.ts';
import type { Connector, Environment } from '../../contract/shapes.ts';
import type { RepositoryFile, LoadedEnvironment, Path } from '../../load/repository.ts';

/** An IPv4 prefix of an environment, and where it is. */
export interface PlacedSubnet {
  file: RepositoryFile<Environment> | RepositoryFile<Connector>;
  path: Path;
  cidr: string;
  begin: number;
  end: number;
  /** The length after the slash. */
  length: number;
}

/** Reads a prefix. @returns undefined for one that cannot be read, which is a matter of another rule */
export function subnet(file: PlacedSubnet['file'], path: Path, cidr: string): PlacedSubnet | undefined {
  const prefix = parsePrefix(cidr);
  if (prefix?.family !== 4) return undefined;
  const { begin, end } = prefix;
  return { file, path, cidr, begin, end, length: Number(cidr.split('/')[1]) };
}

/** The subnets that are made for an environment: its zones' and its connectors'. */
export function subnetsOf(environment: LoadedEnvironment): PlacedSubnet[] {
  const zones = environment.value.network.zones.flatMap((zone, index) =>
    (['public', 'private'] as const).map((side) =>
      subnet(environment, ['network', 'zones', index, side], zone[side]),
    ),
  );
  const connectors = [...environment.connectors.values()].flatMap((file) =>
    (file.value.subnets ?? []).map(({ cidr }, index) =>
      cidr === undefined || file.value.network !== undefined
        ? undefined
        : subnet(file, ['subnets', index, 'cidr'], cidr),
    ),
  );
  return [...zones, ...connectors].filter((one) => one !== undefined);
}
