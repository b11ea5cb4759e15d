import { appendFileSync } from 'node:fs';
import { Connection } from '../../github/connection.ts';
import { Fault } from '../../contract/fault.ts';
import type { Context } from '../shared/command.ts';

/** The repository on GitHub that was named. */
export function connect(repository: string | undefined, { env, signal }: Context): Connection {
  if (repository === undefined || !/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/.test(repository))
    throw new Fault('which repository on GitHub?', 'add --repository, such as example/access');
  const token = env['GITHUB_TOKEN'];
  if (!token) throw new Fault('GITHUB_TOKEN is not set', 'set it to a token for the repository');
  const url = env['GITHUB_API_URL'];
  return new Connection({ token, repository, signal, ...(url && { url }) });
}

/** Hands values to the steps that follow, where this is a step of a job. */
export function outputs({ env }: Context, values: Readonly<Record<string, string>>): void {
  const file = env['GITHUB_OUTPUT'];
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  if (file) appendFileSync(file, lines.join(''));
}
