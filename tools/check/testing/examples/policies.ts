import { policy } from '../base.ts';
import { at, examples } from '../example.ts';

const HOURS = { timezone: 'Europe/Berlin', from: '08:00', to: '19:00' };
/** On 2027-03-28 the clocks of Berlin go from 02:00 to 03:00. */
const SKIPPED = { timezone: 'Europe/Berlin', days: ['sun' as const], from: '02:10', to: '02:20' };
/** Monday to Saturday morning in Berlin. */
const WEEK = { start: '2026-06-01T00:00:00Z', expires: '2026-06-05T22:00:00Z' };

const restricted = {
  what: { services: ['payments'] },
  when: { start: '2026-01-01T00:00:00Z', expires: '2026-12-01T00:00:00Z' },
  ticket: 'SEC-2',
};

export const ofPolicies = [
  ...examples('hours', [
    {
      name: 'hours that end when they begin',
      fails: (w) => void (w.policies[2]!.when = { hours: { ...HOURS, to: '08:00' } }),
      passes: (w) => void (w.policies[2]!.when = { hours: { ...HOURS, to: '07:59' } }),
      finds: [
        at(
          'policies/access/no-guests.yaml',
          'to: "08:00"',
          '`hours` end when they begin: found 08:00 to 08:00; for the whole day write from: "00:00", to: "24:00"',
        ),
      ],
    },
  ]),
  ...examples('observed-allows', [
    {
      name: 'an allow that is only observed',
      fails: (w) => void (w.policies[0]!.observe = true),
      passes: (w) => void (w.policies[2]!.observe = true),
      finds: [
        at(
          'policies/access/staff-wiki.yaml',
          'observe:',
          'a policy that allows cannot be only observed: expected effect: deny; remove `observe`, or write the deny that is to be tried',
        ),
      ],
    },
  ]),
  ...examples('impossible-hours', [
    {
      name: 'minutes that the clocks skip on the only day',
      fails: (w) =>
        void (w.policies[2]!.when = {
          hours: SKIPPED,
          start: '2027-03-27T12:00:00Z',
          expires: '2027-03-29T00:00:00Z',
        }),
      passes: (w) => void (w.policies[2]!.when = { hours: SKIPPED, start: '2027-03-27T12:00:00Z' }),
      finds: [
        at(
          'policies/access/no-guests.yaml',
          'hours:',
          'these hours never come while the policy lives: expected Sun 02:10-02:20 Europe/Berlin at least once from 2027-03-27T12:00:00Z to 2027-03-29T00:00:00Z; change the hours, or the dates',
        ),
      ],
    },
    {
      name: 'weekends within a week of work',
      fails: (w) =>
        void (w.policies[2]!.when = { hours: { ...HOURS, days: ['sat', 'sun'], from: '00:00' }, ...WEEK }),
      passes: (w) => {
        const hours = { ...HOURS, days: ['sat' as const, 'sun' as const], from: '00:00' };
        w.policies[2]!.when = { hours, ...WEEK, expires: '2026-06-05T22:00:01Z' };
      },
      finds: [
        at(
          'policies/access/no-guests.yaml',
          'hours:',
          'these hours never come while the policy lives: expected weekends 00:00-19:00 Europe/Berlin at least once from 2026-06-01T00:00:00Z to 2026-06-05T22:00:00Z; change the hours, or the dates',
        ),
      ],
    },
  ]),
  ...examples('lifetimes', [
    {
      name: 'an expiry at the start, with hours',
      fails: (w) =>
        void (w.policies[2]!.when = {
          hours: HOURS,
          start: '2027-01-01T09:00:00Z',
          expires: '2027-01-01T09:00:00Z',
        }),
      passes: (w) =>
        void (w.policies[2]!.when = {
          hours: HOURS,
          start: '2027-01-01T09:00:00Z',
          expires: '2027-01-01T09:00:01Z',
        }),
      finds: [
        at(
          'policies/access/no-guests.yaml',
          'expires: "2027-01-01T09:00:00Z"',
          'this policy expires before it starts: expected an instant after 2027-01-01T09:00:00Z, found 2027-01-01T09:00:00Z; correct one of the two',
        ),
      ],
    },
    {
      name: 'an expiry at the start, both in the past',
      fails: (w) =>
        void (w.policies[2]!.when = { start: '2025-01-01T00:00:00Z', expires: '2025-01-01T00:00:00Z' }),
      passes: (w) => void (w.policies[2]!.when = { start: '2025-01-01T00:00:00Z' }),
      finds: [
        at(
          'policies/access/no-guests.yaml',
          'expires: "2025-01-01T00:00:00Z"',
          'this policy expires before it starts: expected an instant after 2025-01-01T00:00:00Z, found 2025-01-01T00:00:00Z; correct one of the two',
        ),
      ],
    },
    {
      name: 'an expiry at the start',
      fails: (w) =>
        void (w.policies[2]!.when = { start: '2027-01-01T00:00:00Z', expires: '2027-01-01T00:00:00Z' }),
      passes: (w) =>
        void (w.policies[2]!.when = { start: '2027-01-01T00:00:00Z', expires: '2027-01-01T00:00:01Z' }),
      finds: [
        at(
          'policies/access/no-guests.yaml',
          'expires: "2027-01-01T00:00:00Z"',
          'this policy expires before it starts: expected an instant after 2027-01-01T00:00:00Z, found 2027-01-01T00:00:00Z; correct one of the two',
        ),
      ],
    },
  ]),
  ...examples('expired-policies', [
    {
      name: 'a policy that expires at this instant',
      fails: (w) =>
        void (w.policies[2]!.when = { start: '2026-01-01T00:00:00Z', expires: '2026-06-01T12:00:00Z' }),
      passes: (w) => void (w.policies[2]!.when = { expires: '2026-06-01T12:00:01Z' }),
      finds: [
        at(
          'policies/access/no-guests.yaml',
          'expires: "2026-06-01T12:00:00Z"',
          'this policy has expired, and denies nothing any more: found 2026-06-01T12:00:00Z; delete the file, or renew it',
        ),
      ],
    },
  ]),
  ...examples('empty-policies', [
    {
      name: 'about nobody',
      fails: (w) => void (w.policies[2]!.who = {}),
      passes: (w) => void (w.policies[2]!.who = { all: true, except: { groups: ['staff'] } }),
      finds: [
        at(
          'policies/access/no-guests.yaml',
          'who: {}',
          'this policy is about nobody; name groups, principals or `all: true`',
        ),
      ],
    },
    {
      name: 'about nothing',
      fails: (w) => void (w.policies[2]!.what = { services: [], ports: [443] }),
      passes: (w) => void (w.policies[2]!.what = { services: ['payments'], ports: [443] }),
      finds: [
        at(
          'policies/access/no-guests.yaml',
          'what:',
          'this policy is about no service; name services, labels or `all: true`',
        ),
      ],
    },
    {
      name: 'an exception of nobody',
      fails: (w) => void (w.policies[0]!.who.except = { principals: [] }),
      passes: (w) => void (w.policies[0]!.who.except = { principals: ['ann@example.com'] }),
      finds: [
        at(
          'policies/access/staff-wiki.yaml',
          'except:',
          '`except` names nobody; name groups or principals, or remove it',
        ),
      ],
    },
    {
      name: 'an exception of everybody',
      fails: (w) =>
        void (w.policies[2]!.who = { groups: ['guests'], except: { groups: ['guests', 'staff'] } }),
      passes: (w) =>
        void (w.policies[2]!.who = { groups: ['guests', 'staff'], except: { groups: ['staff'] } }),
      finds: [
        at(
          'policies/access/no-guests.yaml',
          'except:',
          '`except` takes away everybody; except fewer, or delete the policy',
        ),
      ],
    },
    {
      name: 'about a service that is elsewhere',
      fails: (w) => {
        w.environments[0]!.connectors![0]!.services.pop();
        w.policies[2]!.environments = ['lab'];
      },
      passes: (w) => {
        w.environments[0]!.connectors![0]!.services.pop();
        w.policies[2]!.what = { services: ['wiki', 'payments'] };
        w.policies[2]!.environments = ['lab'];
        w.policies.push({
          ...policy('no-guests-live', w.policies[2]!),
          id: 'no-guests-live',
          environments: ['live'],
        });
      },
      finds: [
        at(
          'policies/access/no-guests.yaml',
          'environments:',
          'no service of this policy is registered in lab; change `environments`, or register one there',
        ),
      ],
    },
  ]),
  ...examples('shadowed-policies', [
    {
      name: 'one deny for some and another for the rest',
      fails: (w) => {
        w.policies.push(policy('visitors', { ...restricted, who: { groups: ['guests', 'interns'] } }));
        w.groups.push({
          id: 'interns',
          description: 'Interns',
          owner: 'platform',
          members: ['ivy@example.com'],
        });
        w.policies.push({ ...w.policies[2]!, id: 'no-interns', who: { groups: ['interns'] } });
      },
      passes: (w) => {
        w.policies.push(policy('visitors', { ...restricted, who: { groups: ['guests', 'interns'] } }));
        w.groups.push({
          id: 'interns',
          description: 'Interns',
          owner: 'platform',
          members: ['ivy@example.com'],
        });
        w.policies.push({
          ...w.policies[2]!,
          id: 'no-interns',
          who: { groups: ['interns'] },
          environments: ['lab'],
        });
      },
      finds: [
        at(
          'policies/access/visitors.yaml',
          'effect: allow',
          'this policy allows nothing: what it matches is denied by `no-guests` policies/access/no-guests.yaml:5, `no-interns` policies/access/no-interns.yaml:5; delete it, or make an exception in what denies',
        ),
      ],
    },
    {
      name: 'an allow that a deny covers, part by part',
      fails: (w) => {
        w.policies.push(
          policy('guests-payments', {
            who: { groups: ['guests'] },
            what: { services: ['payments'], ports: [8443] },
            when: { ...w.policies[1]!.when, device: { os: ['linux', 'macos'] }, from: ['203.0.113.0/24'] },
            ticket: 'SEC-2',
          }),
        );
        w.policies[2]!.when = { device: { os: ['linux'] } };
        w.policies.push({
          ...w.policies[2]!,
          id: 'no-macs',
          when: { device: { os: ['macos', 'ios'] }, from: ['203.0.0.0/16'] },
        });
        w.tests = [];
      },
      passes: (w) => {
        w.policies.push(
          policy('guests-payments', {
            who: { groups: ['guests'] },
            what: { services: ['payments'], ports: [8443] },
            when: {
              ...w.policies[1]!.when,
              device: { os: ['linux', 'macos'] },
              from: ['203.0.113.0/24', '198.51.100.7'],
            },
            ticket: 'SEC-2',
          }),
        );
        w.policies[2]!.when = { device: { os: ['linux'] } };
        w.policies.push({
          ...w.policies[2]!,
          id: 'no-macs',
          when: { device: { os: ['macos', 'ios'] }, from: ['203.0.0.0/16'] },
        });
        w.tests = [];
      },
      finds: [
        at(
          'policies/access/guests-payments.yaml',
          'effect: allow',
          'this policy allows nothing: what it matches is denied by `no-guests` policies/access/no-guests.yaml:5, `no-macs` policies/access/no-macs.yaml:5; delete it, or make an exception in what denies',
        ),
      ],
    },
    {
      name: 'a deny without conditions',
      fails: (w) =>
        void w.policies.push(policy('guests-payments', { ...restricted, who: { groups: ['guests'] } })),
      passes: (w) => void w.policies.push(policy('guests-payments', { ...restricted, who: { all: true } })),
      finds: [
        at(
          'policies/access/guests-payments.yaml',
          'effect: allow',
          'this policy allows nothing: what it matches is denied by `no-guests` policies/access/no-guests.yaml:5; delete it, or make an exception in what denies',
        ),
      ],
    },
  ]),
  ...examples('requirements', [
    {
      name: 'a bounded life without a start',
      fails: (w) => void delete w.policies[1]!.when!.start,
      passes: (w) => {
        delete w.policies[1]!.when!.start;
        delete w.guardrails.requirements![0]!.longestLifeDays;
      },
      finds: [
        at(
          'policies/access/staff-payments.yaml',
          'expires: "2026-12-01T00:00:00Z"',
          'this policy lacks `when.start` (required: Restricted access ends); add it, such as `start: 2027-01-01T00:00:00Z`',
        ),
      ],
    },
    {
      name: 'no end where only an end is required, and where only a bounded life is',
      fails: (w) => {
        w.policies[1]!.when = { start: '2026-01-01T00:00:00Z' };
        w.policies[0]!.when = { start: '2026-01-01T00:00:00Z' };
        w.guardrails.requirements = [
          { description: 'Ends', what: { services: ['payments'] }, expires: true },
          { description: 'Is short', what: { services: ['wiki'] }, longestLifeDays: 7 },
        ];
      },
      passes: (w) => {
        w.policies[1]!.when = { expires: '2030-01-01T00:00:00Z' };
        w.policies[0]!.when = { start: '2026-05-31T00:00:00Z', expires: '2026-06-07T00:00:00Z' };
        w.guardrails.requirements = [
          { description: 'Ends', what: { services: ['payments'] }, expires: true },
          { description: 'Is short', what: { services: ['wiki'] }, longestLifeDays: 7 },
        ];
      },
      finds: [
        at(
          'policies/access/staff-payments.yaml',
          'start: "2026-01-01T00:00:00Z"',
          'this policy lacks `when.expires` (required: Ends); add it, such as `expires: 2027-12-31T00:00:00Z`',
        ),
        at(
          'policies/access/staff-wiki.yaml',
          'start: "2026-01-01T00:00:00Z"',
          'this policy lacks `when.expires` (required: Is short); add it, such as `expires: 2027-12-31T00:00:00Z`',
        ),
      ],
    },
    {
      name: 'no ticket, no start and no expiry',
      fails: (w) => {
        delete w.policies[1]!.ticket;
        delete w.policies[1]!.when;
      },
      passes: (w) =>
        void (w.policies[1]!.when = { start: '2026-01-01T00:00:00Z', expires: '2026-12-01T00:00:00Z' }),
      finds: [
        at(
          'policies/access/staff-payments.yaml',
          'id: staff-payments',
          'this policy lacks `ticket` (required: Restricted access ends); add it, such as `ticket: SEC-123`',
        ),
        at(
          'policies/access/staff-payments.yaml',
          'id: staff-payments',
          'this policy lacks `when.expires` (required: Restricted access ends); add it, such as `expires: 2027-12-31T00:00:00Z`',
        ),
        at(
          'policies/access/staff-payments.yaml',
          'id: staff-payments',
          'this policy lacks `when.start` (required: Restricted access ends); add it, such as `start: 2027-01-01T00:00:00Z`',
        ),
      ],
    },
    {
      name: 'a life that is a second too long',
      fails: (w) => void (w.policies[1]!.when!.expires = '2027-01-01T00:00:01Z'),
      passes: (w) => void (w.policies[1]!.when!.expires = '2027-01-01T00:00:00Z'),
      finds: [
        at(
          'policies/access/staff-payments.yaml',
          'expires: "2027-01-01T00:00:01Z"',
          'this policy lives too long (required: Restricted access ends): expected at most 365 days from start to expiry, found 366 days; let it expire earlier, and renew it',
        ),
      ],
    },
    {
      name: 'a policy for everything, and two requirements that ask the same',
      fails: (w) => {
        w.policies[0]!.what = { all: true };
        w.guardrails.requirements = [
          { description: 'Why', what: { services: ['payments'] }, ticket: true },
          { description: 'Why again', what: { all: true }, ticket: true },
        ];
      },
      passes: (w) => {
        w.policies[0]!.what = { all: true };
        w.policies[0]!.ticket = 'SEC-9';
        w.guardrails.requirements = [{ description: 'Why', what: { services: ['payments'] }, ticket: true }];
      },
      finds: [
        at(
          'policies/access/staff-wiki.yaml',
          'id: staff-wiki',
          'this policy lacks `ticket` (required: Why); add it, such as `ticket: SEC-123`',
        ),
      ],
    },
  ]),
  ...examples('ipv6-sources', [
    {
      name: 'an IPv6 source in every environment, none of which has IPv6',
      fails: (w) => void (w.policies[2]!.when = { from: ['2001:db8::/32'] }),
      passes: (w) => {
        w.environments[1]!.network.ipv6 = true;
        w.policies[2]!.when = { from: ['2001:db8::/32'] };
        w.tests = [];
      },
      finds: [
        at(
          'policies/access/no-guests.yaml',
          '- 2001:db8::/32',
          'no intermediate of lab or live has IPv6; name IPv4 sources, or set `network.ipv6: true`',
        ),
      ],
    },
    {
      name: 'an IPv6 source where no intermediate has IPv6',
      fails: (w) => {
        w.environments[0]!.network.ipv6 = true;
        w.policies[0]!.when = { from: ['2001:db8::/32', '203.0.113.0/24'] };
        w.policies[0]!.environments = ['live'];
        w.policies.push(
          policy('wiki-dev', { who: { all: true }, what: { services: ['wiki'] }, environments: ['lab'] }),
        );
      },
      passes: (w) => {
        w.environments[0]!.network.ipv6 = true;
        w.policies[0]!.when = { from: ['2001:db8::/32', '203.0.113.0/24'] };
      },
      finds: [
        at(
          'policies/access/staff-wiki.yaml',
          '- 2001:db8::/32',
          'no intermediate of live has IPv6; name IPv4 sources, or set `network.ipv6: true`',
        ),
      ],
    },
  ]),
];
