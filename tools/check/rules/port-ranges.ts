import { portRange } from '../../access/values/ports.ts';
import type { Ports } from '../../contract/shapes.ts';
import type { Finding } from '../../finding/finding.ts';
import type { RepositoryFile, Path, Repository } from '../../load/repository.ts';
import { finding, type Rule } from '../rule.ts';

export const portRanges: Rule = {
  id: 'port-ranges',
  says: 'Ensure that ranges of ports do not overlap.',
  why: 'Of two ranges that overlap one is usually a slip of the hand, and whoever narrows one believes the port closed.',
  *check(repository) {
    for (const { file, path, ports } of portsIn(repository)) {
      for (const index of ports.keys()) yield* wrong(file, [...path, index], ports, index);
    }
  },
};

function* portsIn(
  repository: Repository,
): Iterable<{ file: RepositoryFile<unknown>; path: Path; ports: Ports | string[] }> {
  for (const file of repository.services.values()) yield { file, path: ['ports'], ports: file.value.ports };
  for (const file of repository.policies.values())
    yield { file, path: ['what', 'ports'], ports: file.value.what.ports ?? [] };
}

function* wrong(
  file: RepositoryFile<unknown>,
  path: Path,
  ports: readonly (number | string)[],
  index: number,
): Iterable<Finding> {
  const [first, last] = portRange(ports[index]!);
  const other = ports.slice(0, index).find((one) => overlap(portRange(one), [first, last]));
  const message = `${ports[index]} overlaps ${other}`;
  if (other !== undefined)
    yield finding(portRanges.id, file, path, { message, remedy: 'keep each port once' });
}

function overlap(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] <= b[1] && b[0] <= a[1];
}
