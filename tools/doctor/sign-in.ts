import type { Environment } from '../contract/shapes.ts';
import type { AwsAccount } from './aws.ts';
import type { Checkup } from './need.ts';

/** What the load balancer needs of whoever signs people in (terraform/modules/admin-panel). */
const FIELDS = ['clientSecret', 'authorizationEndpoint', 'tokenEndpoint', 'userInfoEndpoint'];

/** Whether the panel's sign-in is stored; Parameter Store hands on what Secrets Manager has. */
export function signIn(aws: AwsAccount, { id, adminPanel }: Environment): Checkup {
  return {
    name: 'sign-in of the admin panel',
    async look() {
      if (adminPanel === undefined) return [];
      const name = `ztna/${id}/admin-panel/sign-in`;
      const reference = `/aws/reference/secretsmanager/${name}`;
      // One was asked for; what Secrets Manager has may come under its own name there.
      const [value] = (await aws.secrets([reference])).values();
      const missing = value === undefined ? FIELDS : FIELDS.filter((field) => !hasField(value, field));
      if (missing.length === 0) return [];
      return [
        {
          what: 'sign-in of the admin panel',
          where: `${name} in Secrets Manager`,
          problem: value === undefined ? 'it is not there' : `it has no ${missing.join(', ')}`,
          remedy: `register a client with ${adminPanel.signIn.issuer} and store what it gives: terraform/modules/admin-panel/README.md`,
        },
      ];
    },
  };
}

function hasField(text: string, field: string): boolean {
  try {
    return typeof (JSON.parse(text) as Record<string, unknown>)[field] === 'string';
  } catch {
    return false;
  }
}
