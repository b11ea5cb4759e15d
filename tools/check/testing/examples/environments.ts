import { CERTIFICATES } from '../../../dev/certificates.ts';
import { prodConnector } from '../base.ts';
import { at, examples } from '../example.ts';

/** A public key of ECDSA on P-256; nobody has its private key. */
const P256 =
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEFmR8T8aAxI8RLm5FQUOaL/KggOyjysPsGXamyQRUPDQ5yDa6ltwDqgj/IXQNkBDvf0YyIqrja6uFdF8Xh/aVMQ==';

export const ofEnvironments = [
  ...examples('network-overlaps', [
    {
      name: "one environment's network inside another's",
      fails: (w) => {
        w.environments[1]!.network = {
          ...w.environments[0]!.network,
          cidr: '10.20.0.0/20',
          zones: [{ id: 'eu-central-1a', public: '10.20.8.0/24', private: '10.20.9.0/24' }],
        };
        prodConnector(w).subnets![0]!.cidr = '10.20.10.0/24';
      },
      passes: (w) => {
        w.environments[1]!.network = {
          ...w.environments[0]!.network,
          cidr: '10.21.0.0/16',
          zones: [{ id: 'eu-central-1a', public: '10.21.0.0/24', private: '10.21.1.0/24' }],
        };
        prodConnector(w).subnets![0]!.cidr = '10.21.2.0/24';
      },
      finds: [
        at(
          'environments/prod/environment.yaml',
          'cidr: 10.20.0.0/20',
          'the network 10.20.0.0/20 overlaps 10.20.0.0/16 of dev; choose other addresses',
        ),
      ],
    },
    {
      name: "a virtual network inside the environment's own",
      fails: (w) => {
        w.environments[1]!.network.cidr = '10.100.0.0/16';
        w.environments[1]!.network.zones = [
          { id: 'eu-central-1a', public: '10.100.1.0/24', private: '10.100.2.0/24' },
        ];
        prodConnector(w).subnets![0]!.cidr = '10.100.3.0/24';
      },
      passes: (w) => {
        w.environments[1]!.network.cidr = '10.101.0.0/16';
        w.environments[1]!.network.zones = [
          { id: 'eu-central-1a', public: '10.101.1.0/24', private: '10.101.2.0/24' },
        ];
        prodConnector(w).subnets![0]!.cidr = '10.101.3.0/24';
      },
      finds: [
        at(
          'environments/prod/environment.yaml',
          'virtualNetwork: 10.100.0.0/24',
          'the virtual network 10.100.0.0/24 overlaps the network 10.100.0.0/16; choose other addresses',
        ),
      ],
    },
  ]),
  ...examples('network-sizes', [
    {
      name: 'a subnet that is too small and a network that is too large',
      fails: (w) => {
        w.environments[0]!.network.cidr = '10.16.0.0/13';
        prodConnector(w).subnets![0]!.cidr = '10.30.2.0/29';
      },
      passes: (w) => {
        w.environments[0]!.network.cidr = '10.20.0.0/16';
        prodConnector(w).subnets![0]!.cidr = '10.30.2.0/28';
      },
      finds: [
        at(
          'environments/dev/environment.yaml',
          'cidr: 10.16.0.0/13',
          '10.16.0.0/13 is too large for AWS: expected a length from /16 to /28; choose another length',
        ),
        at(
          'environments/prod/connectors/apps.yaml',
          'cidr: 10.30.2.0/29',
          '10.30.2.0/29 is too small for AWS: expected a length from /16 to /28; choose another length',
        ),
      ],
    },
  ]),
  ...examples('subnets', [
    {
      name: 'a subnet outside the network, and one upon another',
      fails: (w) => {
        w.environments[0]!.network.zones[0]!.public = '10.30.0.0/24';
        prodConnector(w).subnets!.push({ zone: 'eu-central-1a', cidr: '10.30.1.0/25' });
        prodConnector(w).subnets!.push({ zone: 'eu-central-1a', cidr: '10.30.2.128/25' });
      },
      passes: (w) => {
        prodConnector(w).subnets!.push({ zone: 'eu-central-1a', cidr: '10.30.3.0/25' });
        prodConnector(w).subnets!.push({ zone: 'eu-central-1a', cidr: '10.30.3.128/25' });
      },
      finds: [
        at(
          'environments/dev/environment.yaml',
          'public: 10.30.0.0/24',
          'the subnet 10.30.0.0/24 is outside the network of dev: expected a part of 10.20.0.0/16; choose one inside',
        ),
        at(
          'environments/prod/connectors/apps.yaml',
          'cidr: 10.30.1.0/25',
          'the subnet 10.30.1.0/25 overlaps 10.30.1.0/24 of environments/prod/environment.yaml; choose one that is free',
        ),
        at(
          'environments/prod/connectors/apps.yaml',
          'cidr: 10.30.2.128/25',
          'the subnet 10.30.2.128/25 overlaps 10.30.2.0/24; choose one that is free',
        ),
      ],
    },
  ]),
  ...examples('zones', [
    {
      name: 'zones that the network does not have, and one of another region',
      fails: (w) => {
        w.environments[1]!.network.zones.push({
          id: 'eu-west-1b',
          public: '10.30.10.0/24',
          private: '10.30.11.0/24',
        });
        w.environments[1]!.intermediates[0]!.zone = 'eu-central-1b';
        prodConnector(w).subnets![0]!.zone = 'eu-central-1c';
      },
      passes: (w) => {
        w.environments[1]!.network.zones.push({
          id: 'eu-central-1b',
          public: '10.30.10.0/24',
          private: '10.30.11.0/24',
        });
        w.environments[1]!.intermediates[0]!.zone = 'eu-central-1b';
      },
      finds: [
        at(
          'environments/prod/connectors/apps.yaml',
          '- zone: eu-central-1c',
          'prod has no zone eu-central-1c: expected one of eu-central-1a, eu-west-1b; did you mean `eu-central-1a`?',
        ),
        at(
          'environments/prod/environment.yaml',
          '- id: eu-west-1b',
          'zone eu-west-1b is not in the region: expected eu-central-1 and a letter; correct the zone or the region',
        ),
        at(
          'environments/prod/environment.yaml',
          'zone: eu-central-1b',
          'prod has no zone eu-central-1b: expected one of eu-central-1a, eu-west-1b; did you mean `eu-central-1a`?',
        ),
      ],
    },
  ]),
  ...examples('fargate-sizes', [
    {
      name: 'memory that does not go with the CPU',
      fails: (w) => void (prodConnector(w).size = { cpu: 256, memory: 1536, instances: 1 }),
      passes: (w) => void (prodConnector(w).size = { cpu: 256, memory: 2048, instances: 1 }),
      finds: [
        at(
          'environments/prod/connectors/apps.yaml',
          'memory: 1536',
          'Fargate has no task of 256 CPU units with 1536 MiB: expected one of 512, 1024, 2048; change `memory` or `cpu`',
        ),
      ],
    },
    {
      name: 'memory between the steps, and below the least',
      fails: (w) => {
        w.environments[0]!.connectors![0]!.size = { cpu: 1024, memory: 1024, instances: 1 };
        prodConnector(w).size = { cpu: 512, memory: 1536, instances: 1 };
      },
      passes: (w) => {
        w.environments[0]!.connectors![0]!.size = { cpu: 1024, memory: 2048, instances: 1 };
        prodConnector(w).size = { cpu: 512, memory: 4096, instances: 1 };
      },
      finds: [
        at(
          'environments/dev/connectors/apps.yaml',
          'memory: 1024',
          'Fargate has no task of 1024 CPU units with 1024 MiB: expected 2048 to 8192 in steps of 1024; change `memory` or `cpu`',
        ),
        at(
          'environments/prod/connectors/apps.yaml',
          'memory: 1536',
          'Fargate has no task of 512 CPU units with 1536 MiB: expected 1024 to 4096 in steps of 1024; change `memory` or `cpu`',
        ),
      ],
    },
  ]),
  ...examples('idle-connectors', [
    {
      name: 'a connector without services',
      fails: (w) =>
        void w.environments[1]!.connectors!.push({
          ...prodConnector(w),
          id: 'spare',
          runs: 'fargate',
          subnets: [{ zone: 'eu-central-1a', cidr: '10.30.3.0/24' }],
          services: [],
        }),
      passes: (w) =>
        void w.environments[1]!.connectors!.push({
          ...prodConnector(w),
          id: 'spare',
          runs: 'fargate',
          subnets: [{ zone: 'eu-central-1a', cidr: '10.30.3.0/24' }],
        }),
      finds: [
        at(
          'environments/prod/connectors/spare.yaml',
          'services: []',
          'connector `spare` serves nothing; register a service, or delete the file',
        ),
      ],
    },
  ]),
  ...examples('rings', [
    {
      name: 'components that do not exist',
      fails: (w) =>
        void (w.environments[1]!.rings[0]!.components = [
          'intermediate/one',
          'intermediate/two',
          'connector/aps',
        ]),
      passes: (w) => void (w.environments[1]!.rings[0]!.components = ['intermediate/one', 'connector/apps']),
      finds: [
        at(
          'environments/prod/environment.yaml',
          '- intermediate/two',
          'prod has no component intermediate/two; did you mean `intermediate/one`?',
        ),
        at(
          'environments/prod/environment.yaml',
          '- connector/aps',
          'prod has no component connector/aps; did you mean `connector/apps`?',
        ),
      ],
    },
  ]),
  ...examples('ring-repeats', [
    {
      name: 'a component in two rings',
      fails: (w) =>
        void w.environments[1]!.rings.push({
          id: 'rest',
          components: ['connector/apps', 'intermediate/one'],
          bakeSeconds: 0,
        }),
      passes: (w) =>
        void w.environments[1]!.rings.push({ id: 'rest', components: ['connector/apps'], bakeSeconds: 0 }),
      finds: [
        at(
          'environments/prod/environment.yaml',
          '- intermediate/one',
          'intermediate/one is in ring `canary` already; keep it in one ring',
        ),
      ],
    },
  ]),
  ...examples('trusted-keys', [
    {
      name: 'what is no key, and a key of another algorithm',
      fails: (w) => {
        w.environments[0]!.bundle.trustedKeys[0]!.publicKey = 'MCowBQYDK2VwAyEA';
        w.environments[1]!.bundle.trustedKeys[0]!.algorithm = 'ecdsa-p256';
      },
      passes: (w) => {
        w.environments[1]!.bundle.trustedKeys = [{ id: 'two', algorithm: 'ecdsa-p256', publicKey: P256 }];
      },
      finds: [
        at(
          'environments/dev/environment.yaml',
          'publicKey: MCowBQYDK2VwAyEA',
          'trusted key `nobody` is not what it says: expected an ed25519 public key (SubjectPublicKeyInfo, DER, base64), found no public key; copy it again from where it was made',
        ),
        at(
          'environments/prod/environment.yaml',
          'publicKey: MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7l',
          'trusted key `nobody` is not what it says: expected an ecdsa-p256 public key (SubjectPublicKeyInfo, DER, base64), found ed25519; copy it again from where it was made',
        ),
      ],
    },
  ]),
  ...examples('client-cas', [
    {
      name: 'certificates that cannot be read, sign nothing, or end',
      fails: (w) => {
        const [before, after] = ['-----BEGIN CERTIFICATE-----\n', '-----END CERTIFICATE-----\n'];
        w.environments[1]!.clientCas = [
          { id: 'broken', certificate: `${before}AAAA\n${after}` },
          { id: 'leaf', certificate: CERTIFICATES.leaf },
          { id: 'ended', certificate: CERTIFICATES.ended },
          { id: 'ending', certificate: CERTIFICATES.ending },
        ];
      },
      passes: (w) =>
        void (w.environments[1]!.clientCas = [{ id: 'lasting', certificate: CERTIFICATES.lasting }]),
      finds: [
        at(
          'environments/prod/environment.yaml',
          'certificate: |',
          'client CA `broken` cannot be read: expected a certificate in PEM; copy it again from where it was made',
        ),
        at(
          'environments/prod/environment.yaml',
          'certificate: |',
          'client CA `leaf` is no CA: expected a certificate that may sign others; name the CA that signed it',
        ),
        at(
          'environments/prod/environment.yaml',
          'certificate: |',
          'client CA `ended` expired 2025-01-01T00:00:00Z; remove it, once its certificates are replaced',
        ),
        at(
          'environments/prod/environment.yaml',
          'certificate: |',
          'client CA `ending` expires 2026-06-20T00:00:00Z; add its successor beside it, and replace its certificates',
        ),
      ],
    },
  ]),
  ...examples('duplicates', [
    {
      name: 'a service registered twice by one connector',
      fails: (w) => void prodConnector(w).services.push({ service: 'wiki', backend: 'wiki-2.internal:443' }),
      passes: (w) => {
        const spare = {
          ...structuredClone(prodConnector(w)),
          id: 'spare',
          subnets: [{ zone: 'eu-central-1a', cidr: '10.30.3.0/24' }],
        };
        w.environments[1]!.connectors!.push(spare);
      },
      finds: [
        at(
          'environments/prod/connectors/apps.yaml',
          '- service: wiki',
          'this `service` stands in `services` already, in line 14; remove one of the two',
        ),
      ],
    },
    {
      name: 'everything else that may stand once',
      fails: (w) => {
        const [dev] = w.environments;
        dev!.clientCas.push({ id: 'again', certificate: `${CERTIFICATES.lasting.trim()}` });
        dev!.intermediates.push({ ...dev!.intermediates[0]!, id: 'two', address: 'ONE.example.com' });
        dev!.network.zones.push({
          ...dev!.network.zones[0]!,
          public: '10.20.8.0/24',
          private: '10.20.9.0/24',
        });
        dev!.rings.push({ id: 'canary', share: 0.5, bakeSeconds: 0 });
        dev!.bundle.trustedKeys.push({ ...dev!.bundle.trustedKeys[0]!, id: 'again' });
        w.guardrails.owners.push({ id: 'platform', description: 'Again' });
        w.revoked.certificates.push(w.revoked.certificates[0]!);
      },
      passes: (w) => {
        const [dev] = w.environments;
        dev!.intermediates.push({ ...dev!.intermediates[0]!, id: 'two', address: 'two.example.com' });
        dev!.rings.push({ id: 'half', share: 0.5, bakeSeconds: 0 });
        dev!.bundle.trustedKeys.push({ id: 'again', algorithm: 'ecdsa-p256', publicKey: P256 });
        w.guardrails.owners.push({ id: 'data', description: 'Databases' });
        w.revoked.certificates.push({ ...w.revoked.certificates[0]!, fingerprint: 'b'.repeat(64) });
      },
      finds: [
        at(
          'environments/dev/environment.yaml',
          '- id: eu-central-1a',
          'this `id` stands in `zones` already, in line 10; remove one of the two',
        ),
        at(
          'environments/dev/environment.yaml',
          'certificate: |-',
          'this `certificate` stands in `clientCas` already, in line 19; remove one of the two',
        ),
        at(
          'environments/dev/environment.yaml',
          'address: ONE.example.com',
          'this `address` stands in `intermediates` already, in line 42; remove one of the two',
        ),
        at(
          'environments/dev/environment.yaml',
          'publicKey: MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7l',
          'this `publicKey` stands in `trustedKeys` already, in line 74; remove one of the two',
        ),
        at(
          'environments/dev/environment.yaml',
          '- id: canary',
          'this `id` stands in `rings` already, in line 79; remove one of the two',
        ),
        at(
          'policies/guardrails.yaml',
          '- id: platform',
          'this `id` stands in `owners` already, in line 4; remove one of the two',
        ),
        at(
          'policies/revoked.yaml',
          '- fingerprint: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
          'this `fingerprint` stands in `certificates` already, in line 3; remove one of the two',
        ),
      ],
    },
    {
      name: 'ids that stand twice',
      fails: (w) => {
        const [dev] = w.environments;
        dev!.intermediates.push({ ...dev!.intermediates[0]!, address: 'two.example.com' });
        dev!.bundle.trustedKeys.push({
          ...dev!.bundle.trustedKeys[0]!,
          algorithm: 'ecdsa-p256',
          publicKey: P256,
        });
      },
      passes: () => undefined,
      finds: [
        at(
          'environments/dev/environment.yaml',
          '- id: one',
          'this `id` stands in `intermediates` already, in line 27; remove one of the two',
        ),
        at(
          'environments/dev/environment.yaml',
          '- id: nobody',
          'this `id` stands in `trustedKeys` already, in line 58; remove one of the two',
        ),
      ],
    },
  ]),
];
