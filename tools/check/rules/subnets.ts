import { overlaps } from '../common/overlaps.ts';
import { finding, type Rule } from '../rule.ts';
import { subnet, subnetsOf } from '../common/subnets.ts';

export const subnets: Rule = {
  id: 'subnets',
  says: 'Ensure that the subnets of zones and connectors lie inside their network and do not overlap.',
  why: 'AWS refuses such a subnet, but only after the merge, in the middle of an apply.',
  *check(repository) {
    for (const environment of repository.environments.values()) {
      const network = subnet(environment, [], environment.value.network.cidr);
      const all = subnetsOf(environment);
      for (const { file, path, cidr, begin, end } of all) {
        if (!network || (begin >= network.begin && end <= network.end)) continue;
        const message = `the subnet ${cidr} is outside the network of ${environment.value.id}`;
        yield finding(subnets.id, file, path, {
          message,
          expected: `a part of ${network.cidr}`,
          remedy: 'choose one inside',
        });
      }
      const stretches = all.map((of, index) => ({ begin: of.begin, end: of.end, owner: String(index), of }));
      for (const [later, earlier] of overlaps(stretches)) {
        const message = `the subnet ${later.cidr} overlaps ${earlier.cidr}${earlier.file === later.file ? '' : ` of ${earlier.file.file}`}`;
        yield finding(subnets.id, later.file, later.path, { message, remedy: 'choose one that is free' });
      }
    }
  },
};
