import { at, examples } from '../example.ts';

/** Put together here, so that no scanner takes this file for one with secrets. */
const joined = (...parts: string[]): string => parts.join('');

const until = (instant: string) =>
  ({ guardrail: 'gains', subject: 'live/wiki', reason: 'Asked for', until: instant }) as const;

export const ofPeople = [
  ...examples('guardrails', [
    {
      name: 'no guardrails at all',
      fails: (w) => void delete (w as Partial<typeof w>).guardrails,
      passes: () => undefined,
      finds: [
        at(
          'policies/guardrails.yaml',
          '',
          'there are no guardrails: no owner is known, and nobody has to approve anything: expected `organization`, `owners` and `limits`; add policies/guardrails.yaml; docs/reference.md shows one',
        ),
      ],
    },
  ]),
  ...examples('group-cycles', [
    {
      name: 'a group that contains a cycle without being in it',
      fails: (w) => {
        w.groups[0]!.groups = ['interns'];
        w.groups.push({ id: 'interns', description: 'Interns', owner: 'platform', groups: ['trainees'] });
        w.groups.push({ id: 'trainees', description: 'Trainees', owner: 'platform', groups: ['interns'] });
      },
      passes: (w) => {
        w.groups[0]!.groups = ['interns'];
        w.groups.push({
          id: 'interns',
          description: 'Interns',
          owner: 'platform',
          groups: ['trainees', 'guests'],
        });
        w.groups.push({ id: 'trainees', description: 'Trainees', owner: 'platform', groups: ['guests'] });
      },
      finds: [
        at(
          'policies/groups/interns.yaml',
          '- trainees',
          'group `interns` contains itself: found interns > trainees > interns; take one of these groups out of the other',
        ),
      ],
    },
    {
      name: 'two groups that contain each other',
      fails: (w) => {
        w.groups[0]!.groups = ['interns'];
        w.groups.push({ id: 'interns', description: 'Interns', owner: 'platform', groups: ['staff'] });
      },
      passes: (w) => {
        w.groups[0]!.groups = ['interns'];
        w.groups.push({ id: 'interns', description: 'Interns', owner: 'platform', groups: ['guests'] });
      },
      finds: [
        at(
          'policies/groups/interns.yaml',
          '- staff',
          'group `interns` contains itself: found interns > staff > interns; take one of these groups out of the other',
        ),
      ],
    },
    {
      name: 'a group in itself',
      fails: (w) => void (w.groups[0]!.groups = ['staff']),
      passes: (w) => void (w.groups[0]!.groups = ['guests']),
      finds: [
        at(
          'policies/groups/staff.yaml',
          '- staff',
          'group `staff` contains itself: found staff > staff; take one of these groups out of the other',
        ),
      ],
    },
  ]),
  ...examples('empty-groups', [
    {
      name: 'a group without members',
      fails: (w) =>
        void w.groups.push({ id: 'interns', description: 'Interns', owner: 'platform', members: [] }),
      passes: (w) =>
        void w.groups.push({ id: 'interns', description: 'Interns', owner: 'platform', groups: ['staff'] }),
      finds: [
        at(
          'policies/groups/interns.yaml',
          'members: []',
          'group `interns` is empty; add `members` or `groups`, or delete it',
        ),
      ],
    },
  ]),
  ...examples('policy-principals', [
    {
      name: 'a stranger in a deny, and one who is misspelt in a test',
      fails: (w) => {
        w.policies[2]!.who.principals = ['mallory@example.net'];
        w.tests[0]!.expect[2] = { principal: 'anm@example.com', never: { services: ['payments'] } };
      },
      passes: (w) => {
        w.guardrails.outsiders = ['Mallory@example.net'];
        w.policies[2]!.who.principals = ['mallory@example.net', 'next-robot'];
        w.policies[2]!.later = ['Next-Robot'];
        w.tests[0]!.expect[2] = { principal: 'gus@example.com', never: { services: ['payments'] } };
      },
      finds: [
        at(
          'policies/access/no-guests.yaml',
          '- mallory@example.net',
          'mallory@example.net is in no group; add it to a group, or to `outsiders` in guardrails.yaml, or name it under `later`, if it is meant to exist later',
        ),
        at(
          'policies/tests/payments.yaml',
          '- principal: anm@example.com',
          'anm@example.com is in no group; did you mean `ann@example.com`?',
        ),
      ],
    },
    {
      name: 'a principal who is in no group, and one who is misspelt',
      fails: (w) => {
        w.policies[0]!.who.principals = ['ci@example.com', 'bpb@example.com'];
        w.policies[2]!.who.except = { principals: ['ann@example.org'] };
        w.revoked.principals = [{ principal: 'Gsu@example.com', reason: 'Left', date: '2026-05-01' }];
      },
      passes: (w) => {
        w.policies[0]!.who.principals = ['gus@example.com', 'bob@example.com'];
        w.policies[2]!.who.except = { principals: ['ann@example.com'] };
        w.revoked.principals = [{ principal: 'Gus@example.com', reason: 'Left', date: '2026-05-01' }];
      },
      finds: [
        at(
          'policies/access/no-guests.yaml',
          '- ann@example.org',
          'ann@example.org is in no group; did you mean `ann@example.com`?',
        ),
        at(
          'policies/access/staff-wiki.yaml',
          '- ci@example.com',
          'ci@example.com is in no group; add it to a group',
        ),
        at(
          'policies/access/staff-wiki.yaml',
          '- bpb@example.com',
          'bpb@example.com is in no group; did you mean `bob@example.com`?',
        ),
        at(
          'policies/revoked.yaml',
          '- principal: Gsu@example.com',
          'Gsu@example.com is in no group; did you mean `gus@example.com`?',
        ),
      ],
    },
  ]),
  ...examples('principal-names', [
    {
      name: 'groups among principals',
      fails: (w) => {
        w.groups[0]!.members!.push('guests');
        w.policies[2]!.who.principals = ['guests'];
        w.policies[0]!.who.except = { principals: ['guests'] };
        w.tests[0]!.expect[2] = { principal: 'guests', never: { services: ['payments'] } };
        w.guardrails.outsiders = ['staff'];
        w.policies[1]!.who = { groups: ['staff'], except: { groups: ['guests'] } };
      },
      passes: (w) => {
        w.groups[0]!.members!.push('guest');
        w.policies[2]!.who.principals = ['guest'];
        w.policies[0]!.who.except = { principals: ['guest'] };
        w.tests[0]!.expect[2] = { principal: 'guest', never: { services: ['payments'] } };
        w.guardrails.outsiders = ['staff-2'];
        w.policies[1]!.who = { groups: ['staff'], except: { groups: ['guests'] } };
      },
      finds: [
        at(
          'policies/access/no-guests.yaml',
          '- guests',
          '`guests` is a group, and not a principal; write it under `groups`: [guests]',
        ),
        at(
          'policies/access/staff-wiki.yaml',
          '- guests',
          '`guests` is a group, and not a principal; write it under `groups`: [guests]',
        ),
        at(
          'policies/groups/staff.yaml',
          '- guests',
          '`guests` is a group, and not a principal; write it under `groups`: [guests]',
        ),
        at('policies/guardrails.yaml', '- staff', '`staff` is a group, and not a principal; remove it'),
        at(
          'policies/tests/payments.yaml',
          '- principal: guests',
          '`guests` is a group, and not a principal; write `group: guests`',
        ),
      ],
    },
  ]),
  ...examples('later', [
    {
      name: 'names that exist, and one that the file does not have',
      fails: (w) => {
        w.policies[2]!.who.principals = ['bob@example.com'];
        w.policies[2]!.what = { labels: { tier: 'restricted', kind: 'ledger' }, ports: [443, 9443] };
        w.policies[2]!.later = [
          'guests',
          'bob@example.com',
          'tier=restricted',
          'kind=ledger',
          '9443',
          'gests',
        ];
        w.services[1]!.labels = { tier: 'restricted', kind: 'ledger' };
        w.services[1]!.ports = [443, 8443, 9443];
        w.tests[0]!.later = ['payments'];
      },
      passes: (w) => {
        w.policies[2]!.who.principals = ['rob@example.org'];
        w.policies[2]!.what = {
          labels: { tier: 'restricted', kind: 'ledger' },
          services: ['payments'],
          ports: [443, 9443],
        };
        w.policies[2]!.later = ['rob@example.org', 'kind=ledger', '9443'];
        w.services[1]!.labels = { tier: 'restricted' };
        w.tests[0]!.expect.push({ group: 'temps', never: { all: true } });
        w.tests[0]!.later = ['temps'];
      },
      finds: [
        at('policies/access/no-guests.yaml', '- guests', '`guests` exists; remove it here'),
        at('policies/access/no-guests.yaml', '- bob@example.com', '`bob@example.com` exists; remove it here'),
        at('policies/access/no-guests.yaml', '- tier=restricted', '`tier=restricted` exists; remove it here'),
        at('policies/access/no-guests.yaml', '- kind=ledger', '`kind=ledger` exists; remove it here'),
        at('policies/access/no-guests.yaml', '- "9443"', '`9443` exists; remove it here'),
        at(
          'policies/access/no-guests.yaml',
          '- gests',
          'nothing in this file is called `gests`; did you mean `guests`?',
        ),
        at('policies/tests/payments.yaml', '- payments', '`payments` exists; remove it here'),
      ],
    },
  ]),
  ...examples('outsiders', [
    {
      name: 'an outsider who is in a group',
      fails: (w) => void (w.guardrails.outsiders = ['Gus@example.com']),
      passes: (w) => void (w.guardrails.outsiders = ['gus@example.org']),
      finds: [
        at(
          'policies/guardrails.yaml',
          '- Gus@example.com',
          'Gus@example.com is in a group: policies/groups/guests.yaml; remove it here, or there',
        ),
      ],
    },
  ]),
  ...examples('principal-spelling', [
    {
      name: 'upper case here and lower case there',
      fails: (w) => {
        w.groups[1]!.members!.push('Ann@example.com');
        w.tests[0]!.expect[1]!.principal = 'GUS@example.com';
        w.policies[0]!.who.principals = ['bob@Example.com'];
        w.tests[0]!.expect[0]!.principal = 'bob@example.com';
      },
      passes: (w) => void (w.policies[0]!.who.principals = ['bob@example.com']),
      finds: [
        at(
          'policies/access/staff-wiki.yaml',
          '- bob@Example.com',
          'bob@Example.com is spelled bob@example.com in policies/groups/staff.yaml; write bob@example.com everywhere',
        ),
        at(
          'policies/groups/guests.yaml',
          '- Ann@example.com',
          'Ann@example.com is spelled ann@example.com in policies/groups/staff.yaml; write ann@example.com everywhere',
        ),
        at(
          'policies/tests/payments.yaml',
          '- principal: GUS@example.com',
          'GUS@example.com is spelled gus@example.com in policies/groups/guests.yaml; write gus@example.com everywhere',
        ),
      ],
    },
  ]),
  ...examples('secrets', [
    {
      name: 'secrets of every kind',
      fails: (w) => {
        w.services[0]!.description = joined('uses AK', 'IA', 'Q'.repeat(16));
        w.services[1]!.description = joined('-----BEGIN EC PRI', 'VATE KEY-----');
        w.groups[0]!.description = joined('token gh', 'p_', 'a'.repeat(36));
        w.groups[1]!.description = joined('xo', 'xb-', '1'.repeat(12));
        w.policies[0]!.description = joined(
          'ey',
          'J',
          'h'.repeat(20),
          '.ey',
          'J',
          'p'.repeat(20),
          '.',
          's'.repeat(20),
        );
        w.policies[1]!.description = 'see https://ann:hunter2@wiki.internal/';
        w.environments[1]!.connectors![0]!.description = joined('gl', 'pat-', 'x'.repeat(20));
        w.revoked.certificates![0]!.reason = joined('AI', 'za', 'y'.repeat(35));
      },
      passes: (w) => {
        w.services[0]!.description = joined('uses AK', 'IA', 'Q'.repeat(15));
        w.services[1]!.description = '-----BEGIN PUBLIC KEY-----';
        w.policies[1]!.description = 'see https://wiki.internal/ann:hunter2@home';
      },
      finds: [
        at(
          'environments/live/connectors/apps.yaml',
          'description:',
          'this looks like a GitLab token; revoke it now, then remove it',
        ),
        at(
          'policies/access/staff-payments.yaml',
          'description:',
          'this looks like a password in a URL; revoke it now, then remove it',
        ),
        at(
          'policies/access/staff-wiki.yaml',
          'description:',
          'this looks like a JSON Web Token; revoke it now, then remove it',
        ),
        at(
          'policies/groups/guests.yaml',
          'description:',
          'this looks like a Slack token; revoke it now, then remove it',
        ),
        at(
          'policies/groups/staff.yaml',
          'description:',
          'this looks like a GitHub token; revoke it now, then remove it',
        ),
        at(
          'policies/revoked.yaml',
          'reason:',
          'this looks like a Google API key; revoke it now, then remove it',
        ),
        at(
          'policies/services/payments.yaml',
          'description:',
          'this looks like a private key; revoke it now, then remove it',
        ),
        at(
          'policies/services/wiki.yaml',
          'description:',
          'this looks like an AWS access key; revoke it now, then remove it',
        ),
      ],
    },
  ]),
  ...examples('revoked-dates', [
    {
      name: 'a principal and a CA',
      fails: (w) => {
        w.revoked.principals = [{ principal: 'gus@example.com', reason: 'Left', date: '2026-06-03' }];
        w.revoked.cas = [{ ca: 'company', reason: 'Its key is public', date: '2026-06-04' }];
      },
      passes: (w) => {
        w.revoked.principals = [{ principal: 'GUS@example.com', reason: 'Left', date: '2026-06-02' }];
        w.revoked.cas = [{ ca: 'company', reason: 'Its key is public', date: '2026-06-02' }];
      },
      finds: [
        at(
          'policies/revoked.yaml',
          'date: "2026-06-03"',
          '2026-06-03 is in the future; write the day on which it was revoked',
        ),
        at(
          'policies/revoked.yaml',
          'date: "2026-06-04"',
          '2026-06-04 is in the future; write the day on which it was revoked',
        ),
      ],
    },
    {
      name: 'a day that has begun nowhere',
      fails: (w) => void (w.revoked.certificates![0]!.date = '2026-06-03'),
      passes: (w) => void (w.revoked.certificates![0]!.date = '2026-06-02'),
      finds: [
        at(
          'policies/revoked.yaml',
          'date: "2026-06-03"',
          '2026-06-03 is in the future; write the day on which it was revoked',
        ),
      ],
    },
  ]),
  ...examples('unnamed-clients', [
    {
      name: 'an environment that lets none in, and one that does',
      fails: (w) => {
        w.environments[0]!.clients = { withoutCertificate: 'allowed' };
        w.policies[0]!.who.withoutCertificate = true;
      },
      passes: (w) => {
        w.environments[0]!.clients = { withoutCertificate: 'allowed' };
        w.environments[1]!.clients = { withoutCertificate: 'allowed' };
        w.policies[0]!.who.withoutCertificate = true;
      },
      finds: [
        at(
          'policies/access/staff-wiki.yaml',
          'withoutCertificate: true',
          'live lets no client without certificate in; name other `environments`, or say `clients: { withoutCertificate: allowed }` there',
        ),
      ],
    },
    {
      name: 'a protected service',
      fails: (w) => {
        w.environments.forEach((one) => (one.clients = { withoutCertificate: 'allowed' }));
        w.policies[1]!.who.withoutCertificate = true;
      },
      passes: (w) => {
        w.environments.forEach((one) => (one.clients = { withoutCertificate: 'allowed' }));
        w.policies[2]!.who.withoutCertificate = true;
      },
      finds: [
        at(
          'policies/access/staff-payments.yaml',
          'services:',
          'clients without certificate would reach what is protected: `payments`; name other services',
        ),
      ],
    },
  ]),
  ...examples('overrides', [
    {
      name: 'one that has ended, and one that ends too late',
      fails: (w) =>
        void (w.guardrails.overrides = [until('2026-06-01T12:00:00Z'), until('2026-07-01T12:00:01Z')]),
      passes: (w) =>
        void (w.guardrails.overrides = [until('2026-06-01T12:00:01Z'), until('2026-07-01T12:00:00Z')]),
      finds: [
        at(
          'policies/guardrails.yaml',
          'until: "2026-06-01T12:00:00Z"',
          'this override ended 2026-06-01T12:00:00Z; remove it',
        ),
        at(
          'policies/guardrails.yaml',
          'until: "2026-07-01T12:00:01Z"',
          'this override lasts too long: expected an end at most 30 days ahead, found 2026-07-01T12:00:01Z; let it end earlier',
        ),
      ],
    },
    {
      name: 'one that was copied from a guardrail and does not say why',
      fails: (w) => void (w.guardrails.overrides = [{ ...until('2026-06-02T12:00:00Z'), reason: '<why>' }]),
      passes: (w) =>
        void (w.guardrails.overrides = [{ ...until('2026-06-02T12:00:00Z'), reason: 'why not' }]),
      finds: [
        at(
          'policies/guardrails.yaml',
          'reason: <why>',
          'this override does not say why: found <why>; write why it is meant, for the person who approves it',
        ),
      ],
    },
  ]),
];
