import { prodConnector, type ExampleRepository } from '../base.ts';
import { at, examples } from '../example.ts';

/** Gives an environment the 256 addresses that begin so. */
function narrow({ environments }: ExampleRepository, index: number, first: string): void {
  const { network, connectors } = environments[index]!;
  network.cidr = `${first}.0/24`;
  network.zones = [{ id: 'eu-central-1a', public: `${first}.0/28`, private: `${first}.16/28` }];
  connectors![0]!.subnets![0]!.cidr = `${first}.32/28`;
}

/** Gives the connector and the intermediate of live ids of so many characters. */
function name(world: ExampleRepository, connector: number, intermediate: number): void {
  prodConnector(world).id = 'c'.padEnd(connector, 'a');
  world.environments[1]!.intermediates[0]!.id = 'i'.padEnd(intermediate, 'a');
  world.environments[1]!.rings = [];
}

/** Lets the connector of an environment run in a network that is there already, and is called shops. */
function inShops(
  { environments }: ExampleRepository,
  network: string,
  subnet: { id?: string; cidr?: string },
  environment = 1,
): void {
  const { network: own, connectors } = environments[environment]!;
  own.existing = [{ id: 'shops', vpc: 'vpc-0a1b2c3d', cidrs: ['10.40.0.0/16'] }];
  Object.assign(connectors![0]!, { network, subnets: [{ zone: 'eu-central-1a', ...subnet }] });
}

/** Gives live another id, and an admin panel. */
function panelOf(world: ExampleRepository, id: string): void {
  const signIn = { issuer: 'https://login.example.com', clientId: 'panel' };
  Object.assign(world.environments[1]!, { id, adminPanel: { domain: 'panel.example.com', signIn } });
}

/** A connector of live that another party runs, with an id of so many characters. */
function external({ environments }: ExampleRepository, length: number): void {
  const { size: _, subnets: __, ...rest } = environments[1]!.connectors![0]!;
  environments[1]!.connectors!.push({ ...rest, id: 'c'.padEnd(length, 'a'), runs: 'external' });
}

const PANEL = {
  domain: 'panel.example.com',
  signIn: { issuer: 'https://login.example.com', clientId: 'panel' },
};

export const ofNetworks = [
  ...examples('network-overlaps', [
    {
      name: 'a network that ends inside the virtual one',
      fails: (w) => {
        narrow(w, 0, '10.99.255');
        narrow(w, 1, '10.100.1');
        w.environments[0]!.network.cidr = '10.99.0.0/16';
        w.environments[0]!.network.virtualNetwork = '10.96.0.0/11';
        w.environments[1]!.network.cidr = '10.100.0.0/16';
      },
      passes: (w) => {
        narrow(w, 0, '10.99.255');
        narrow(w, 1, '10.100.1');
      },
      finds: [
        at(
          'environments/lab/environment.yaml',
          'virtualNetwork: 10.96.0.0/11',
          'the virtual network 10.96.0.0/11 overlaps the network 10.99.0.0/16; choose other addresses',
        ),
        at(
          'environments/live/environment.yaml',
          'virtualNetwork: 10.100.0.0/24',
          'the virtual network 10.100.0.0/24 overlaps the network 10.100.0.0/16; choose other addresses',
        ),
      ],
    },
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
          'environments/live/environment.yaml',
          'cidr: 10.20.0.0/20',
          'the network 10.20.0.0/20 overlaps 10.20.0.0/16 of lab; choose other addresses',
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
          'environments/live/environment.yaml',
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
          'environments/lab/environment.yaml',
          'cidr: 10.16.0.0/13',
          '10.16.0.0/13 is too large for AWS: expected a length from /16 to /28; choose another length',
        ),
        at(
          'environments/live/connectors/apps.yaml',
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
        prodConnector(w).subnets!.push({ zone: 'eu-central-1a', cidr: '10.30.255.0/24' });
      },
      finds: [
        at(
          'environments/lab/environment.yaml',
          'public: 10.30.0.0/24',
          'the subnet 10.30.0.0/24 is outside the network of lab: expected a part of 10.20.0.0/16; choose one inside',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'cidr: 10.30.1.0/25',
          'the subnet 10.30.1.0/25 overlaps 10.30.1.0/24 of environments/live/environment.yaml; choose one that is free',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'cidr: 10.30.2.128/25',
          'the subnet 10.30.2.128/25 overlaps 10.30.2.0/24; choose one that is free',
        ),
      ],
    },
  ]),
  ...examples('existing-networks', [
    {
      name: 'a network that the environment does not name, and a subnet that is to be made in one that it does',
      fails: (w) => {
        inShops(w, 'shop', { id: 'subnet-0a1b2c3d' });
        inShops(w, 'shops', { cidr: '10.40.1.0/24' }, 0);
      },
      passes: (w) => inShops(w, 'shops', { id: 'subnet-0a1b2c3d' }),
      finds: [
        at(
          'environments/lab/connectors/apps.yaml',
          '- zone: eu-central-1a',
          'a subnet 10.40.1.0/24 cannot be made in shops, which is there already: expected `id`; name a subnet of it by its id',
        ),
        at(
          'environments/live/connectors/apps.yaml',
          'network: shop',
          'live has no existing network `shop`; did you mean `shops`?',
        ),
      ],
    },
    {
      name: 'a subnet that is there already, in the own network',
      fails: (w) => void (prodConnector(w).subnets = [{ zone: 'eu-central-1a', id: 'subnet-0a1b2c3d' }]),
      passes: (w) => void (prodConnector(w).subnets = [{ zone: 'eu-central-1a', cidr: '10.30.9.0/24' }]),
      finds: [
        at(
          'environments/live/connectors/apps.yaml',
          '- zone: eu-central-1a',
          "the subnet subnet-0a1b2c3d is there already, but the connector runs in the environment's own network: expected `cidr`; name its `network`",
        ),
      ],
    },
    {
      name: 'a route to our own addresses, and one to those inside the tunnel',
      fails: (w) => {
        w.environments[1]!.network.routes = [{ to: '10.30.128.0/17', via: 'pcx-0a1b2c3d' }];
        const shops = { id: 'shops', vpc: 'vpc-0a1b2c3d', cidrs: ['10.100.0.128/25'] };
        w.environments[1]!.network.existing = [shops];
      },
      passes: (w) => {
        w.environments[1]!.network.routes = [{ to: '10.31.0.0/16', via: 'tgw-0a1b2c3d' }];
        const shops = { id: 'shops', vpc: 'vpc-0a1b2c3d', cidrs: ['10.100.1.0/24'] };
        w.environments[1]!.network.existing = [shops];
      },
      finds: [
        at(
          'environments/live/environment.yaml',
          '- to: 10.30.128.0/17',
          '10.30.128.0/17 overlaps the network 10.30.0.0/16; name the addresses of the other network alone',
        ),
        at(
          'environments/live/environment.yaml',
          '- 10.100.0.128/25',
          '10.100.0.128/25 overlaps the virtual network 10.100.0.0/24; name the addresses of the other network alone',
        ),
      ],
    },
  ]),
  ...examples('shared-accounts', [
    {
      name: 'two environments in one account',
      fails: (w) => void (w.environments[1]!.account = w.environments[0]!.account),
      passes: (w) => void (w.environments[1]!.account = '444455556666'),
      finds: [
        at(
          'environments/live/environment.yaml',
          'account: "111122223320"',
          'the account 111122223320 is that of lab too: expected an account for each environment; give one of the two its own',
        ),
      ],
    },
  ]),
  ...examples('aws-names', [
    {
      name: 'ids of connectors and intermediates of which roles of 65 characters are made',
      fails: (w) => name(w, 39, 34),
      passes: (w) => name(w, 38, 33),
      finds: [
        at(
          'environments/live/connectors/caaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.yaml',
          'id: ca',
          `a role would be called ztna-live-connector-c${'a'.repeat(38)}-start, of 65 characters: expected at most 64, which an id of 38 characters leaves; shorten the id`,
        ),
        at(
          'environments/live/environment.yaml',
          '- id: ia',
          `a role would be called ztna-live-intermediate-i${'a'.repeat(33)}-replace, of 65 characters: expected at most 64, which an id of 33 characters leaves; shorten the id`,
        ),
      ],
    },
    {
      name: 'an environment with a panel, whose load balancer has few characters',
      fails: (w) => panelOf(w, 'environment-of-x'),
      passes: (w) => panelOf(w, 'environment-of9'),
      finds: [
        at(
          'environments/environment-of-x/environment.yaml',
          'id: environment-of-x',
          'a load balancer would be called ztna-environment-of-x-admin-panel, of 33 characters: expected at most 32, which an id of 15 characters leaves; shorten the id',
        ),
      ],
    },
    {
      name: 'an environment without one, in which no intermediate can have a name',
      fails: (w) => void (w.environments[1]!.id = `e${'x'.repeat(36)}`),
      passes: (w) => void (w.environments[1]!.id = `e${'x'.repeat(35)}`.slice(0, 34)),
      finds: [
        at(
          `environments/e${'x'.repeat(36)}/environment.yaml`,
          'id: ex',
          `a role would be called ztna-e${'x'.repeat(36)}-intermediate-x-replace, of 65 characters: expected at most 64, which an id of 36 characters leaves; shorten the id`,
        ),
      ],
    },
    {
      name: 'an external connector has more room, as it has no tasks to start',
      fails: (w) => external(w, 45),
      passes: (w) => external(w, 44),
      finds: [
        at(
          `environments/live/connectors/c${'a'.repeat(44)}.yaml`,
          'id: ca',
          `a role would be called ztna-live-connector-c${'a'.repeat(44)}, of 65 characters: expected at most 64, which an id of 44 characters leaves; shorten the id`,
        ),
      ],
    },
  ]),
  ...examples('instance-types', [
    {
      name: 'a size that no family has, a family of nobody, and one that is newer than the list',
      fails: (w) => {
        w.environments[0]!.intermediates[0]!.instanceType = 't4g.smal';
        w.environments[1]!.intermediates[0]!.instanceType = 'q7z.enormous';
        const newer = { id: 'two', address: 'two.example.com', zone: 'eu-central-1a' };
        w.environments[1]!.intermediates.push({ ...newer, instanceType: 'c99g.large' });
      },
      passes: (w) => {
        w.environments[0]!.intermediates[0]!.instanceType = 't4g.small';
        w.environments[1]!.intermediates[0]!.instanceType = 'c7g.large';
      },
      finds: [
        at(
          'environments/lab/environment.yaml',
          'instanceType: t4g.smal',
          'EC2 has no instance type t4g.smal; did you mean `t4g.small`?',
        ),
        at(
          'environments/live/environment.yaml',
          'instanceType: q7z.enormous',
          'EC2 has no instance type q7z.enormous; name one of its types, such as t4g.small',
        ),
        at(
          'environments/live/environment.yaml',
          'instanceType: c99g.large',
          'EC2 had no instance type c99g.large when our list was made; make sure that the region has it',
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
          'environments/live/connectors/apps.yaml',
          '- zone: eu-central-1c',
          'live has no zone eu-central-1c: expected one of eu-central-1a, eu-west-1b; did you mean `eu-central-1a`?',
        ),
        at(
          'environments/live/environment.yaml',
          '- id: eu-west-1b',
          'zone eu-west-1b is not in the region: expected eu-central-1 and a letter; correct the zone or the region',
        ),
        at(
          'environments/live/environment.yaml',
          'zone: eu-central-1b',
          'live has no zone eu-central-1b: expected one of eu-central-1a, eu-west-1b; did you mean `eu-central-1a`?',
        ),
      ],
    },
  ]),
  ...examples('panel-egress', [
    {
      name: 'an admin panel behind endpoints, by default',
      fails: (w) => void (w.environments[1]!.adminPanel = PANEL),
      passes(w) {
        w.environments[1]!.adminPanel = PANEL;
        w.environments[1]!.network.egress = 'nat';
      },
      finds: [
        at(
          'environments/live/environment.yaml',
          'adminPanel:',
          'the admin panel cannot reach GitHub and the keys of its load balancer: `network.egress` is `endpoints`; set `network.egress: nat`, or remove `adminPanel`',
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
          'environments/live/connectors/apps.yaml',
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
          'environments/lab/connectors/apps.yaml',
          'memory: 1024',
          'Fargate has no task of 1024 CPU units with 1024 MiB: expected 2048 to 8192 in steps of 1024; change `memory` or `cpu`',
        ),
        at(
          'environments/live/connectors/apps.yaml',
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
          'environments/live/connectors/spare.yaml',
          'services: []',
          'connector `spare` serves nothing; register a service, or delete the file',
        ),
      ],
    },
  ]),
];
