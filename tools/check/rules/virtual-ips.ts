import { parseAddress, parsePrefix } from '../../access/values/address.ts';
import type { Service } from '../../contract/shapes.ts';
import type { Finding } from '../../finding/finding.ts';
import type { LoadedEnvironment, Repository, RepositoryFile } from '../../load/repository.ts';
import { FreeAddresses } from '../common/free-addresses.ts';
import { finding, type FindingWords, type Rule } from '../rule.ts';

export const virtualIps: Rule = {
  id: 'virtual-ips',
  says: 'Ensure that every service has a virtual address of its own, inside the virtual network of each environment that registers it.',
  why: 'The tunnel finds a service by its virtual address alone: two services on one address, or an address outside the network, cannot both be reached.',
  compares: true,
  *check(repository, _, before) {
    const free = new FreeAddresses(repository);
    yield* duplicates(repository, before, free);
    for (const environment of repository.environments.values()) yield* outside(repository, environment, free);
  },
};

/** Services on an address that another has. Blamed is who came later: the one that is new, or the later by its id. */
function* duplicates(
  { services }: Repository,
  before: Repository | undefined,
  free: FreeAddresses,
): Iterable<Finding> {
  const holders = new Map<string, RepositoryFile<Service>[]>();
  for (const file of services.values()) {
    const known = holders.get(file.value.virtualIp);
    if (known) known.push(file);
    else holders.set(file.value.virtualIp, [file]);
  }
  const had = ({ value }: RepositoryFile<Service>): boolean =>
    before?.services.get(value.id)?.value.virtualIp === value.virtualIp;
  for (const [address, all] of holders) {
    const first = all.find(had) ?? all[0]!;
    for (const file of all) {
      if (file === first) continue;
      yield finding(virtualIps.id, file, ['virtualIp'], {
        message: `\`virtualIp\` ${address} is that of service \`${first.value.id}\` too`,
        expected: 'an address that no other service has',
        ...instead(free.take(file.value.id), 'choose another'),
      });
    }
  }
}

/** Services that an environment registers whose address is not in its virtual network. */
function* outside(
  { services }: Repository,
  { value, connectors }: LoadedEnvironment,
  free: FreeAddresses,
): Iterable<Finding> {
  const network = parsePrefix(value.network.virtualNetwork);
  if (network?.family !== 4) return;
  const registered = [...connectors.values()].flatMap((file) =>
    file.value.services.map(({ service }) => service),
  );
  for (const id of new Set(registered)) {
    const file = services.get(id);
    const address = file && parseAddress(file.value.virtualIp);
    if (!file || address?.family !== 4) continue;
    // The first and the last address of a network are not a host's.
    if (address.value > network.begin && address.value < network.end - 1) continue;
    yield finding(virtualIps.id, file, ['virtualIp'], {
      message: `\`virtualIp\` is outside the virtual network of ${value.id}`,
      expected: `an address inside ${value.network.virtualNetwork}`,
      found: file.value.virtualIp,
      ...instead(free.take(id), 'choose one inside'),
    });
  }
}

function instead(address: string | undefined, otherwise: string): Pick<FindingWords, 'remedy' | 'edits'> {
  if (address === undefined) return { remedy: otherwise };
  return { remedy: `write ${address}, which is free`, edits: [{ path: ['virtualIp'], write: address }] };
}
