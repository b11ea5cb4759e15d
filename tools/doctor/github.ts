import type { Connection } from '../github/connection/connection.ts';
import { actionsAppOf, setUp } from '../github/setup.ts';
import { missingEnvironments } from '../github/setup/missing.ts';
import type { GithubSettings } from '../github/setup/settings.ts';
import type { Checkup } from './need.ts';

/**
 * Whether jobs find their environments on GitHub, with the roles that they take. Secrets cannot be read, and are set by hand.
 * @param settingsFor how GitHub is to be set up, where the app that its Actions are has this number
 */
export function githubEnvironments(
  connect: () => Promise<Connection>,
  settingsFor: (actionsApp: number) => GithubSettings,
  id: string,
): Checkup {
  const names = ['plan', 'apply', 'publish', 'collect'].map((role) => `${id}-${role}`);
  return {
    name: 'GitHub',
    async look() {
      const connection = await connect();
      const all = settingsFor(await actionsAppOf(connection));
      const environments = all.environments.filter(({ name }) =>
        [...names, 'images', 'proposals'].includes(name),
      );
      const missing = await missingEnvironments(connection, { environments });
      const { owner, repo } = connection.repository;
      return missing.map((problem, index) => ({
        what: 'environment of GitHub',
        where: `${owner}/${repo}, settings, environments`,
        problem,
        remedy:
          '--execute sets all of them up, as npx ztna github setup does; the secrets are set by hand: docs/github-setup.md',
        // One setup is for all of them.
        ...(index === 0 && {
          fix: async () => {
            await setUp(connection, all, () => {});
            return `${owner}/${repo}: actions, environments and the ruleset are set up`;
          },
        }),
      }));
    },
  };
}
