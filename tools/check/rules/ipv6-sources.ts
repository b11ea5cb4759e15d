import { parsePrefix } from '../../access/values/address.ts';
import { environmentsOf } from '../each.ts';
import { warning, type Rule } from '../rule.ts';

export const ipv6Sources: Rule = {
  id: 'ipv6-sources',
  says: 'Ensure that a policy about IPv6 sources holds in an environment whose intermediates have IPv6.',
  why: 'An intermediate without IPv6 never sees an IPv6 source: such people arrive by IPv4, and are not let in.',
  *check(repository) {
    for (const file of repository.policies.values()) {
      const index = (file.value.when?.from ?? []).findIndex((prefix) => parsePrefix(prefix)?.family === 6);
      const environments = environmentsOf(repository, file.value);
      if (index < 0 || environments.length === 0) continue;
      if (environments.some((id) => repository.environments.get(id)!.value.network.ipv6)) continue;
      yield warning(ipv6Sources.id, file, ['when', 'from', index], {
        message: `no intermediate of ${environments.join(' or ')} has IPv6`,
        remedy: 'name IPv4 sources, or set `network.ipv6: true`',
      });
    }
  },
};
