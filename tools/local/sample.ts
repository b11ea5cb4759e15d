import type { Repository } from '../load/repository.ts';

/**
 * Who tries the paths where nobody is named: the principal that most access tests of the environment say reaches
 * something, else the first member of the first group.
 * @returns undefined where the company names nobody
 */
export function sampleOf(repository: Repository, environment: string): string | undefined {
  const counts = new Map<string, number>();
  for (const { value } of repository.tests.values())
    for (const one of value.expect) {
      if (!('principal' in one) || !('reaches' in one) || one.principal === undefined) continue;
      if (one.environments && !one.environments.includes(environment)) continue;
      counts.set(one.principal, (counts.get(one.principal) ?? 0) + 1);
    }
  const [most] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return most?.[0] ?? [...repository.groups.values()].flatMap(({ value }) => value.members ?? [])[0];
}

/** What the sample person's device says of itself: that it is in order, and the system that it has. */
export function sampleDevice(platform: NodeJS.Platform): Map<string, string> {
  const os = platform === 'darwin' ? 'macos' : platform === 'win32' ? 'windows' : 'linux';
  return new Map([
    ['managed', 'true'],
    ['diskEncrypted', 'true'],
    ['os', os],
  ]);
}
