/** What an environment's YAML creates in AWS, worked out without Terraform, so that a reviewer sees it. */
import type { LoadedEnvironment, Repository } from '../../load/repository.ts';
import { componentLines } from './components.ts';
import { flowLines } from './flows.ts';
import type { EnvironmentFiles, Line } from './model.ts';
import { networkLines } from './network.ts';
import { restLines } from './rest.ts';

export type { EnvironmentFiles, Line } from './model.ts';

/** What of a repository an environment's infrastructure comes of. */
export function givenOf(
  { services }: Repository,
  { value, connectors }: LoadedEnvironment,
): EnvironmentFiles {
  return {
    environment: value,
    connectors: [...connectors.values()].map((one) => one.value),
    services: new Map([...services].map(([id, one]) => [id, one.value])),
  };
}

/** Everything that an environment's stack makes, in order of subject and address. */
export function listingOf(given: EnvironmentFiles): Line[] {
  const lines = [...networkLines(given), ...flowLines(given), ...componentLines(given), ...restLines(given)];
  return lines.sort((a, b) => compare(a.subject, b.subject) || compare(a.address, b.address));
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** A listing to read: by subject, a line for each thing, what it is first. */
export function listingText(environment: string, lines: readonly Line[]): string {
  const subjects = [...new Set(lines.map(({ subject }) => subject))];
  const body = subjects.flatMap((subject) => [
    '',
    subject,
    ...lines.filter((one) => one.subject === subject).map(({ says, address }) => `  ${says}  [${address}]`),
  ]);
  return `${[`${environment}: ${lines.length} resources`, ...body].join('\n')}\n`;
}
