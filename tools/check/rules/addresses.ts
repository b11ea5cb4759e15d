import { parseAddress, parsePrefix, prefixTexts, sourcesOf } from '../../access/values/address.ts';
import type { RepositoryFile, Path, Repository } from '../../load/repository.ts';
import { connectorsOf } from '../each.ts';
import { finding, type Rule } from '../rule.ts';

export const addresses: Rule = {
  id: 'addresses',
  says: 'Ensure that addresses can be read, and that prefixes have no host bits set.',
  why: 'An address that cannot be read matches nobody; 203.0.113.7/24 is either one address or 256, and the writer knows which.',
  *check(repository) {
    for (const { file, path, prefix } of prefixesIn(repository)) {
      const read = parsePrefix(prefix);
      if (read && !read.hostBits) continue;
      const expected = read
        ? prefixTexts(sourcesOf([prefix]))[0]!
        : 'an address such as 203.0.113.7, or a prefix such as 203.0.113.0/24';
      const message = read ? `${prefix} has host bits set` : `${prefix} is no address`;
      yield finding(addresses.id, file, path, {
        message,
        expected,
        remedy: read ? `write ${expected}, or the one address alone` : 'correct it',
      });
    }
    for (const file of repository.tests.values()) {
      for (const [index, { from }] of file.value.expect.entries()) {
        if (from === undefined || parseAddress(from)) continue;
        const message = `${from} is no address`;
        yield finding(addresses.id, file, ['expect', index, 'from'], {
          message,
          expected: 'one such as 203.0.113.7',
          remedy: 'correct it, or leave `from` out for an unknown address',
        });
      }
    }
  },
};

function* prefixesIn(
  repository: Repository,
): Iterable<{ file: RepositoryFile<unknown>; path: Path; prefix: string }> {
  for (const file of repository.policies.values()) {
    for (const [index, prefix] of (file.value.when?.from ?? []).entries())
      yield { file, path: ['when', 'from', index], prefix };
  }
  for (const file of repository.environments.values()) {
    const { cidr, virtualNetwork, zones } = file.value.network;
    yield { file, path: ['network', 'cidr'], prefix: cidr };
    yield { file, path: ['network', 'virtualNetwork'], prefix: virtualNetwork };
    for (const [index, zone] of zones.entries()) {
      yield { file, path: ['network', 'zones', index, 'public'], prefix: zone.public };
      yield { file, path: ['network', 'zones', index, 'private'], prefix: zone.private };
    }
  }
  for (const { file } of connectorsOf(repository)) {
    for (const [index, { cidr }] of (file.value.subnets ?? []).entries())
      yield { file, path: ['subnets', index, 'cidr'], prefix: cidr };
  }
}
