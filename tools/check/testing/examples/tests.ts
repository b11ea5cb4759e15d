import { at, examples } from '../example.ts';

const AT = '2026-06-01T12:00:00Z';

export const ofTests = [
  ...examples('vacuous-tests', [
    {
      name: 'a port that the service does not have',
      fails: (w) => void (w.tests[0]!.expect[1]!.port = 8080),
      passes: (w) => void (w.tests[0]!.expect[1]!.port = 8443),
      finds: [
        at(
          'policies/tests/payments.yaml',
          'denied: payments',
          'this holds whatever the policies say: `payments` has no port 8080: expected one of 443, 8443; correct it, or remove it',
        ),
      ],
    },
    {
      name: 'a list of no services',
      fails: (w) => void (w.tests[0]!.expect[2]!.never = { services: [], labels: {} }),
      passes: (w) => void (w.tests[0]!.expect[2]!.never = { services: ['payments'], labels: {} }),
      finds: [
        at(
          'policies/tests/payments.yaml',
          'never:',
          'this holds whatever the policies say: it names no service; name services, labels or `all: true`',
        ),
      ],
    },
    {
      name: 'services that are not there',
      fails: (w) => {
        w.environments[0]!.connectors![0]!.services.pop();
        w.tests[0]!.expect[1]!.environments = ['lab'];
        w.tests[0]!.expect[2]!.environments = ['lab'];
      },
      passes: (w) => {
        w.environments[0]!.connectors![0]!.services.pop();
        w.tests[0]!.expect[1]!.environments = ['lab', 'live'];
        w.tests[0]!.expect[2] = { group: 'guests', never: { all: true }, environments: ['lab'] };
      },
      finds: [
        at(
          'policies/tests/payments.yaml',
          'denied: payments',
          'this holds whatever the policies say: no connector of lab registers `payments`; correct it, or remove it',
        ),
        at(
          'policies/tests/payments.yaml',
          'never:',
          'this holds whatever the policies say: no connector of lab registers `payments`; correct it, or remove it',
        ),
      ],
    },
  ]),
  ...examples('access-tests', [
    {
      name: 'a person who does not reach a service, and one who does',
      fails: (w) => {
        w.policies[1]!.when!.hours = { timezone: 'UTC', from: '08:00', to: '12:00' };
        w.tests[0]!.expect.push({
          principal: 'bob@example.com',
          denied: 'wiki',
          port: 443,
          at: AT,
          from: '203.0.113.7',
          device: { managed: true, os: 'linux' },
          environments: ['live'],
        });
      },
      passes: (w) => {
        w.policies[1]!.when!.hours = { timezone: 'UTC', from: '08:00', to: '12:01' };
        w.tests[0]!.expect.push({
          principal: 'gus@example.com',
          denied: 'wiki',
          port: 443,
          at: AT,
          from: '203.0.113.7',
          device: { managed: true, os: 'linux' },
          environments: ['live'],
        });
      },
      finds: [
        at(
          'policies/tests/payments.yaml',
          'reaches: payments',
          'ann@example.com does not reach `payments` port 443 in lab at 2026-06-01T12:00:00Z: expected allow, found deny, as no policy allows it; fix the policies, or change the expectation; more: npx ztna explain ann@example.com payments --env lab --port 443 --at 2026-06-01T12:00:00Z',
        ),
        at(
          'policies/tests/payments.yaml',
          'reaches: payments',
          'ann@example.com does not reach `payments` port 443 in live at 2026-06-01T12:00:00Z: expected allow, found deny, as no policy allows it; fix the policies, or change the expectation; more: npx ztna explain ann@example.com payments --env live --port 443 --at 2026-06-01T12:00:00Z',
        ),
        at(
          'policies/tests/payments.yaml',
          'denied: wiki',
          'bob@example.com reaches `wiki` port 443 in live at 2026-06-01T12:00:00Z, from 203.0.113.7, with managed=true os=linux: expected deny, found allow by `staff-wiki` policies/access/staff-wiki.yaml:5; fix the policies, or change the expectation; more: npx ztna explain bob@example.com wiki --env live --port 443 --at 2026-06-01T12:00:00Z --from 203.0.113.7 --device managed=true --device os=linux',
        ),
      ],
    },
    {
      name: 'a deny that is in the way',
      fails: (w) =>
        void w.tests[0]!.expect.push({
          principal: 'Gus@example.com'.toLowerCase(),
          reaches: 'payments',
          port: 8443,
          at: AT,
          environments: ['lab'],
        }),
      passes: (w) =>
        void w.tests[0]!.expect.push({
          principal: 'bob@example.com',
          reaches: 'payments',
          port: 8443,
          at: AT,
          environments: ['lab'],
        }),
      finds: [
        at(
          'policies/tests/payments.yaml',
          'reaches: payments',
          'gus@example.com does not reach `payments` port 8443 in lab at 2026-06-01T12:00:00Z: expected allow, found deny by `no-guests` policies/access/no-guests.yaml:5; fix the policies, or change the expectation; more: npx ztna explain gus@example.com payments --env lab --port 8443 --at 2026-06-01T12:00:00Z',
        ),
      ],
    },
    {
      name: 'what should never be, on a certain port, day, place and device',
      fails: (w) => {
        w.tests[0]!.expect.push({
          group: 'staff',
          never: { services: ['payments'] },
          environments: ['live'],
        });
        w.policies[1]!.what.ports = [8443];
        w.policies[1]!.when!.device = { managed: true };
        w.policies[1]!.when!.from = ['203.0.113.0/24'];
        w.tests[0]!.expect.shift();
      },
      passes: (w) => {
        w.tests[0]!.expect.push({
          principal: 'gus@example.com',
          never: { all: true },
          environments: ['live'],
        });
        w.tests[0]!.expect.push({ anyoneElse: true, never: { all: true } });
      },
      finds: [
        at(
          'policies/tests/payments.yaml',
          'never:',
          'ann@example.com reaches `payments` port 8443 in live at 2026-06-01T12:00:00Z, from 203.0.113.0, with managed=true: expected never, found allow by `staff-payments` policies/access/staff-payments.yaml:5, and for 1 more of the group; fix the policies, or change the expectation; more: npx ztna explain ann@example.com payments --env live --port 8443 --at 2026-06-01T12:00:00Z --from 203.0.113.0 --device managed=true',
        ),
      ],
    },
    {
      name: 'anyone else, and a service that no connector has',
      fails: (w) => {
        w.policies[0]!.who = { all: true };
        w.tests[0]!.expect.push({ anyoneElse: true, never: { services: ['wiki'] } });
        w.tests[0]!.expect[0]!.port = 22;
      },
      passes: (w) => {
        w.policies[0]!.who = { all: true, except: { groups: ['guests'] } };
        w.tests[0]!.expect.push({ group: 'guests', never: { services: ['wiki'] } });
      },
      finds: [
        at(
          'policies/tests/payments.yaml',
          'reaches: payments',
          'ann@example.com does not reach `payments` port 22 in lab at 2026-06-01T12:00:00Z: expected allow, found deny, as the service does not have that port; fix the policies, or change the expectation; more: npx ztna explain ann@example.com payments --env lab --port 22 --at 2026-06-01T12:00:00Z',
        ),
        at(
          'policies/tests/payments.yaml',
          'reaches: payments',
          'ann@example.com does not reach `payments` port 22 in live at 2026-06-01T12:00:00Z: expected allow, found deny, as the service does not have that port; fix the policies, or change the expectation; more: npx ztna explain ann@example.com payments --env live --port 22 --at 2026-06-01T12:00:00Z',
        ),
        at(
          'policies/tests/payments.yaml',
          'never:',
          'anyone else reaches `wiki` port 443 in lab at 2026-06-01T12:00:00Z: expected never, found allow by `staff-wiki` policies/access/staff-wiki.yaml:5; fix the policies, or change the expectation',
        ),
        at(
          'policies/tests/payments.yaml',
          'never:',
          'anyone else reaches `wiki` port 443 in live at 2026-06-01T12:00:00Z: expected never, found allow by `staff-wiki` policies/access/staff-wiki.yaml:5; fix the policies, or change the expectation',
        ),
      ],
    },
  ]),
];
