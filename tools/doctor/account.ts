import type { Environment } from '../contract/shapes.ts';
import type { AwsAccount } from './aws.ts';
import type { Checkup, Need } from './need.ts';

/** The names under which the account's stack keeps an environment's keys. */
export function keysOf({ id }: Pick<Environment, 'id'>): { signing: string; data: string } {
  return { signing: `alias/ztna-${id}-signing`, data: `alias/ztna-${id}-data` };
}

/** Whether the credentials are those of the environment's account. Nothing else makes sense where they are not. */
export function credentials(aws: AwsAccount, { account, region }: Environment): Checkup {
  return {
    name: 'credentials',
    async look() {
      const found = await aws.account();
      if (found === account) return [];
      return [
        {
          what: 'credentials of AWS',
          where: `account ${account}, ${region}`,
          problem: `they are of account ${found}`,
          remedy: `sign in to ${account}`,
        },
      ];
    },
  };
}

/**
 * Whether the account's stack has been applied since the environment came: it makes the keys, and what is stored before
 * the first deployment is stored under them.
 * @param apply applies it, and says so; undefined where it cannot be done here, with what is missing for that in `lacks`
 * @param isHalfDone whether a first time ended here before its state was in the bucket
 */
export function accountStack(
  aws: AwsAccount,
  environment: Environment,
  {
    apply,
    lacks,
    isHalfDone,
  }: { apply: (() => Promise<string>) | undefined; lacks: string; isHalfDone: () => boolean },
): Checkup {
  return {
    name: 'keys',
    async look() {
      const { signing, data } = keysOf(environment);
      const missing: string[] = [];
      for (const alias of [signing, data]) if (!(await aws.hasKey(alias))) missing.push(alias);
      if (missing.length === 0 && !isHalfDone()) return [];
      const problem =
        missing.length === 0
          ? 'a first time ended before their state was in its bucket'
          : `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not there`;
      const need: Need = {
        what: 'keys',
        where: `KMS of account ${environment.account}, ${environment.region}`,
        problem,
        remedy: `apply terraform/stacks/account${apply ? ': --execute does' : `; ${lacks}`}`,
        ...(apply && { fix: apply }),
      };
      return [need];
    },
  };
}
