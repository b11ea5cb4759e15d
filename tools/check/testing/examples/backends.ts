import { prodConnector, service, type ExampleRepository } from '../base.ts';
import { CERTIFICATES } from '../../../testing/certificates.ts';
import { at, examples } from '../example.ts';

/** Leads payments in live to backends, one after another on services of their own. */
function lead(world: ExampleRepository, ...backends: string[]): void {
  backends.forEach((backend, index) => {
    const id = `desk-${index}`;
    world.services.push(service(id, 10 + index, [443]));
    world.policies[0]!.what.services!.push(id);
    prodConnector(world).services.push({ service: id, backend });
  });
}

/** Gives live a panel to sign in to, and a CA that says where it answers. */
function wayBack(world: ExampleRepository): void {
  const live = world.environments.at(-1)!;
  live.network.egress = 'nat';
  live.adminPanel = {
    domain: 'panel.example.com',
    signIn: { issuer: 'https://login.example.com/realm', clientId: 'panel' },
  };
  live.clientCas = [{ id: 'people', certificate: CERTIFICATES.answering }];
}

/** A name as long as a DNS name can be. */
const LONG = `${'a.'.repeat(123)}example`;

export const ofBackends = [
  ...examples('backend-form', [
    {
      name: 'what only some programs read as an address, and what is no name',
      fails: (w) =>
        lead(
          w,
          '127.1',
          '0x7f000001',
          '010.0.0.1',
          'web..internal',
          'web.-a.internal',
          '[10.0.0.1]:443',
          'web.internal:65536',
          `${'a'.repeat(64)}.internal`,
          `${LONG}a`,
        ),
      passes: (w) =>
        lead(
          w,
          '10.0.0.1',
          'x7f000001',
          '10.0.0.1.example.com',
          'web.a.internal',
          'web',
          '[2001:db8::7]:443',
          'web.internal:65535',
          `${'a'.repeat(63)}.internal`,
          LONG,
        ),
      finds: [
        at(
          'environments/live/connectors/apps.yaml',
          'backend: "127.1"',
          'backend 127.1 is no address that can be read in one way: expected a form such as web.internal:8080, 10.0.0.7 or [2001:db8::7]:443; correct it',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: "0x7f000001"',
          'backend 0x7f000001 is no address that can be read in one way: expected a form such as web.internal:8080, 10.0.0.7 or [2001:db8::7]:443; correct it',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: 010.0.0.1',
          'backend 010.0.0.1 is no address that can be read in one way: expected a form such as web.internal:8080, 10.0.0.7 or [2001:db8::7]:443; correct it',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: web..internal',
          'backend web..internal is no DNS name: expected a form such as web.internal:8080, 10.0.0.7 or [2001:db8::7]:443; correct it',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: web.-a.internal',
          'backend web.-a.internal is no DNS name: expected a form such as web.internal:8080, 10.0.0.7 or [2001:db8::7]:443; correct it',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: web.internal:65536',
          'backend web.internal:65536 has a port beyond 65535: expected a form such as web.internal:8080, 10.0.0.7 or [2001:db8::7]:443; correct it',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
          'backend aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.internal is no DNS name: expected a form such as web.internal:8080, 10.0.0.7 or [2001:db8::7]:443; correct it',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a',
          `backend ${LONG}a is longer than a DNS name can be: expected a form such as web.internal:8080, 10.0.0.7 or [2001:db8::7]:443; correct it`,
        ),
      ],
    },
  ]),
  ...examples('backend-places', [
    {
      name: 'loopback, link-local and metadata in live',
      fails: (w) =>
        lead(
          w,
          'localhost',
          '127.8.0.1:8080',
          '[::1]',
          '0.0.0.0',
          '169.254.169.254',
          '[::ffff:169.254.169.254]:80',
          '[fd00:ec2::254]',
          '[64:ff9b::a9fe:a9fe]',
          'metadata.google.internal',
          'api.localhost:9000',
          '[fe80::1]',
          '224.0.0.1',
        ),
      passes: (w) => {
        lead(
          w,
          'localhost.example.com',
          '128.0.0.1',
          '[::2]',
          '1.0.0.0',
          '169.253.169.254',
          '[fd00:ec3::254]',
          '[64:ff9b::a00:1]',
          'metadata.internal',
        );
        // Where `production` is false, as in lab, a backend may be on the connector's own machine.
        w.environments[0]!.connectors![0]!.services[0]!.backend = 'localhost:443';
      },
      finds: [
        at(
          'environments/live/connectors/apps.yaml',
          'backend: localhost',
          'backend localhost is loopback; name the machine that runs the service; only an environment with `production: false` may do without',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: 127.8.0.1:8080',
          'backend 127.8.0.1:8080 is loopback; name the machine that runs the service; only an environment with `production: false` may do without',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: "[::1]"',
          'backend [::1] is loopback; name the machine that runs the service; only an environment with `production: false` may do without',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: 0.0.0.0',
          'backend 0.0.0.0 is unspecified; name the machine that runs the service; only an environment with `production: false` may do without',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: 169.254.169.254',
          'backend 169.254.169.254 is the metadata of the machine; name the machine that runs the service; only an environment with `production: false` may do without',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: "[::ffff:169.254.169.254]:80"',
          'backend [::ffff:169.254.169.254]:80 is the metadata of the machine; name the machine that runs the service; only an environment with `production: false` may do without',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: "[fd00:ec2::254]"',
          'backend [fd00:ec2::254] is the metadata of the machine; name the machine that runs the service; only an environment with `production: false` may do without',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: "[64:ff9b::a9fe:a9fe]"',
          'backend [64:ff9b::a9fe:a9fe] is the metadata of the machine; name the machine that runs the service; only an environment with `production: false` may do without',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: metadata.google.internal',
          'backend metadata.google.internal is the metadata of the machine; name the machine that runs the service; only an environment with `production: false` may do without',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: api.localhost:9000',
          'backend api.localhost:9000 is loopback; name the machine that runs the service; only an environment with `production: false` may do without',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: "[fe80::1]"',
          'backend [fe80::1] is link-local; name the machine that runs the service; only an environment with `production: false` may do without',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: 224.0.0.1',
          'backend 224.0.0.1 is multicast; name the machine that runs the service; only an environment with `production: false` may do without',
        ),
      ],
    },
  ]),
  ...examples('backend-loops', [
    {
      name: 'a backend inside the tunnel',
      fails: (w) => lead(w, '10.100.0.0', '10.100.0.255'),
      passes: (w) => lead(w, '10.99.255.255', '10.100.1.0'),
      finds: [
        at(
          'environments/live/connectors/apps.yaml',
          'backend: 10.100.0.0',
          'backend 10.100.0.0 is inside the virtual network 10.100.0.0/24; name the address at which the service really runs',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: 10.100.0.255',
          'backend 10.100.0.255 is inside the virtual network 10.100.0.0/24; name the address at which the service really runs',
        ),
      ],
    },
  ]),
  ...examples('proxy-protocols', [
    {
      name: 'a service of UDP',
      fails: (w) => {
        w.services[0]!.protocol = 'udp';
        w.environments[0]!.connectors![0]!.services[0]!.proxyProtocol = true;
      },
      passes: (w) => {
        w.services[1]!.protocol = 'udp';
        w.environments[0]!.connectors![0]!.services[0]!.proxyProtocol = true;
      },
      finds: [
        at(
          'environments/lab/connectors/apps.yaml',
          'proxyProtocol: true',
          '`wiki` is a service of UDP, which has no PROXY protocol; remove `proxyProtocol`',
        ),
      ],
    },
  ]),
  ...examples('backend-ports', [
    {
      name: 'several ports that lead to one',
      fails: (w) => void (prodConnector(w).services[1]!.backend = 'payments.internal:443'),
      passes: (w) => void (prodConnector(w).services[0]!.backend = 'wiki.internal:8443'),
      finds: [
        at(
          'environments/live/connectors/apps.yaml',
          'backend: payments.internal:443',
          'all ports of `payments` lead to payments.internal:443: found ports 443, 8443; leave the port out of the backend, or make several services',
        ),
      ],
    },
    {
      name: 'a range that leads to one',
      fails: (w) => void (w.services[0]!.ports = ['443-444']),
      passes: (w) => void (w.services[0]!.ports = ['443-443']),
      finds: [
        at(
          'environments/lab/connectors/apps.yaml',
          'backend: wiki.internal:443',
          'all ports of `wiki` lead to wiki.internal:443: found ports 443-444; leave the port out of the backend, or make several services',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: wiki.internal:443',
          'all ports of `wiki` lead to wiki.internal:443: found ports 443-444; leave the port out of the backend, or make several services',
        ),
      ],
    },
  ]),
  ...examples('shared-backends', [
    {
      name: 'two services on all ports of one machine, told once',
      fails: (w) => {
        w.services[0]!.ports = [443, 8443];
        w.environments[0]!.connectors![0]!.services[0]!.backend = 'wiki.internal';
        prodConnector(w).services[0]!.backend = 'payments.internal';
      },
      passes: (w) => {
        w.services[0]!.ports = [443, 8443];
        w.environments[0]!.connectors![0]!.services[0]!.backend = 'wiki.internal';
        prodConnector(w).services[0]!.backend = 'payments.internal';
        w.services[0]!.protocol = 'udp';
      },
      finds: [
        at(
          'environments/live/connectors/apps.yaml',
          'backend: payments.internal',
          '`payments` leads to the same backend as `wiki` (payments.internal): expected a backend of its own, found payments.internal; make them one service, or lead them to different ports',
        ),
      ],
    },
    {
      name: 'two services on one port of one machine',
      fails: (w) => void (prodConnector(w).services[0]!.backend = 'Payments.internal:8443'),
      passes: (w) => void (prodConnector(w).services[0]!.backend = 'Payments.internal:8444'),
      finds: [
        at(
          'environments/live/connectors/apps.yaml',
          'backend: payments.internal',
          '`payments` leads to the same backend as `wiki` (Payments.internal:8443): expected a backend of its own, found payments.internal; make them one service, or lead them to different ports',
        ),
      ],
    },
    {
      name: 'one address written in two ways, by two connectors',
      fails: (w) => {
        w.services[1]!.ports = ['400-500'];
        prodConnector(w).services[1]!.backend = '[2001:db8::7]';
        const other = {
          ...structuredClone(prodConnector(w)),
          id: 'other',
          subnets: [{ zone: 'eu-central-1a', cidr: '10.30.3.0/24' }],
        };
        other.services = [{ service: 'wiki', backend: '[2001:DB8:0::7]:443' }];
        w.environments[1]!.connectors!.push(other);
      },
      passes: (w) => {
        w.services[0]!.protocol = 'udp';
        prodConnector(w).services[0]!.backend = 'payments.internal:443';
        // Each connector has a loopback of its own.
        const lab = w.environments[0]!.connectors!;
        lab[0]!.services[0]!.backend = 'localhost:443';
        lab.push({
          ...structuredClone(lab[0]!),
          id: 'other',
          subnets: [{ zone: 'eu-central-1a', cidr: '10.20.3.0/24' }],
        });
        lab[1]!.services = [{ service: 'payments', backend: 'localhost' }];
      },
      finds: [
        at(
          'environments/live/connectors/other.yaml',
          'backend: "[2001:DB8:0::7]:443"',
          '`wiki` leads to the same backend as `payments` ([2001:db8::7]): expected a backend of its own, found [2001:DB8:0::7]:443; make them one service, or lead them to different ports',
        ),
      ],
    },
    {
      name: "the connector's own machine, which is another for each connector",
      fails: (w) => {
        w.environments.shift();
        Object.assign(w.environments[0]!, { id: 'lab', production: false });
        lead(w, 'localhost', '127.0.0.1');
        prodConnector(w).services[0]!.backend = 'localhost:443';
      },
      passes: (w) => {
        w.environments.shift();
        Object.assign(w.environments[0]!, { id: 'lab', production: false });
        const places = ['localhost', '127.0.0.1', '0.0.0.0', '169.254.7.7', '[fe80::1]'];
        lead(w, ...places);
        places.forEach((backend, index) => {
          const services = [{ service: 'wiki', backend: `${backend}:443` }];
          const subnets = [{ zone: 'eu-central-1a', cidr: `10.30.${10 + index}.0/24` }];
          w.environments[0]!.connectors!.push({
            ...prodConnector(w),
            id: `other-${index}`,
            subnets,
            services,
          });
        });
      },
      finds: [
        at(
          'environments/lab/connectors/apps.yaml',
          'backend: localhost',
          '`desk-0` leads to the same backend as `wiki` (localhost:443): expected a backend of its own, found localhost; make them one service, or lead them to different ports',
        ),
      ],
    },
  ]),
  ...examples('lifelines', [
    {
      name: 'what repairs the tunnel is behind it',
      fails(w) {
        wayBack(w);
        lead(
          w,
          'github.com:22',
          'api.github.com',
          'github.example.com',
          'acme.ghe.com',
          'Login.example.com',
          'pki.internal:8080',
          'ocsp.pki.internal',
          'crl.pki.internal',
          'second.pki.internal:80',
        );
      },
      passes(w) {
        wayBack(w);
        lead(
          w,
          'mygithub.com',
          'wiki.example.com',
          'example.com',
          'other.pki.internal',
          'internal',
          'named.internal',
        );
      },
      finds: [
        at(
          'environments/live/connectors/apps.yaml',
          'backend: github.com:22',
          'backend github.com:22 is GitHub, which is needed when the tunnel is down: expected a way to it beside the tunnel, for those on call; take it out of the services, or see to another way: npx ztna drill github-away',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: api.github.com',
          'backend api.github.com is GitHub, which is needed when the tunnel is down: expected a way to it beside the tunnel, for those on call; take it out of the services, or see to another way: npx ztna drill github-away',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: github.example.com',
          'backend github.example.com is GitHub, which is needed when the tunnel is down: expected a way to it beside the tunnel, for those on call; take it out of the services, or see to another way: npx ztna drill github-away',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: acme.ghe.com',
          'backend acme.ghe.com is GitHub, which is needed when the tunnel is down: expected a way to it beside the tunnel, for those on call; take it out of the services, or see to another way: npx ztna drill github-away',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: Login.example.com',
          'backend Login.example.com is where people sign in to the admin panel, which is needed when the tunnel is down: expected a way to it beside the tunnel, for those on call; take it out of the services, or see to another way: npx ztna drill github-away',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: pki.internal:8080',
          'backend pki.internal:8080 is where CA `people` answers, which is needed when the tunnel is down: expected a way to it beside the tunnel, for those on call; take it out of the services, or see to another way: npx ztna drill github-away',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: ocsp.pki.internal',
          'backend ocsp.pki.internal is where CA `people` answers, which is needed when the tunnel is down: expected a way to it beside the tunnel, for those on call; take it out of the services, or see to another way: npx ztna drill github-away',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: crl.pki.internal',
          'backend crl.pki.internal is where CA `people` answers, which is needed when the tunnel is down: expected a way to it beside the tunnel, for those on call; take it out of the services, or see to another way: npx ztna drill github-away',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'backend: second.pki.internal:80',
          'backend second.pki.internal:80 is where CA `people` answers, which is needed when the tunnel is down: expected a way to it beside the tunnel, for those on call; take it out of the services, or see to another way: npx ztna drill github-away',
        ),
      ],
    },
  ]),
];
