import { portRange } from '../../access/values/ports.ts';
import type { Ports } from '../../contract/shapes.ts';
import type { Finding } from '../../finding/finding.ts';
import type { RepositoryFile, Path, Repository } from '../../load/repository.ts';
import { finding, type Rule } from '../rule.ts';

/** The last port there is. */
const LAST = 65535;

export const portRanges: Rule = {
  id: 'port-ranges',
  says: 'Ensure that ranges of ports run upwards, end by 65535 and do not overlap.',
  why: 'A range that runs backwards names no port at all, and of two that overlap one is usually a slip of the hand.',
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
  const tell = (message: string, remedy: string) => finding(portRanges.id, file, path, { message, remedy });
  if (last < first) yield tell(`the range ${ports[index]} runs backwards`, `write it as "${last}-${first}"`);
  if (Math.max(first, last) > LAST)
    yield tell(`there is no port ${Math.max(first, last)}`, `ports end at ${LAST}`);
  const other = ports.slice(0, index).find((one) => overlap(portRange(one), [first, last]));
  if (other !== undefined) yield tell(`${ports[index]} overlaps ${other}`, 'keep each port once');
}

function overlap(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] <= b[1] && b[0] <= a[1];
}
