import type { Repository } from '../load/repository.ts';

/** Most people who are compared: a company's tests may name thousands. */
const COMPARED = 50;

/**
 * Who tries the paths where nobody is named: of those who the environment's access tests say reach something, the one who
 * reaches most; else the first member of the first group.
 * @param reached how many services a principal reaches
 * @returns undefined where the company names nobody
 */
export function sampleOf(
  repository: Repository,
  environment: string,
  reached: (principal: string) => number,
): string | undefined {
  const named = new Set<string>();
  for (const { value } of repository.tests.values())
    for (const one of value.expect) {
      if (!('principal' in one) || !('reaches' in one) || one.principal === undefined) continue;
      if (!one.environments || one.environments.includes(environment)) named.add(one.principal);
    }
  const counted = [...named].slice(0, COMPARED).map((principal) => [principal, reached(principal)] as const);
  const [most] = counted.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
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
