import { policy, prodConnector, service, type ExampleRepository } from '../base.ts';
import { at, examples } from '../example.ts';

/** A third service, which the staff reach in live. */
function addDesk(world: ExampleRepository): void {
  world.services.push(service('desk', 4, [443]));
  world.policies[0]!.what.services!.push('desk');
  prodConnector(world).services.push({ service: 'desk', backend: 'desk.internal:443' });
}

export const ofServices = [
  ...examples('port-ranges', [
    {
      name: 'a range that ends where another begins',
      fails: (w) => void (w.policies[1]!.what.ports = ['443-8500', '400-443']),
      passes: (w) => void (w.policies[1]!.what.ports = ['444-8500', '400-443']),
      finds: [
        at(
          'policies/access/staff-payments.yaml',
          '- 400-443',
          '400-443 overlaps 443-8500; keep each port once',
        ),
      ],
    },
    {
      name: 'a port that a range has',
      fails: (w) => void (w.policies[1]!.what.ports = ['400-443', '443-8500']),
      passes: (w) => void (w.policies[1]!.what.ports = ['400-443', '444-8500']),
      finds: [
        at(
          'policies/access/staff-payments.yaml',
          '- 443-8500',
          '443-8500 overlaps 400-443; keep each port once',
        ),
      ],
    },
  ]),
  ...examples('policy-ports', [
    {
      name: 'a port that only a service elsewhere has',
      fails: (w) => void (w.policies[2]!.what = { services: ['wiki'], ports: [443, 8443] }),
      passes: (w) => void (w.policies[2]!.what = { services: ['wiki', 'payments'], ports: [443, 8443] }),
      finds: [
        at(
          'policies/access/no-guests.yaml',
          '- 8443',
          'no service of this policy has port 8443: expected 443; remove it, add the port to the service, or name it under `later`, if it is meant to exist later',
        ),
      ],
    },
    {
      name: 'a port that the service does not have',
      fails: (w) => void (w.policies[0]!.what.ports = [443, 8080]),
      passes: (w) => void (w.policies[0]!.what.ports = [443]),
      finds: [
        at(
          'policies/access/staff-wiki.yaml',
          '- 8080',
          'no service of this policy has port 8080: expected 443; remove it, or add the port to the service',
        ),
      ],
    },
    {
      name: 'a range beside all ports',
      fails: (w) => void (w.policies[1]!.what.ports = [443, '8444-9000']),
      passes: (w) => void (w.policies[1]!.what.ports = [443, '8443-9000']),
      finds: [
        at(
          'policies/access/staff-payments.yaml',
          '- 8444-9000',
          'no service of this policy has port 8444-9000: expected one of 443, 8443; remove it, or add the port to the service',
        ),
      ],
    },
  ]),
  ...examples('virtual-ips', [
    {
      name: 'two services on one address',
      fails: (w) => void (w.services[1]!.virtualIp = '10.100.0.2'),
      passes: (w) => void (w.services[1]!.virtualIp = '10.100.0.4'),
      finds: [
        at(
          'policies/services/wiki.yaml',
          'virtualIp: 10.100.0.2',
          '`virtualIp` 10.100.0.2 is that of service `payments` too: expected an address that no other service has; write 10.100.0.3, which is free',
        ),
      ],
    },
    {
      name: 'an address outside the virtual network',
      fails: (w) => {
        w.services[0]!.virtualIp = '10.100.0.255';
        w.services[1]!.virtualIp = '10.100.0.0';
      },
      passes: (w) => {
        w.services[0]!.virtualIp = '10.100.0.254';
        w.services[1]!.virtualIp = '10.100.0.1';
      },
      finds: [
        at(
          'policies/services/payments.yaml',
          'virtualIp: 10.100.0.0',
          '`virtualIp` is outside the virtual network of lab: expected an address inside 10.100.0.0/24, found 10.100.0.0; write 10.100.0.3, which is free',
        ),
        at(
          'policies/services/payments.yaml',
          'virtualIp: 10.100.0.0',
          '`virtualIp` is outside the virtual network of live: expected an address inside 10.100.0.0/24, found 10.100.0.0; write 10.100.0.3, which is free',
        ),
        at(
          'policies/services/wiki.yaml',
          'virtualIp: 10.100.0.255',
          '`virtualIp` is outside the virtual network of lab: expected an address inside 10.100.0.0/24, found 10.100.0.255; write 10.100.0.2, which is free',
        ),
        at(
          'policies/services/wiki.yaml',
          'virtualIp: 10.100.0.255',
          '`virtualIp` is outside the virtual network of live: expected an address inside 10.100.0.0/24, found 10.100.0.255; write 10.100.0.2, which is free',
        ),
      ],
    },
  ]),
  ...examples('unserved-services', [
    {
      name: 'a service that no connector registers',
      fails: (w) => void w.services.push(service('desk', 4, [443])),
      passes: (w) => {
        addDesk(w);
      },
      finds: [
        at(
          'policies/services/desk.yaml',
          'id: desk',
          'no connector registers `desk`; add it to `services` in a file of environments/<env>/connectors/, or delete the service',
        ),
      ],
    },
  ]),
  ...examples('unreachable-services', [
    {
      name: 'a service that no policy allows in one environment',
      fails: (w) => void (w.policies[0]!.environments = ['live']),
      passes: (w) => void (w.policies[0]!.environments = ['lab', 'live']),
      finds: [
        at(
          'environments/lab/connectors/apps.yaml',
          '- service: wiki',
          'nobody can reach `wiki` in lab: found no policy that allows it; add a policy that allows it, or remove the registration',
        ),
      ],
    },
    {
      name: 'a service whose only policy is denied, though it allows another',
      fails: (w) => {
        addDesk(w);
        w.policies.push(
          policy('no-wiki', { effect: 'deny', who: { all: true }, what: { services: ['wiki'] } }),
        );
      },
      passes: (w) => {
        addDesk(w);
        const but = { all: true as const, except: { principals: ['ann@example.com'] } };
        w.policies.push(policy('no-wiki', { effect: 'deny', who: but, what: { services: ['wiki'] } }));
      },
      finds: [
        at(
          'environments/lab/connectors/apps.yaml',
          '- service: wiki',
          'nobody can reach `wiki` in lab: found only `staff-wiki`, which never holds or is denied; add a policy that allows it, or remove the registration',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          '- service: wiki',
          'nobody can reach `wiki` in live: found only `staff-wiki`, which never holds or is denied; add a policy that allows it, or remove the registration',
        ),
      ],
    },
  ]),
  ...examples('labels', [
    {
      name: 'a label that is misspelt',
      fails: (w) => void (w.policies[2]!.what.labels = { tier: 'restrictd' }),
      passes: (w) => void (w.policies[2]!.what.labels = { tier: 'restricted' }),
      finds: [
        at(
          'policies/access/no-guests.yaml',
          'tier: restrictd',
          'no service carries the label `tier: restrictd`; did you mean `tier: restricted`?',
        ),
      ],
    },
    {
      name: 'labels that no service carries together',
      fails: (w) => {
        w.services[0]!.labels = { tier: 'internal', site: 'berlin' };
        w.policies[2]!.what.labels = { tier: 'restricted', site: 'berlin' };
      },
      passes: (w) => {
        w.services[0]!.labels = { tier: 'internal', site: 'berlin' };
        w.policies[2]!.what.labels = { tier: 'internal', site: 'berlin' };
      },
      finds: [
        at(
          'policies/access/no-guests.yaml',
          'labels:',
          'no service carries all of `tier: restricted`, `site: berlin`; ask for fewer labels',
        ),
      ],
    },
    {
      name: 'a label that a test and the guardrails select by',
      fails: (w) => {
        w.tests[0]!.expect[2]!.never = { labels: { tier: 'secret' } };
        w.guardrails.protected = { labels: { level: 'restricted' } };
        w.guardrails.requirements![0]!.what = { labels: { tier: 'Restricted' } };
      },
      passes: (w) => {
        w.tests[0]!.expect[2]!.never = { services: ['payments'], labels: { tier: 'restricted' } };
        w.guardrails.protected = { labels: { tier: 'restricted' } };
        w.guardrails.requirements![0]!.what = { labels: { tier: 'restricted' } };
      },
      finds: [
        at(
          'policies/guardrails.yaml',
          'level: restricted',
          'no service carries the label `level: restricted`; did you mean `tier: restricted`?',
        ),
        at(
          'policies/guardrails.yaml',
          'tier: Restricted',
          'no service carries the label `tier: Restricted`; did you mean `tier: restricted`?',
        ),
        at(
          'policies/tests/payments.yaml',
          'tier: secret',
          'no service carries the label `tier: secret`; correct it, give it to a service, or name it under `later`, if it is meant to exist later',
        ),
      ],
    },
  ]),
  ...examples('references', [
    {
      name: 'a group that is meant to exist later',
      fails: (w) => void (w.policies[2]!.who.groups = ['guests', 'partners-eu']),
      passes: (w) => {
        w.policies[2]!.who.groups = ['guests', 'partners-eu'];
        w.policies[2]!.later = ['partners-eu'];
      },
      finds: [
        at(
          'policies/access/no-guests.yaml',
          '- partners-eu',
          'there is no group `partners-eu`; add the group, or remove the name',
        ),
      ],
    },
    {
      name: 'names of services, groups and environments that are misspelt',
      fails: (w) => {
        w.policies[0]!.what.services!.push('wikki');
        w.policies[0]!.who.groups!.push('stuff');
        w.policies[2]!.who.except = { groups: ['guest'] };
        w.policies[2]!.environments = ['production'];
        w.environments[1]!.after = ['laab'];
        w.groups[0]!.groups = ['directors'];
      },
      passes: (w) => {
        w.policies[2]!.environments = ['lab', 'live'];
        w.groups[0]!.groups = ['guests'];
      },
      finds: [
        at(
          'environments/live/environment.yaml',
          '- laab',
          'there is no environment `laab`; did you mean `lab`?',
        ),
        at('policies/access/no-guests.yaml', '- guest', 'there is no group `guest`; did you mean `guests`?'),
        at(
          'policies/access/no-guests.yaml',
          '- production',
          'there is no environment `production`; add the environment, or remove the name',
        ),
        at('policies/access/staff-wiki.yaml', '- stuff', 'there is no group `stuff`; did you mean `staff`?'),
        at('policies/access/staff-wiki.yaml', '- wikki', 'there is no service `wikki`; did you mean `wiki`?'),
        at(
          'policies/groups/staff.yaml',
          '- directors',
          'there is no group `directors`; add the group, or remove the name',
        ),
      ],
    },
    {
      name: 'a client CA that is misspelt where it is revoked',
      fails: (w) => void (w.revoked.cas = [{ ca: 'compnay', reason: 'Stolen', date: '2026-05-01' }]),
      passes: (w) => void (w.revoked.cas = [{ ca: 'company', reason: 'Stolen', date: '2026-05-01' }]),
      finds: [
        at(
          'policies/revoked.yaml',
          '- ca: compnay',
          'there is no client CA `compnay`; did you mean `company`?',
        ),
      ],
    },
    {
      name: 'names in tests, connectors and guardrails',
      fails: (w) => {
        w.tests[0]!.expect[0]!.reaches = 'payment';
        w.tests[0]!.expect[1]!.environments = ['livee'];
        w.tests[0]!.expect[2]!.group = 'gusts';
        w.environments[1]!.connectors![0]!.services.push({ service: 'desk', backend: 'desk.internal' });
        w.guardrails.protected!.services = ['payment'];
        w.guardrails.requirements![0]!.what.services = ['wickedly'];
      },
      passes: (w) => {
        w.guardrails.protected!.services = ['payments'];
        w.guardrails.requirements![0]!.what.services = ['payments'];
      },
      finds: [
        at(
          'environments/live/connectors/apps.yaml',
          '- service: desk',
          'there is no service `desk`; add the service, or remove the name',
        ),
        at(
          'policies/guardrails.yaml',
          '- payment',
          'there is no service `payment`; did you mean `payments`?',
        ),
        at(
          'policies/guardrails.yaml',
          '- wickedly',
          'there is no service `wickedly`; add the service, or remove the name',
        ),
        at(
          'policies/tests/payments.yaml',
          'reaches: payment',
          'there is no service `payment`; did you mean `payments`?',
        ),
        at(
          'policies/tests/payments.yaml',
          '- livee',
          'there is no environment `livee`; did you mean `live`?',
        ),
        at(
          'policies/tests/payments.yaml',
          '- group: gusts',
          'there is no group `gusts`; did you mean `guests`?',
        ),
      ],
    },
  ]),
  ...examples('owners', [
    {
      name: 'owners that guardrails.yaml does not list',
      fails: (w) => {
        w.services[0]!.owner = 'platfrom';
        w.tests[0]!.owner = 'security';
        w.guardrails.owner = 'security';
        w.guardrails.maintainers = ['platform', 'platforms'];
      },
      passes: (w) => {
        w.services[0]!.owner = 'platform';
        w.tests[0]!.owner = 'platform';
        w.guardrails.owner = 'platform';
        w.guardrails.maintainers = ['platform'];
      },
      finds: [
        at(
          'policies/guardrails.yaml',
          'owner: security',
          'there is no owner `security`: expected one of platform; add the team to `owners` in policies/guardrails.yaml',
        ),
        at(
          'policies/guardrails.yaml',
          '- platforms',
          'there is no owner `platforms`: expected one of platform; did you mean `platform`?',
        ),
        at(
          'policies/services/wiki.yaml',
          'owner: platfrom',
          'there is no owner `platfrom`: expected one of platform; did you mean `platform`?',
        ),
        at(
          'policies/tests/payments.yaml',
          'owner: security',
          'there is no owner `security`: expected one of platform; add the team to `owners` in policies/guardrails.yaml',
        ),
      ],
    },
  ]),
];
