import { CERTIFICATES } from '../../testing/certificates.ts';
import type { ExampleRepository } from '../../check/testing/base.ts';
import { at, by, examples } from './example.ts';

/** Whatever anybody loses is no matter. */
function lossesAllowed(world: ExampleRepository): void {
  world.guardrails.limits = { principalsLosing: 1, principalsLosingOneService: 1 };
}

const apps = (world: ExampleRepository, environment = 1) => world.environments[environment]!.connectors![0]!;

/** The wiki under another id, everywhere. */
function handbook(world: ExampleRepository): void {
  world.services[0]!.id = 'handbook';
  world.policies[0]!.what.services = ['handbook'];
  for (const environment of [0, 1]) apps(world, environment).services[0]!.service = 'handbook';
}

/** The guests under another id, everywhere. */
function visitors(world: ExampleRepository): void {
  world.groups[1]!.id = 'visitors';
  world.policies[2]!.who.groups = ['visitors'];
  world.tests[0]!.expect[2] = { group: 'visitors', never: { labels: { tier: 'restricted' } } };
}

export const ofThings = [
  ...examples('last-connectors', [
    {
      name: 'a connector drops a service that no other has',
      before: lossesAllowed,
      fails: (w) => void apps(w).services.shift(),
      passes: (w, pull) => {
        const [taken] = apps(w).services.splice(0, 1);
        w.environments[1]!.connectors!.push({ ...apps(w), id: 'more', services: [taken!] });
        pull.approvals = [by('pat', 'platform')];
      },
      finds: [
        at(
          'environments/live/connectors/apps.yaml:14',
          'live/wiki',
          '`wiki` would have no connector in live; let another connector register it, or delete the service; if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: last-connectors, subject: live/wiki, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
  ]),
  ...examples('networks', [
    {
      name: 'the addresses of an environment change, and with them everything in it',
      before: (w) => void (w.environments[0]!.account = '444455556666'),
      fails: (w) => {
        const { network, connectors } = w.environments[1]!;
        network.cidr = '10.31.0.0/16';
        network.zones = [{ id: 'eu-central-1a', public: '10.31.0.0/24', private: '10.31.1.0/24' }];
        connectors![0]!.subnets![0]!.cidr = '10.31.2.0/24';
      },
      passes: (w) => {
        const { network } = w.environments[1]!;
        network.zones.push({ id: 'eu-central-1b', public: '10.30.8.0/24', private: '10.30.9.0/24' });
        network.zones.reverse();
      },
      finds: [
        at(
          'environments/live/environment.yaml:8',
          'live/network',
          'the network of live would be 10.31.0.0/16 instead of 10.30.0.0/16, and the whole network with intermediate/one, connector/apps would be taken down and made anew; make a second environment beside it, and move there; if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: networks, subject: live/network, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
    {
      name: 'the subnet of intermediates, and that of nothing yet',
      fails: (w) => {
        const [zone] = w.environments[1]!.network.zones;
        zone!.public = '10.30.8.0/24';
        zone!.private = '10.30.9.0/24';
      },
      passes: (w) => void (w.environments[1]!.network.ipv6 = true),
      finds: [
        at(
          'environments/live/environment.yaml:11',
          'live/public subnet in eu-central-1a',
          'the public subnet in eu-central-1a of live would be 10.30.8.0/24 instead of 10.30.0.0/24, and the subnet with intermediate/one would be taken down and made anew; make a second environment beside it, and move there; if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: networks, subject: live/public subnet in eu-central-1a, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
        at(
          'environments/live/environment.yaml:12',
          'live/private subnet in eu-central-1a',
          'the private subnet in eu-central-1a of live would be 10.30.9.0/24 instead of 10.30.1.0/24, and the subnet with nothing in it would be taken down and made anew; make a second environment beside it, and move there; if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: networks, subject: live/private subnet in eu-central-1a, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
  ]),
  ...examples('environments', [
    {
      name: 'an environment is removed',
      before: lossesAllowed,
      fails: (w) => void w.environments.pop(),
      passes: (w) => void (w.environments[1]!.description = 'Another description'),
      finds: [
        at(
          'environments/live/environment.yaml:2',
          'live',
          'the environment `live` would be gone, and with it what 2 principals reach there (2 services); if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: environments, subject: live, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
  ]),
  ...examples('renames', [
    {
      name: 'a service is deleted and one like it created',
      before: lossesAllowed,
      fails: (w, pull) => {
        handbook(w);
        pull.approvals = [by('pat', 'platform')];
      },
      passes: (w) => {
        handbook(w);
        w.services[0]!.previously = 'wiki';
      },
      finds: [
        at(
          'policies/services/handbook.yaml:2',
          'service/handbook',
          'the service `handbook` is created while `wiki` is deleted, and is like it; write `previously: wiki` below its id; if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: renames, subject: service/handbook, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
    {
      name: 'a group is deleted and one like it created',
      fails: (w, pull) => {
        visitors(w);
        pull.approvals = [by('pat', 'platform')];
      },
      passes: (w) => {
        visitors(w);
        w.groups[1]!.previously = 'guests';
      },
      finds: [
        at(
          'policies/groups/visitors.yaml:2',
          'group/visitors',
          'the group `visitors` is created while `guests` is deleted, and is like it; write `previously: guests` below its id; if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: renames, subject: group/visitors, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
    {
      name: 'a service is deleted and one created that leads to the same backend at another address',
      before: lossesAllowed,
      fails: (w, pull) => {
        handbook(w);
        w.services[0]!.virtualIp = '10.100.0.9';
        pull.approvals = [by('pat', 'platform')];
      },
      passes: (w, pull) => {
        handbook(w);
        w.services[0]!.virtualIp = '10.100.0.9';
        for (const environment of [0, 1])
          apps(w, environment).services[0]!.backend = `handbook-${environment}.internal:443`;
        pull.approvals = [by('pat', 'platform')];
      },
      finds: [
        at(
          'policies/services/handbook.yaml:2',
          'service/handbook',
          'the service `handbook` is created while `wiki` is deleted, and is like it; write `previously: wiki` below its id; if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: renames, subject: service/handbook, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
    {
      name: 'a service is deleted and one created that leads elsewhere at the same address',
      before: lossesAllowed,
      fails: (w, pull) => {
        handbook(w);
        for (const environment of [0, 1]) apps(w, environment).services[0]!.backend = 'handbook.internal:443';
        pull.approvals = [by('pat', 'platform')];
      },
      passes: (w, pull) => {
        handbook(w);
        w.services[0]!.previously = 'wiki';
        for (const environment of [0, 1]) apps(w, environment).services[0]!.backend = 'handbook.internal:443';
        pull.approvals = [by('pat', 'platform')];
      },
      finds: [
        at(
          'policies/services/handbook.yaml:2',
          'service/handbook',
          'the service `handbook` is created while `wiki` is deleted, and is like it; write `previously: wiki` below its id; if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: renames, subject: service/handbook, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
    {
      name: 'two new groups claim to be the same old one',
      fails: (w, pull) => {
        visitors(w);
        w.groups[1]!.previously = 'guests';
        w.groups.push({ ...w.groups[1]!, id: 'tourists' });
        pull.approvals = [by('pat', 'platform')];
      },
      passes: (w) => {
        visitors(w);
        w.groups[1]!.previously = 'guests';
        w.groups.push({ id: 'tourists', description: 'Tourists', owner: 'platform', groups: ['visitors'] });
      },
      finds: [
        at(
          'policies/groups/tourists.yaml:7',
          'group/tourists',
          'the group `tourists` cannot be what `guests` was: expected a group that this change takes away, and that nothing else claims; remove `previously`, or correct it; if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: renames, subject: group/tourists, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
        at(
          'policies/groups/visitors.yaml:7',
          'group/visitors',
          'the group `visitors` cannot be what `guests` was: expected a group that this change takes away, and that nothing else claims; remove `previously`, or correct it; if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: renames, subject: group/visitors, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
    {
      name: 'a new group claims the name of one that stays',
      fails: (w) => void w.groups.push({ ...w.groups[1]!, id: 'visitors', previously: 'guests' }),
      passes: (w) => void w.groups.push({ ...w.groups[1]!, id: 'visitors' }),
      finds: [
        at(
          'policies/groups/visitors.yaml:7',
          'group/visitors',
          'the group `visitors` cannot be what `guests` was: expected a group that this change takes away, and that nothing else claims; remove `previously`, or correct it; if it is meant, say so in policies/guardrails.yaml under `overrides`: - { guardrail: renames, subject: group/visitors, reason: "<why>", until: 2026-06-09T00:00:00Z }',
        ),
      ],
    },
  ]),
  ...examples('ownership', [
    {
      name: 'a service passes to another owner',
      fails: (w) => void (w.services[0]!.owner = 'security'),
      passes: (w, pull) => {
        w.services[0]!.owner = 'security';
        pull.approvals = [by('pat', 'platform')];
      },
      finds: [
        at(
          'policies/services/wiki.yaml:4',
          'service/wiki',
          'service/wiki would pass from `platform` to `security`: expected approval of its owner `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'a test and a connector pass to another owner',
      before: (w) => void (w.tests[0]!.owner = 'security'),
      fails: (w) => {
        delete w.tests[0]!.owner;
        apps(w, 0).owner = 'security';
      },
      passes: (w, pull) => {
        delete w.tests[0]!.owner;
        apps(w, 0).owner = 'security';
        pull.approvals = [by('pat', 'platform'), by('sam', 'security')];
      },
      finds: [
        at(
          'environments/lab/connectors/apps.yaml:4',
          'connector/lab/apps',
          'connector/lab/apps would pass from `platform` to `security`: expected approval of its owner `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
        at(
          'policies/tests/payments.yaml:2',
          'test/payments',
          'test/payments would pass from `security` to nobody: expected approval of its owner `security`; ask `security` for a review, by a person who wrote none of this',
        ),
      ],
    },
  ]),
  ...examples('revocations', [
    {
      name: 'a revoked certificate is accepted again',
      fails: (w) => void w.revoked.certificates!.pop(),
      passes: (w) => void (w.revoked.certificates![0]!.reason = 'Stolen on a train'),
      finds: [
        at(
          'policies/revoked.yaml:3',
          'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
          'certificate aaaaaaaaaaaa... (Stolen) would be accepted again: expected approval of `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'a revoked principal and a revoked authority are accepted again',
      before: (w) => {
        w.revoked.principals = [{ principal: 'gus@example.com', reason: 'Left', date: '2026-05-01' }];
        w.revoked.cas = [{ ca: 'old', reason: 'Its key is public', date: '2026-05-01' }];
        w.environments.forEach((one) =>
          one.clientCas.push({ id: 'old', certificate: CERTIFICATES.lastsAMonth }),
        );
      },
      fails: (w) => {
        delete w.revoked.principals;
        w.revoked.cas = [];
      },
      passes: (w) => {
        w.revoked.principals![0]!.principal = 'Gus@example.com';
        w.revoked.cas = [];
        w.environments.forEach((one) => one.clientCas.pop());
      },
      finds: [
        at(
          'policies/revoked.yaml:7',
          'gus@example.com',
          'gus@example.com (Left) would be accepted again: expected approval of `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
        at(
          'policies/revoked.yaml:11',
          'old',
          'client CA `old` (Its key is public) would be accepted again: expected approval of `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
  ]),
  ...examples('epochs', [
    {
      name: 'an epoch jumps',
      fails: (w) => void (w.environments[0]!.epoch = 3),
      passes: (w) => void (w.environments[0]!.epoch = 2),
      finds: [
        at(
          'environments/lab/environment.yaml:6',
          'lab/epoch',
          'the epoch of lab would jump from 1 to 3: expected 2, or approval of `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'an epoch is lowered',
      before: (w) => void (w.environments[0]!.epoch = 4),
      fails: (w) => void (w.environments[0]!.epoch = 3),
      passes: (w, pull) => {
        w.environments[0]!.epoch = 3;
        pull.approvals = [by('pat', 'platform')];
      },
      finds: [
        at(
          'environments/lab/environment.yaml:6',
          'lab/epoch',
          'the epoch of lab would be lowered from 4 to 3: expected 4, or approval of `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
  ]),
  ...examples('trust', [
    {
      name: 'another authority is trusted',
      fails: (w) => void (w.environments[0]!.clientCas[0]!.certificate = CERTIFICATES.ended),
      passes: (w) => void (w.environments[0]!.clientCas[0]!.id = 'group'),
      finds: [
        at(
          'environments/lab/environment.yaml:15',
          'lab/authority/company',
          'lab would trust authority/company: expected approval of `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'another authority of servers is believed',
      before: (w) =>
        void (w.environments[0]!.serverCas = [{ id: 'servers', certificate: CERTIFICATES.lasting }]),
      fails: (w) => w.environments[0]!.serverCas!.push({ id: 'new', certificate: CERTIFICATES.lastsAMonth }),
      passes: (w) => void (w.environments[0]!.serverCas![0]!.id = 'group'),
      finds: [
        at(
          'environments/lab/environment.yaml:76',
          'lab/server-authority/new',
          'lab would trust server-authority/new: expected approval of `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'every authority of servers is believed',
      before: (w) =>
        void (w.environments[0]!.serverCas = [
          { id: 'servers', certificate: CERTIFICATES.lasting },
          { id: 'old', certificate: CERTIFICATES.lastsAMonth },
        ]),
      fails: (w) => delete w.environments[0]!.serverCas,
      passes: (w) => w.environments[0]!.serverCas!.pop(),
      finds: [
        at(
          'environments/lab/environment.yaml:2',
          "lab/server-authority/a connector's system",
          "lab would trust server-authority/a connector's system: expected approval of `platform`; ask `platform` for a review, by a person who wrote none of this",
        ),
      ],
    },
    {
      name: 'clients without certificate are let in',
      fails: (w) => void (w.environments[0]!.clients = { withoutCertificate: 'allowed' }),
      passes: (w) => void (w.environments[0]!.clients = { withoutCertificate: 'refused' }),
      finds: [
        at(
          'environments/lab/environment.yaml:65',
          'lab/clients without certificate',
          'lab would trust clients without certificate: expected approval of `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
    {
      name: 'another publisher is trusted',
      fails: (w) => {
        const [key] = w.environments[0]!.bundle.trustedKeys;
        w.environments[0]!.bundle.trustedKeys.push({
          ...key!,
          id: 'new',
          publicKey: key!.publicKey.replace('M', 'N'),
        });
      },
      passes: (w) => void (w.environments[0]!.bundle.trustedKeys[0]!.id = 'new'),
      finds: [
        at(
          'environments/lab/environment.yaml:57',
          'lab/key/new',
          'lab would trust key/new: expected approval of `platform`; ask `platform` for a review, by a person who wrote none of this',
        ),
      ],
    },
  ]),
];
