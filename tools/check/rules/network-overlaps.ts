import { overlaps } from '../common/overlaps.ts';
import { finding, type Rule } from '../rule.ts';
import { subnet } from '../common/subnets.ts';

export const networkOverlaps: Rule = {
  id: 'network-overlaps',
  says: "Ensure that no two environments' networks overlap, and no virtual network its environment's own.",
  why: 'Networks with the same addresses can never be joined, and an address inside the tunnel must not be one outside it.',
  *check(repository) {
    const environments = [...repository.environments.values()];
    const networks = environments
      .map((file) => subnet(file, ['network', 'cidr'], file.value.network.cidr))
      .filter((one) => one !== undefined);
    const stretches = networks.map((of) => ({ begin: of.begin, end: of.end, owner: of.file.value.id, of }));
    for (const [later, earlier] of overlaps(stretches)) {
      const message = `the network ${later.cidr} overlaps ${earlier.cidr} of ${earlier.file.value.id}`;
      yield finding(networkOverlaps.id, later.file, later.path, {
        message,
        remedy: 'choose other addresses',
      });
    }
    for (const file of environments) {
      const own = subnet(file, ['network', 'cidr'], file.value.network.cidr);
      const virtual = subnet(file, ['network', 'virtualNetwork'], file.value.network.virtualNetwork);
      if (!own || !virtual || virtual.begin >= own.end || own.begin >= virtual.end) continue;
      const message = `the virtual network ${virtual.cidr} overlaps the network ${own.cidr}`;
      yield finding(networkOverlaps.id, file, virtual.path, { message, remedy: 'choose other addresses' });
    }
  },
};
