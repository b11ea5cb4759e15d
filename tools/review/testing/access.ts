import type { ExampleRepository } from '../../check/testing/base.ts';
import { at, by, examples } from './example.ts';

/** Four people in `staff`, beside one guest. */
function four(world: ExampleRepository): void {
  world.groups[0]!.members = ['ann', 'bob', 'cid', 'dot'].map((name) => `${name}@example.com`);
}

const wiki = (world: ExampleRepository) => world.policies[0]!;
const payments = (world: ExampleRepository) => world.policies[1]!;
const leave = (world: ExampleRepository, ...names: string[]): void => {
  const { members } = world.groups[0]!;
  world.groups[0]!.members = members!.filter((one) => !names.includes(one.split('@')[0]!));
};

/** A group of people who reach nothing. */
function contractors(world: ExampleRepository): void {
  const members = ['cat@example.com', 'cob@example.com'];
  world.groups.push({ id: 'contractors', description: 'Contractors', owner: 'platform', members });
}

/** A new restricted service in lab that staff reach. */
function vault(world: ExampleRepository): void {
  world.services.push({ ...world.services[1]!, id: 'vault', virtualIp: '10.100.0.9' });
  world.environments[0]!.connectors![0]!.services.push({ service: 'vault', backend: 'vault.internal' });
  payments(world).what.services!.push('vault');
}

export const ofAccess = [
  ...examples('mass-losses', [
    {
      name: 'two of five people leave, of whom a fifth may',
      before: four,
      fails: (w) => leave(w, 'cid', 'dot'),
      passes: (w) => leave(w, 'dot'),
      finds: [
        at(
          'policies/guardrails.yaml:9',
          'all services',
          '2 of 5 principals lose some access: expected at most 1 (20% of them); if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: mass-losses, subject: all services, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
    {
      name: 'three of four people lose one service, of whom half may',
      before: (w) => {
        four(w);
        w.guardrails.limits.principalsLosing = 1;
      },
      fails: (w) =>
        void (wiki(w).who.except = { principals: ['ann', 'bob', 'cid'].map((one) => `${one}@example.com`) }),
      passes: (w) =>
        void (wiki(w).who.except = { principals: ['ann', 'bob'].map((one) => `${one}@example.com`) }),
      finds: [
        at(
          'policies/guardrails.yaml:9',
          'lab/wiki',
          '3 of 4 principals lose access to `wiki` in lab: expected at most 2 (50% of them); if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: mass-losses, subject: lab/wiki, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
        at(
          'policies/guardrails.yaml:9',
          'live/wiki',
          '3 of 4 principals lose access to `wiki` in live: expected at most 2 (50% of them); if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: mass-losses, subject: live/wiki, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
    {
      name: 'one person loses an hour a day where nobody may lose anything',
      before: (w) => {
        wiki(w).who = { principals: ['bob@example.com'] };
        w.guardrails.limits = { principalsLosing: 0, principalsLosingOneService: 1 };
      },
      fails: (w) =>
        void (wiki(w).when = { hours: { timezone: 'Europe/Berlin', from: '01:00', to: '00:00' } }),
      passes: (w) =>
        void (wiki(w).when = { hours: { timezone: 'Europe/Berlin', from: '00:00', to: '24:00' } }),
      finds: [
        at(
          'policies/guardrails.yaml:9',
          'all services',
          '1 of 3 principals lose some access: expected at most 0 (0% of them); if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: mass-losses, subject: all services, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
    {
      name: 'two of three people leave, of whom one may, few as they are',
      fails: (w) => leave(w, 'ann', 'bob'),
      passes: (w) => leave(w, 'bob'),
      finds: [
        at(
          'policies/guardrails.yaml:9',
          'lab/payments',
          '2 of 2 principals lose access to `payments` in lab: expected at most 1 (50% of them); if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: mass-losses, subject: lab/payments, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
        at(
          'policies/guardrails.yaml:9',
          'live/payments',
          '2 of 2 principals lose access to `payments` in live: expected at most 1 (50% of them); if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: mass-losses, subject: live/payments, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
        at(
          'policies/guardrails.yaml:9',
          'lab/wiki',
          '2 of 2 principals lose access to `wiki` in lab: expected at most 1 (50% of them); if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: mass-losses, subject: lab/wiki, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
        at(
          'policies/guardrails.yaml:9',
          'live/wiki',
          '2 of 2 principals lose access to `wiki` in live: expected at most 1 (50% of them); if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: mass-losses, subject: live/wiki, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
        at(
          'policies/guardrails.yaml:9',
          'all services',
          '2 of 3 principals lose some access: expected at most 1 (20% of them); if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: mass-losses, subject: all services, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
    {
      name: 'three of four lose the wiki, anyone else being one of them',
      before: (w) => {
        wiki(w).who = { all: true };
        w.guardrails.limits.principalsLosing = 1;
      },
      fails: (w) => void (wiki(w).who = { principals: ['ann@example.com'] }),
      passes: (w) => void (wiki(w).who = { principals: ['ann@example.com', 'bob@example.com'] }),
      finds: [
        at(
          'policies/guardrails.yaml:9',
          'lab/wiki',
          '3 of 4 principals lose access to `wiki` in lab: expected at most 2 (50% of them); if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: mass-losses, subject: lab/wiki, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
        at(
          'policies/guardrails.yaml:9',
          'live/wiki',
          '3 of 4 principals lose access to `wiki` in live: expected at most 2 (50% of them); if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: mass-losses, subject: live/wiki, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
  ]),
  ...examples('gains', [
    {
      name: 'a guest gains the wiki and nobody approves',
      fails: (w) => void (wiki(w).who.principals = ['gus@example.com']),
      passes: (w, pull) => {
        wiki(w).who.principals = ['gus@example.com'];
        pull.approvals = [by('pat', 'platform')];
      },
      finds: [
        at(
          'policies/access/staff-wiki.yaml:10',
          'wiki',
          'gus@example.com would gain the service `wiki` in live and lab: expected approval of its owner `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'the author, a co-author and a person of another team approve',
      fails: (w, pull) => {
        wiki(w).who.groups!.push('guests');
        pull.author = 'Pat';
        pull.coAuthors = ['paula'];
        pull.approvals = [by('pat', 'platform'), by('Paula', 'platform'), by('sam', 'security')];
      },
      passes: (w, pull) => {
        wiki(w).who.groups!.push('guests');
        pull.author = 'Pat';
        pull.approvals = [by('pat', 'platform'), by('Paula', 'platform'), by('sam', 'security')];
      },
      finds: [
        at(
          'policies/access/staff-wiki.yaml:9',
          'wiki',
          'gus@example.com would gain the service `wiki` in live and lab: expected approval of its owner `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'a policy that begins after the horizon',
      fails: (w) => {
        const who = { groups: ['guests'] };
        w.policies.push({ ...wiki(w), id: 'later', who, when: { start: '2029-01-01T00:00:00Z' } });
      },
      passes: (w) => {
        const who = { groups: ['staff'] };
        w.policies.push({ ...wiki(w), id: 'later', who, when: { start: '2029-01-01T00:00:00Z' } });
      },
      finds: [
        at(
          'policies/access/later.yaml:2',
          'wiki',
          'gus@example.com would gain the service `wiki` in live and lab: expected approval of its owner `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'one person gains in lab, most in live, one of them only years from now',
      before: contractors,
      fails: (w) => {
        const when = { start: '2029-01-01T00:00:00Z' };
        const guest = { principals: ['gus@example.com'] };
        w.policies.push({ ...wiki(w), id: 'few', who: guest, environments: ['lab'] });
        w.policies.push({ ...wiki(w), id: 'later', who: guest, environments: ['live'], when });
        w.policies.push({ ...wiki(w), id: 'many', who: { groups: ['contractors'] }, environments: ['live'] });
      },
      passes: (w, pull) => {
        w.policies.push({ ...wiki(w), id: 'many', who: { groups: ['contractors'] }, environments: ['live'] });
        pull.approvals = [by('pat', 'platform')];
      },
      finds: [
        at(
          'policies/access/many.yaml:2',
          'wiki',
          '3 principals would gain the service `wiki` in live, and gus@example.com in lab: expected approval of its owner `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'anyone else and others gain in one environment, the same two in two more',
      before: (w) => {
        contractors(w);
        w.environments.push({ ...structuredClone(w.environments[1]!), id: 'stage' });
        w.environments[2]!.connectors![0]!.owner = 'platform';
      },
      fails: (w) => {
        const who = { groups: ['contractors'] };
        w.policies.push({ ...wiki(w), id: 'all', who: { all: true }, environments: ['live'] });
        w.policies.push({ ...wiki(w), id: 'some', who, environments: ['lab', 'stage'] });
      },
      passes: (w) =>
        void w.policies.push({ ...wiki(w), id: 'some', who: { groups: ['staff'] }, environments: ['stage'] }),
      finds: [
        at(
          'policies/access/all.yaml:2',
          'wiki',
          '3 principals and anyone else would gain the service `wiki` in live, and 2 principals in stage and lab: expected approval of its owner `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'an expiry put off when the end is far away already',
      before: (w) => {
        wiki(w).when = { expires: '2030-01-01T00:00:00Z' };
        w.guardrails.limits = { principalsLosing: 1, principalsLosingOneService: 1 };
      },
      fails: (w) => void (wiki(w).when = { expires: '2030-01-02T00:00:00Z' }),
      passes: (w) => void (wiki(w).when = { expires: '2029-12-31T00:00:00Z' }),
      finds: [
        at(
          'policies/access/staff-wiki.yaml:13',
          'wiki',
          '2 principals would gain the service `wiki` in live and lab: expected approval of its owner `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
  ]),
  ...examples('protected-services', [
    {
      name: 'a contractor gains what is protected and nobody approves',
      before: contractors,
      fails: (w) => void (payments(w).who.principals = ['cat@example.com']),
      passes: (w, pull) => {
        payments(w).who.principals = ['cat@example.com'];
        pull.approvals = [by('pat', 'platform')];
      },
      finds: [
        at(
          'policies/access/staff-payments.yaml:10',
          'payments',
          'cat@example.com would gain the protected service `payments` in live and lab: expected approval of its owner `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'a label is changed by which a service was protected',
      fails: (w) => void (w.services[1]!.labels = { tier: 'internal' }),
      passes: (w) => void (w.services[1]!.labels = { tier: 'restricted', team: 'finance' }),
      finds: [
        at(
          'policies/services/payments.yaml:2',
          'payments',
          '`payments` would be protected no more: expected approval of its owner `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'a person gains a new service that carries a protected label',
      before: (w) => void (w.environments[0]!.connectors![0]!.owner = 'security'),
      fails: (w, pull) => {
        vault(w);
        pull.approvals = [by('sam', 'security')];
      },
      passes: (w, pull) => {
        vault(w);
        pull.approvals = [by('sam', 'security'), by('pat', 'platform')];
      },
      finds: [
        at(
          'environments/lab/connectors/apps.yaml:18',
          'vault',
          '2 principals would gain the protected service `vault` in lab: expected approval of its owner `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
  ]),
  ...examples('destinations', [
    {
      name: 'a service leads elsewhere',
      fails: (w) => void (w.environments[1]!.connectors![0]!.services[0]!.backend = 'wiki-2.internal:443'),
      passes: (w, pull) => {
        w.environments[1]!.connectors![0]!.services[0]!.backend = 'wiki-2.internal:443';
        pull.approvals = [by('pat', 'platform')];
      },
      finds: [
        at(
          'environments/live/connectors/apps.yaml:14',
          'live/wiki',
          '`wiki` in live would have backend wiki-2.internal:443 (was wiki.internal:443): expected approval of its owner `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'a connector that is another person’s leads to a new service',
      before: (w) => void (w.environments[0]!.connectors![0]!.owner = 'security'),
      fails: (w, pull) => {
        w.services.push({ ...w.services[0]!, id: 'docs', virtualIp: '10.100.0.9' });
        w.environments[0]!.connectors![0]!.services.push({ service: 'docs', backend: 'docs.internal' });
        pull.approvals = [by('pat', 'platform')];
      },
      passes: (w, pull) => {
        w.services.push({ ...w.services[0]!, id: 'docs', virtualIp: '10.100.0.9' });
        w.environments[0]!.connectors![0]!.services.push({ service: 'docs', backend: 'docs.internal' });
        pull.approvals = [by('sam', 'security')];
      },
      finds: [
        at(
          'environments/lab/connectors/apps.yaml:18',
          'lab/docs',
          "connector `apps` in lab would lead to docs.internal for `docs`: expected approval of the connector's owner `security`; ask `security` for a review, by a person who wrote none of this",
        ),
      ],
    },
  ]),
];
