import { Fault } from '../../contract/fault.ts';
import type { Context } from '../shared/command.ts';

/** Which pull request, and what is to be done. */
export interface Asked {
  /** `owner/name` and the number; absent where only git is asked. */
  pull?: { repository: string; number: number; token: string; teamsToken: string };
  execute: boolean;
}

/** What was asked for, from options and the environment. @throws Fault where it does not fit together */
export function askedOf(options: Record<string, unknown>, { env }: Context): Asked {
  const repository = options['repository'] as string | undefined;
  const execute = options['execute'] === true;
  if (repository === undefined && options['number'] === undefined) {
    if (execute)
      throw new Fault(
        '--execute says nothing without a pull request',
        'add --repository <owner/name> --number <number>',
      );
    return { execute };
  }
  if (!/^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/.test(repository ?? ''))
    throw new Fault(
      `--repository ${repository ?? 'is missing'}: no owner and name`,
      'write it as example/access',
    );
  const number = Number(options['number']);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Fault(
      `--number ${String(options['number'] ?? 'is missing')}: no number of a pull request`,
      'write it as --number 12',
    );
  const token = env['GITHUB_TOKEN'];
  if (!token) throw new Fault('GITHUB_TOKEN is not set', 'set it to a token that may read the pull request');
  return {
    execute,
    pull: { repository: repository!, number, token, teamsToken: env['GITHUB_TEAMS_TOKEN'] || token },
  };
}
