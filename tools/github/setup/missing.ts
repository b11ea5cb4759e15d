import type { Connection } from '../connection/connection.ts';
import { GithubFault } from '../connection/fault.ts';
import type { GithubEnvironment, GithubSettings } from './settings.ts';

/** What GitHub's environments lack of what is desired, one sentence each that begins with the environment's name. */
export async function missingEnvironments(
  connection: Connection,
  { environments }: Pick<GithubSettings, 'environments'>,
): Promise<string[]> {
  const missing: string[] = [];
  for (const environment of environments) {
    const lacks = await lacksOf(connection, environment);
    if (lacks !== undefined) missing.push(`${environment.name} ${lacks}`);
  }
  return missing;
}

async function lacksOf(
  connection: Connection,
  { name, variables }: GithubEnvironment,
): Promise<string | undefined> {
  const at = { ...connection.repository, environment_name: name, per_page: 30 };
  const found = await connection
    .ask(`list the variables of ${name}`, ({ actions }) => actions.listEnvironmentVariables(at))
    .catch((error: unknown) => {
      if (error instanceof GithubFault && error.kind === 'missing') return undefined;
      throw error;
    });
  if (!found) return 'is not there';
  const known = new Map(found.data.variables.map((one) => [one.name, one.value]));
  const other = Object.entries(variables).filter(([key, value]) => known.get(key) !== value);
  return other.length > 0
    ? `has not ${other.map(([key, value]) => `${key}=${value}`).join(', ')}`
    : undefined;
}
