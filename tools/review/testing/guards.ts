import type { ExampleRepository } from '../../check/testing/base.ts';
import { at, by, examples, type ExampleFacts } from './example.ts';

/** Another team than the services' own answers for guardrails.yaml. */
function keptBySecurity(world: ExampleRepository): void {
  world.guardrails.owner = 'security';
}

/** Access to payments for longer than a year, which their owner approves. */
function longer(world: ExampleRepository, pull: ExampleFacts): void {
  world.policies[1]!.when!.expires = '2027-01-15T00:00:00Z';
  pull.approvals = [by('pat', 'platform')];
}

/** The guest reaches the wiki, and its owner approves. */
function guestReads(world: ExampleRepository, pull: ExampleFacts): void {
  world.policies[0]!.who.groups!.push('guests');
  pull.approvals = [by('pat', 'platform')];
}

const override = (until: string) => ({
  guardrail: 'mass-losses' as const,
  subject: 'live/wiki',
  reason: 'The wiki moves',
  until,
});

export const ofGuards = [
  ...examples('weakened-guardrails', [
    {
      name: 'a limit rises',
      fails: (w) => void (w.guardrails.limits.principalsLosingOneService = 0.6),
      passes: (w) => void (w.guardrails.limits.principalsLosingOneService = 0.4),
      finds: [
        at(
          'policies/guardrails.yaml:10',
          'limits.principalsLosingOneService',
          '`limits.principalsLosingOneService` would rise from 0.5 to 0.6: expected approval of `platform`, who answers for guardrails.yaml; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'labels that fewer services carry are protected',
      fails: (w) => void (w.guardrails.protected = { labels: { tier: 'restricted', team: 'finance' } }),
      passes: (w) => void (w.guardrails.protected = { labels: { tier: 'restricted' }, services: ['wiki'] }),
      finds: [
        at(
          'policies/guardrails.yaml:12',
          'protected',
          '`protected` would protect less: expected approval of `platform`, who answers for guardrails.yaml; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'a requirement asks for less, and a policy needs that',
      before: keptBySecurity,
      fails: (w, pull) => {
        w.guardrails.requirements![0]!.longestLifeDays = 400;
        longer(w, pull);
      },
      passes: (w) => void (w.guardrails.requirements![0]!.longestLifeDays = 364),
      finds: [
        at(
          'policies/guardrails.yaml:15',
          'requirements[0]',
          'the requirement "Restricted access ends" would be removed or weakened, and policies/access/staff-payments.yaml breaks it: expected approval of `security`, who answers for guardrails.yaml; ask `security` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'the teams are those of another organization',
      fails: (w) => void (w.guardrails.organization = 'mallory-inc'),
      passes: (w) => void w.guardrails.owners.push({ id: 'finance', description: 'Keeps the books' }),
      finds: [
        at(
          'policies/guardrails.yaml:2',
          'organization',
          'the teams would be those of mallory-inc, and not of example: expected approval of `platform`, who answers for guardrails.yaml; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'workflows of the repository of those numbers at another GitHub would take roles in AWS',
      before: (w) => void (w.guardrails.repository = { name: 'access', id: 7, ownerId: 1 }),
      fails: (w) => void (w.guardrails.repository!.server = 'https://mallory.ghe.com'),
      passes: (w) => void (w.guardrails.repository!.name = 'access-policies'),
      finds: [
        at(
          'policies/guardrails.yaml:23',
          'repository',
          'roles in AWS would be for workflows of 1/7 at https://mallory.ghe.com, and not of 1/7: expected approval of `platform`, who answers for guardrails.yaml; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'workflows of another repository would take roles in AWS',
      before: (w) => void (w.guardrails.repository = { name: 'access', id: 7, ownerId: 1 }),
      fails: (w) => void (w.guardrails.repository!.id = 8),
      passes: (w) => void (w.guardrails.repository!.name = 'access-policies'),
      finds: [
        at(
          'policies/guardrails.yaml:23',
          'repository',
          'roles in AWS would be for workflows of 1/8, and not of 1/7: expected approval of `platform`, who answers for guardrails.yaml; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'the order of the owners is changed, of whom the first answers for the file',
      fails: (w) => void w.guardrails.owners.reverse(),
      passes: (w) => {
        w.guardrails.owners.reverse();
        w.guardrails.owner = 'platform';
      },
      finds: [
        at(
          'policies/guardrails.yaml:2',
          'owner',
          '`security` would answer for guardrails.yaml, and not `platform`: expected approval of `platform`, who answers for guardrails.yaml; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'guardrails.yaml is deleted',
      fails: (w) => void delete (w as Partial<ExampleRepository>).guardrails,
      passes: (w, pull) => {
        delete (w as Partial<ExampleRepository>).guardrails;
        pull.approvals = [by('pat', 'platform')];
      },
      finds: [
        at(
          'policies/guardrails.yaml:2',
          'guardrails',
          'guardrails.yaml would be gone: expected approval of `platform`, who answers for guardrails.yaml; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
  ]),
  ...examples('weakened-tests', [
    {
      name: 'an expectation is removed that still holds',
      fails: (w) => void w.tests[0]!.expect.pop(),
      passes: (w) => {
        const moved = w.tests[0]!.expect.pop()!;
        w.tests.push({ id: 'guests', description: 'Where guests are not', expect: [moved] });
      },
      finds: [
        at(
          'policies/tests/payments.yaml:13',
          'payments',
          'an expectation of the access test `payments` would be removed or changed: expected approval of `platform`, who answers for it; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'an expectation is turned round together with what it tests',
      before: (w) => {
        keptBySecurity(w);
        w.tests[0]!.expect.push({
          principal: 'gus@example.com',
          denied: 'wiki',
          port: 443,
          at: '2026-06-01T12:00:00Z',
        });
      },
      fails: (w, pull) => {
        guestReads(w, pull);
        w.tests[0]!.expect[3] = {
          principal: 'gus@example.com',
          reaches: 'wiki',
          port: 443,
          at: '2026-06-01T12:00:00Z',
        };
      },
      passes: guestReads,
      finds: [
        at(
          'policies/tests/payments.yaml:17',
          'payments',
          'an expectation of the access test `payments` would be removed or changed, and would not hold any more in 2 environments (the first: gus@example.com reaches `wiki` port 443 in lab at 2026-06-01T12:00:00Z: expected deny, found allow by `staff-wiki` policies/access/staff-wiki.yaml:5): expected approval of `security`, who answers for it; ask `security` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'an expectation is removed, and another person than the test’s owner approves',
      before: (w) => void (w.tests[0]!.owner = 'security'),
      fails: (w, pull) => {
        w.tests[0]!.expect.pop();
        pull.approvals = [by('pat', 'platform')];
      },
      passes: (w, pull) => {
        w.tests[0]!.expect.pop();
        pull.approvals = [by('sam', 'security')];
      },
      finds: [
        at(
          'policies/tests/payments.yaml:13',
          'payments',
          'an expectation of the access test `payments` would be removed or changed: expected approval of `security`, who answers for it; ask `security` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'an expectation is for fewer environments',
      fails: (w) => void (w.tests[0]!.expect[0]!.environments = ['live']),
      passes: (w) => void (w.tests[0]!.expect[0] = { ...w.tests[0]!.expect[0]! }),
      finds: [
        at(
          'policies/tests/payments.yaml:5',
          'payments',
          'an expectation of the access test `payments` would be removed or changed: expected approval of `platform`, who answers for it; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
  ]),
  ...examples('approvers', [
    {
      name: 'an owner is taken off the list, and owns what it did',
      before: keptBySecurity,
      fails: (w) => void w.guardrails.owners.shift(),
      passes: (w, pull) => {
        w.guardrails.owners.shift();
        for (const one of [...w.services, ...w.environments.flatMap(({ connectors }) => connectors!)])
          one.owner = 'security';
        pull.approvals = [by('pat', 'platform')];
      },
      finds: [
        at(
          'policies/guardrails.yaml:4',
          'platform',
          '`platform` would be no owner any more, and still has to approve; leave it in `owners`; if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: approvers, subject: platform, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
    {
      name: 'an owner’s team has nobody in it',
      fails: (_, pull) => void pull.teams.set('platform', []),
      passes: (_, pull) => void pull.teams.set('security', []),
      finds: [
        at(
          'policies/guardrails.yaml:4',
          'platform',
          'the team `platform` has no members, and has to approve; add a person to the team; if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: approvers, subject: platform, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
  ]),
  ...examples('unapproved-overrides', [
    {
      name: 'an override that nobody approves',
      fails: (w) => void (w.guardrails.overrides = [override('2026-06-02T12:00:00Z')]),
      passes: (w, pull) => {
        w.guardrails.overrides = [override('2026-06-02T12:00:00Z')];
        pull.approvals = [by('pat', 'platform')];
      },
      finds: [
        at(
          'policies/guardrails.yaml:23',
          'mass-losses of live/wiki',
          '`mass-losses` would be overridden for live/wiki until 2026-06-02T12:00:00Z: expected approval of `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
  ]),
];
