import type { LoadedEnvironment } from '../../load/repository.ts';
import { type Rule, warning } from '../rule.ts';

export const sharedAccounts: Rule = {
  id: 'shared-accounts',
  says: 'Ensure that every environment has an AWS account of its own.',
  why: "Ids of networks and machines are Amazon's to give: in one account the role that applies an environment reaches another's.",
  *check(repository) {
    const first = new Map<string, LoadedEnvironment>();
    for (const environment of repository.environments.values()) {
      const { account } = environment.value;
      const other = first.get(account);
      if (!other) first.set(account, environment);
      else
        yield warning(sharedAccounts.id, environment, ['account'], {
          message: `the account ${account} is that of ${other.value.id} too`,
          expected: 'an account for each environment',
          remedy: 'give one of the two its own',
        });
    }
  },
};
