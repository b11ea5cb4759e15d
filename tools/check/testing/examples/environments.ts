import { CERTIFICATES } from '../../../testing/certificates.ts';
import { prodConnector, type ExampleRepository } from '../base.ts';
import { at, examples } from '../example.ts';

/** A public key of ECDSA on P-256; nobody has its private key. */
const P256 =
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEFmR8T8aAxI8RLm5FQUOaL/KggOyjysPsGXamyQRUPDQ5yDa6ltwDqgj/IXQNkBDvf0YyIqrja6uFdF8Xh/aVMQ==';

/** An image that nobody has built. */
const OTHER = `sha256:${'1'.repeat(64)}`;

/** Environments more, each after the one before and the first of them after live. */
function chain(world: ExampleRepository, length: number): void {
  const live = world.environments[1]!;
  for (let index = 0; index < length; index++)
    world.environments.push({
      ...structuredClone(live),
      account: `44445555666${index}`,
      id: `site-${index}`,
      after: [index === 0 ? 'live' : `site-${index - 1}`],
      network: {
        ...live.network,
        cidr: `10.${60 + index}.0.0/16`,
        zones: [
          {
            ...live.network.zones[0]!,
            public: `10.${60 + index}.0.0/24`,
            private: `10.${60 + index}.1.0/24`,
          },
        ],
      },
      connectors: [],
    });
}

export const ofEnvironments = [
  ...examples('delivery-order', [
    {
      name: 'environments that wait for each other',
      fails: (w) => {
        w.environments[0]!.after = ['live'];
        w.environments[1]!.after = ['lab'];
      },
      passes: (w) => void (w.environments[1]!.after = ['lab']),
      finds: [
        at(
          'environments/lab/environment.yaml',
          '- live',
          'environment `lab` waits for itself: found lab after live after lab; take one of these names out of `after`',
        ),
      ],
    },
    {
      name: 'an environment that waits for itself',
      fails: (w) => void (w.environments[1]!.after = ['lab', 'live']),
      passes: (w) => void (w.environments[1]!.after = ['lab']),
      finds: [
        at(
          'environments/live/environment.yaml',
          '- live',
          'environment `live` waits for itself: found live after live; take one of these names out of `after`',
        ),
      ],
    },
    {
      name: 'more environments in a row than a merge has stages',
      fails: (w) => {
        w.environments[1]!.after = ['lab'];
        chain(w, 5);
      },
      passes: (w) => {
        w.environments[1]!.after = ['lab'];
        chain(w, 4);
      },
      finds: [
        at(
          'environments/site-4/environment.yaml',
          '- site-3',
          'environment `site-4` comes too late in the order of delivery: expected at most 6 waves, found 7; let it wait for fewer environments: those of one wave are delivered side by side',
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
          'environments/live/environment.yaml',
          '- intermediate/two',
          'live has no component intermediate/two; did you mean `intermediate/one`?',
        ),
        at(
          'environments/live/environment.yaml',
          '- connector/aps',
          'live has no component connector/aps; did you mean `connector/apps`?',
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
          'environments/live/environment.yaml',
          '- intermediate/one',
          'intermediate/one is in ring `canary` already; keep it in one ring',
        ),
      ],
    },
  ]),
  ...examples('image-digests', [
    {
      name: 'rings and components that do not run it, or do not exist',
      fails: (w) => {
        const { images, rings } = w.environments[1]!;
        rings.push({ id: 'half', share: 0.5, bakeSeconds: 0 });
        images['intermediate-server'].digests = { canari: OTHER, half: OTHER, 'connector/apps': OTHER };
        images['app-connector'].digests = { canary: OTHER };
      },
      passes: (w) => {
        const { images } = w.environments[1]!;
        images['intermediate-server'].digests = { canary: OTHER, 'intermediate/one': OTHER };
        images['app-connector'].digests = { 'connector/apps': OTHER };
        images['policy-agent'].digests = { canary: OTHER, 'connector/apps': OTHER };
      },
      finds: [
        at(
          'environments/live/environment.yaml',
          'canari:',
          'live has no ring and no component canari that runs intermediate-server; did you mean `canary`?',
        ),
        at(
          'environments/live/environment.yaml',
          'half:',
          'ring `half` names no components; a share is of whoever there is: name the component instead',
        ),
        at(
          'environments/live/environment.yaml',
          'connector/apps:',
          'live has no ring and no component connector/apps that runs intermediate-server; remove it',
        ),
        at(
          'environments/live/environment.yaml',
          'canary:',
          'live has no ring and no component canary that runs app-connector; remove it',
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
          'environments/lab/environment.yaml',
          'publicKey: MCowBQYDK2VwAyEA',
          'trusted key `nobody` is not what it says: expected an ed25519 public key (SubjectPublicKeyInfo, DER, base64), found no public key; copy it again from where it was made',
        ),
        at(
          'environments/live/environment.yaml',
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
          { id: 'ends-now', certificate: CERTIFICATES.endsAtNoon },
          { id: 'ending', certificate: CERTIFICATES.ending },
        ];
      },
      passes: (w) =>
        void (w.environments[1]!.clientCas = [{ id: 'lasting', certificate: CERTIFICATES.lastsAMonth }]),
      finds: [
        at(
          'environments/live/environment.yaml',
          'certificate: |',
          'client CA `broken` cannot be read: expected a certificate in PEM; copy it again from where it was made',
        ),
        at(
          'environments/live/environment.yaml',
          'certificate: |',
          'client CA `leaf` is no CA: expected a certificate that may sign others; name the CA that signed it',
        ),
        at(
          'environments/live/environment.yaml',
          'certificate: |',
          'client CA `ended` expired 2025-01-01T00:00:00Z; remove it, once its certificates are replaced',
        ),
        at(
          'environments/live/environment.yaml',
          'certificate: |',
          'client CA `ends-now` expired 2026-06-01T12:00:00Z; remove it, once its certificates are replaced',
        ),
        at(
          'environments/live/environment.yaml',
          'certificate: |',
          'client CA `ending` expires 2026-06-20T00:00:00Z; add its successor beside it, and replace its certificates',
        ),
      ],
    },
  ]),
  ...examples('client-cas', [
    {
      name: 'an authority of servers that signs nothing',
      fails: (w) => void (w.environments[1]!.serverCas = [{ id: 'leaf', certificate: CERTIFICATES.leaf }]),
      passes: (w) =>
        void (w.environments[1]!.serverCas = [{ id: 'lasting', certificate: CERTIFICATES.lastsAMonth }]),
      finds: [
        at(
          'environments/live/environment.yaml',
          'certificate: |',
          'server CA `leaf` is no CA: expected a certificate that may sign others; name the CA that signed it',
        ),
      ],
    },
  ]),
  ...examples('duplicates', [
    {
      name: 'one authority of servers, twice',
      fails: (w) =>
        void (w.environments[1]!.serverCas = [
          { id: 'one', certificate: CERTIFICATES.lasting },
          { id: 'one', certificate: CERTIFICATES.lastsAMonth },
        ]),
      // It may be the one that signs clients too.
      passes: (w) => void (w.environments[1]!.serverCas = structuredClone(w.environments[1]!.clientCas)),
      finds: [
        at(
          'environments/live/environment.yaml',
          '- id: one',
          'this `id` is in `serverCas` already, in line 64; remove one of the two',
        ),
      ],
    },
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
          'environments/live/connectors/apps.yaml',
          '- service: wiki',
          'this `service` is in `services` already, in line 14; remove one of the two',
        ),
      ],
    },
    {
      name: 'everything else that may be there once',
      fails: (w) => {
        const [lab] = w.environments;
        lab!.clientCas.push({ id: 'again', certificate: `${CERTIFICATES.lasting.trim()}` });
        lab!.intermediates.push({ ...lab!.intermediates[0]!, id: 'two', address: 'ONE.example.com' });
        lab!.network.zones.push({
          ...lab!.network.zones[0]!,
          public: '10.20.8.0/24',
          private: '10.20.9.0/24',
        });
        lab!.rings.push({ id: 'canary', share: 0.5, bakeSeconds: 0 });
        lab!.bundle.trustedKeys.push({ ...lab!.bundle.trustedKeys[0]!, id: 'again' });
        w.guardrails.owners.push({ id: 'platform', description: 'Again' });
        w.revoked.certificates!.push(w.revoked.certificates![0]!);
      },
      passes: (w) => {
        const [lab] = w.environments;
        lab!.intermediates.push({ ...lab!.intermediates[0]!, id: 'two', address: 'two.example.com' });
        lab!.rings.push({ id: 'half', share: 0.5, bakeSeconds: 0 });
        lab!.bundle.trustedKeys.push({ id: 'again', algorithm: 'ecdsa-p256', publicKey: P256 });
        w.guardrails.owners.push({ id: 'data', description: 'Databases' });
        w.revoked.certificates!.push({ ...w.revoked.certificates![0]!, fingerprint: 'b'.repeat(64) });
      },
      finds: [
        at(
          'environments/lab/environment.yaml',
          '- id: eu-central-1a',
          'this `id` is in `zones` already, in line 10; remove one of the two',
        ),
        at(
          'environments/lab/environment.yaml',
          'certificate: |-',
          'this `certificate` is in `clientCas` already, in line 19; remove one of the two',
        ),
        at(
          'environments/lab/environment.yaml',
          'address: ONE.example.com',
          'this `address` is in `intermediates` already, in line 42; remove one of the two',
        ),
        at(
          'environments/lab/environment.yaml',
          'publicKey: MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7l',
          'this `publicKey` is in `trustedKeys` already, in line 74; remove one of the two',
        ),
        at(
          'environments/lab/environment.yaml',
          '- id: canary',
          'this `id` is in `rings` already, in line 79; remove one of the two',
        ),
        at(
          'policies/guardrails.yaml',
          '- id: platform',
          'this `id` is in `owners` already, in line 4; remove one of the two',
        ),
        at(
          'policies/revoked.yaml',
          '- fingerprint: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
          'this `fingerprint` is in `certificates` already, in line 3; remove one of the two',
        ),
      ],
    },
    {
      name: 'ids that are there twice',
      fails: (w) => {
        const [lab] = w.environments;
        lab!.intermediates.push({ ...lab!.intermediates[0]!, address: 'two.example.com' });
        lab!.bundle.trustedKeys.push({
          ...lab!.bundle.trustedKeys[0]!,
          algorithm: 'ecdsa-p256',
          publicKey: P256,
        });
      },
      passes: () => undefined,
      finds: [
        at(
          'environments/lab/environment.yaml',
          '- id: one',
          'this `id` is in `intermediates` already, in line 27; remove one of the two',
        ),
        at(
          'environments/lab/environment.yaml',
          '- id: nobody',
          'this `id` is in `trustedKeys` already, in line 58; remove one of the two',
        ),
      ],
    },
  ]),
  ...examples('lone-heartbeats', [
    {
      name: 'production that denies what is stale, kept alive by GitHub alone',
      fails: (w) => void (w.environments.at(-1)!.bundle.onStale = { action: 'deny', afterHours: 48 }),
      passes(w) {
        const [lab, live] = [w.environments[0]!, w.environments.at(-1)!];
        for (const { bundle } of [lab, live]) bundle.onStale = { action: 'deny', afterHours: 48 };
        live.images.heartbeat = { ...live.images['admin-panel'], repository: 'ztna/heartbeat' };
      },
      finds: [
        at(
          'environments/live/environment.yaml',
          'action: deny',
          'nobody gets through 96 hours after the last heartbeat, and GitHub alone schedules them: expected keep, or a second scheduler, found deny; write { action: keep }, or name an image for it as images.heartbeat',
        ),
      ],
    },
  ]),
];
