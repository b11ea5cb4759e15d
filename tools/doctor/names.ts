import { isIP } from 'node:net';
import type { Environment } from '../contract/shapes.ts';
import type { Checkup, Need } from './need.ts';

/** Whether the names that agents and browsers ask for lead anywhere. @param resolve the addresses of a name; none where it has none */
export function names(
  { id, intermediates, adminPanel }: Environment,
  resolve: (name: string) => Promise<string[]>,
): Checkup {
  const asked = [
    ...intermediates.map((one) => ({
      what: `name of intermediate/${one.id}`,
      name: one.address,
      remedy: `let it lead to the address that the output \`intermediates\` of the first deployment says (npx ztna deploy --env ${id} --execute), with a TTL of 60 seconds`,
    })),
    ...(adminPanel
      ? [
          {
            what: 'name of the admin panel',
            name: adminPanel.domain,
            remedy:
              'let it, and the record that proves it to ACM, be as the output `dns_records` of the first deployment says',
          },
        ]
      : []),
  ];
  return {
    name: 'DNS',
    async look() {
      const needs: Need[] = [];
      for (const { what, name, remedy } of asked)
        if (!isIP(name) && (await resolve(name)).length === 0)
          needs.push({ what, where: `DNS, ${name}`, problem: 'it leads nowhere', remedy });
      return needs;
    },
  };
}
