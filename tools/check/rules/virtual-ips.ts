import { parseAddress, parsePrefix } from '../../access/values/address.ts';
import { finding, type Rule } from '../rule.ts';

export const virtualIps: Rule = {
  id: 'virtual-ips',
  says: 'Ensure that every service has a virtual address of its own, inside the virtual network of each environment that registers it.',
  why: 'The tunnel finds a service by its virtual address alone: two services on one address, or an address outside the network, cannot both be reached.',
  *check(repository) {
    const first = new Map<string, string>();
    for (const [id, file] of repository.services) {
      const { virtualIp } = file.value;
      const other = first.get(virtualIp);
      if (other === undefined) first.set(virtualIp, id);
      else {
        const message = `\`virtualIp\` ${virtualIp} is that of service \`${other}\` too`;
        yield finding(virtualIps.id, file, ['virtualIp'], {
          message,
          expected: 'an address that no other service has',
          remedy: 'choose another',
        });
      }
    }
    for (const [environment, { value, connectors }] of repository.environments) {
      const network = parsePrefix(value.network.virtualNetwork);
      if (network?.family !== 4) continue;
      for (const id of new Set(
        [...connectors.values()].flatMap((file) => file.value.services.map(({ service }) => service)),
      )) {
        const file = repository.services.get(id);
        const address = file && parseAddress(file.value.virtualIp);
        // The first and the last address of a network are not a host's.
        if (
          !file ||
          address?.family !== 4 ||
          (address.value > network.begin && address.value < network.end - 1)
        )
          continue;
        const message = `\`virtualIp\` is outside the virtual network of ${environment}`;
        const expected = `an address inside ${value.network.virtualNetwork}`;
        yield finding(virtualIps.id, file, ['virtualIp'], {
          message,
          expected,
          found: file.value.virtualIp,
          remedy: 'choose one inside',
        });
      }
    }
  },
};
