import { finding, type Rule } from '../rule.ts';

export const panelEgress: Rule = {
  id: 'panel-egress',
  says: 'Ensure that an admin panel is only where the network leads to the internet.',
  why: 'It reads the repository on GitHub and the keys with which its load balancer signs; endpoints lead to AWS alone, and it would never be ready.',
  *check(repository) {
    for (const file of repository.environments.values()) {
      const { adminPanel, network } = file.value;
      // As the schema has it where nothing is said.
      if (!adminPanel || (network.egress ?? 'endpoints') === 'nat') continue;
      yield finding(
        panelEgress.id,
        file,
        ['adminPanel'],
        {
          message:
            'the admin panel cannot reach GitHub and the keys of its load balancer: `network.egress` is `endpoints`',
          remedy: 'set `network.egress: nat`, or remove `adminPanel`',
        },
        'key',
      );
    }
  },
};
