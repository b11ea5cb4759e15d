import { isInside, parsePrefix } from '../../contract/values/address.ts';
import { finalAddress, targetOf, type BackendTarget } from '../common/backend.ts';
import { registrationsOf } from '../each.ts';
import { finding, type Rule } from '../rule.ts';

/** Addresses that mean the connector's own machine, or its cloud's, whatever the network. */
const ADDRESSES = [
  ['127.0.0.0/8', 'loopback'],
  ['::1', 'loopback'],
  ['0.0.0.0/8', 'unspecified'],
  ['::', 'unspecified'],
  ['169.254.169.254', 'the metadata of the machine'],
  ['169.254.170.2', 'the credentials of the task'],
  ['169.254.170.23', 'the credentials of the task'],
  ['fd00:ec2::/32', 'the metadata of the machine'],
  ['169.254.0.0/16', 'link-local'],
  ['fe80::/10', 'link-local'],
  ['168.63.129.16', 'the metadata of the machine'],
  ['100.100.100.200', 'the metadata of the machine'],
  ['192.0.0.192', 'the metadata of the machine'],
  ['224.0.0.0/4', 'multicast'],
  ['ff00::/8', 'multicast'],
  ['255.255.255.255', 'broadcast'],
].map(([prefix, what]) => ({ prefix: parsePrefix(prefix!)!, what: what! }));

/** Names for the same places; whatever ends in one of them too. */
const NAMES = [
  ['localhost', 'loopback'],
  ['localhost.localdomain', 'loopback'],
  ['ip6-localhost', 'loopback'],
  ['ip6-loopback', 'loopback'],
  ['metadata.google.internal', 'the metadata of the machine'],
  ['metadata.goog', 'the metadata of the machine'],
  ['instance-data', 'the metadata of the machine'],
  ['instance-data.ec2.internal', 'the metadata of the machine'],
] as const;

export const backendPlaces: Rule = {
  id: 'backend-places',
  says: 'Ensure that in production no backend is loopback, link-local or a metadata service.',
  why: "A metadata service hands out the connector's own credentials, and loopback its inner doors, to anyone who may reach the service.",
  *check(repository) {
    for (const { environment, file, registration, path } of registrationsOf(repository)) {
      if (environment.value.production === false) continue;
      const what = special(targetOf(registration.backend));
      if (!what) continue;
      yield finding(backendPlaces.id, file, [...path, 'backend'], {
        message: `backend ${registration.backend} is ${what}`,
        remedy:
          'name the machine that runs the service; only an environment with `production: false` may do without',
      });
    }
  },
};

/** What a special target is; undefined for an ordinary one. */
function special({ host, address }: BackendTarget): string | undefined {
  if (!address) return NAMES.find(([name]) => host === name || host.endsWith(`.${name}`))?.[1];
  const final = finalAddress(address);
  return ADDRESSES.find(({ prefix }) => isInside(final, prefix))?.what;
}

/** Whether a target is a different machine for each connector. */
export function isLocal(target: BackendTarget): boolean {
  const what = special(target);
  return what === 'loopback' || what === 'link-local' || what === 'unspecified';
}
