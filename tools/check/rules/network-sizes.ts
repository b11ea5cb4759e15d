import { finding, type Rule } from '../rule.ts';
import { subnet, subnetsOf } from '../common/subnets.ts';

/** The shortest and the longest prefix of a VPC and of a subnet (AWS, Amazon VPC user guide). */
const [SHORTEST, LONGEST] = [16, 28];

export const networkSizes: Rule = {
  id: 'network-sizes',
  says: 'Ensure that networks and subnets have a size that AWS accepts.',
  why: 'AWS refuses anything larger than /16 or smaller than /28, but only in the middle of an apply.',
  *check(repository) {
    for (const environment of repository.environments.values()) {
      const network = subnet(environment, ['network', 'cidr'], environment.value.network.cidr);
      for (const { file, path, cidr, length } of [...(network ? [network] : []), ...subnetsOf(environment)]) {
        if (length >= SHORTEST && length <= LONGEST) continue;
        const message = `${cidr} is too ${length < SHORTEST ? 'large' : 'small'} for AWS`;
        yield finding(networkSizes.id, file, path, {
          message,
          expected: `a length from /${SHORTEST} to /${LONGEST}`,
          remedy: 'choose another length',
        });
      }
    }
  },
};
