import { stringify } from 'yaml';
import { Fault } from '../../contract/fault.ts';
import { checkedPrefix, parseAddress, textV4 } from '../../contract/values/address.ts';
import type { Finding } from '../../finding/finding.ts';
import type { Repository } from '../../load/repository.ts';
import type { ImportDraft, DraftService } from './draft.ts';
import { portsText } from './draft.ts';

/** Whose the files are, and where their services are. */
export interface ImportPlace {
  owner: string;
  environment: string;
}

/** Files to be written, and what a person has to look at in them. */
export interface DraftFiles {
  files: Map<string, string>;
  findings: Finding[];
}

/**
 * A draft as files of this repository, beside those that it has.
 * @throws Fault where an id is taken, or the virtual network has no room
 */
export function filesOf(
  draft: ImportDraft,
  repository: Repository,
  { owner, environment }: ImportPlace,
): DraftFiles {
  const files = new Map<string, string>();
  const put = (kind: string, path: string, value: object): void => {
    const up = '../'.repeat(path.split('/').length - 1);
    files.set(path, `# yaml-language-server: $schema=${up}schemas/${kind}.schema.json\n${stringify(value)}`);
  };
  const addresses = addressesFor(draft.services, repository, environment);
  draft.groups.forEach(({ id, description, members }) =>
    put('group', `policies/groups/${id}.yaml`, { id, description, owner, members }),
  );
  draft.services.forEach(({ id, description, protocol, ports }, index) =>
    put('service', `policies/services/${id}.yaml`, {
      id,
      description,
      owner,
      protocol,
      ports: portsText(ports),
      virtualIp: addresses[index],
    }),
  );
  draft.policies.forEach(({ id, description, ...rest }) =>
    put('policy', `policies/access/${id}.yaml`, {
      id,
      description,
      owner,
      ...rest,
      environments: [environment],
    }),
  );
  const connector = `environments/${environment}/connectors/imported.yaml`;
  const services = draft.services.map(({ id, backend }) => ({
    service: id,
    backend: backend ?? `${id}.internal`,
  }));
  // A connector without services is none.
  if (services.length > 0)
    put('connector', connector, {
      id: 'imported',
      description: 'What the old system led to',
      owner,
      runs: 'external',
      services,
    });
  return {
    files,
    findings: draft.services
      .filter(({ backend }) => backend === undefined)
      .map((one) => unplaced(one, connector)),
  };
}

function unplaced({ id }: DraftService, file: string): Finding {
  const place = { file, line: 1, column: 1, rule: 'import', severity: 'warning' as const };
  return {
    ...place,
    message: `where ${id} leads is in no file of the old system`,
    remedy: `write its backend instead of ${id}.internal`,
  };
}

/** An address of the virtual network for each service, none that another one has. */
function addressesFor(
  services: readonly DraftService[],
  repository: Repository,
  environment: string,
): string[] {
  const { virtualNetwork } = repository.environments.get(environment)!.value.network;
  const network = checkedPrefix(virtualNetwork);
  if (network.family !== 4)
    throw new Fault(`the virtual network ${virtualNetwork} is not IPv4`, 'use an IPv4 network');
  const taken = new Set(
    [...repository.services.values()].map(({ value }) => parseAddress(value.virtualIp)!.value),
  );
  // The first is the network's own name, the second is left to the tunnel's end.
  let next = network.begin + 2;
  return services.map(({ id }) => {
    while (taken.has(next)) next += 1;
    if (next >= network.end - 1)
      throw new Fault(
        `the virtual network ${virtualNetwork} has no address for ${id}`,
        'give the environment a larger one',
      );
    return textV4(next++);
  });
}
