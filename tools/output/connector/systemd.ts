import { type ExternalConnector, FOLDERS, HELPER, SERVER_CAS_FILE, USERS } from './external.ts';
import { helperWords } from './kubernetes.ts';

/** Where the programs of the images are put, which have them in `usr/bin`. */
const PROGRAMS = '/usr/local/lib/ztna';

/** What every unit may: it sees its own folders, and has no rights. */
const LEAST = [
  ...['NoNewPrivileges=yes', 'CapabilityBoundingSet=', 'ProtectSystem=strict', 'ProtectHome=yes'],
  ...['PrivateTmp=yes', 'PrivateDevices=yes', 'ProtectKernelTunables=yes', 'ProtectControlGroups=yes'],
  ...['RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX', 'RestrictNamespaces=yes', 'LockPersonality=yes'],
];

/** The units of a machine without containers, by their names: the connector, its policy agent, AWS's helper. */
export function systemdUnits(connector: ExternalConnector): Map<string, string> {
  const { name, serverCas, component } = connector;
  const folder = `/etc/ztna/${name}`;
  // Instances of this machine apart: what the images have at one place is in folders of this connector.
  const [run, state] = [`/run/${name}`, `/var/lib/${name}`];
  const moved = (values: Readonly<Record<string, string>>) =>
    environment(values, { [FOLDERS.enforce]: run, [FOLDERS.state]: state, [FOLDERS.secret]: folder });
  const cas = serverCas ? { ZTNA_SERVER_CAS: `${folder}/${SERVER_CAS_FILE}` } : {};
  return new Map([
    [
      `${name}.service`,
      unit(
        `ZTNA ${component}`,
        [`Wants=${name}-policy-agent.service`],
        [
          `User=${USERS.connector}`,
          ...moved({ ...connector.connector, ...cas }),
          `ExecStart=${PROGRAMS}/app-connector`,
          'TimeoutStopSec=30',
          `ReadOnlyPaths=${folder}`,
        ],
      ),
    ],
    [
      `${name}-policy-agent.service`,
      unit(
        `ZTNA policy agent of ${component}`,
        [`Wants=${name}-credentials.service`],
        [
          `User=${USERS.policyAgent}`,
          `RuntimeDirectory=${name}`,
          'RuntimeDirectoryMode=0750',
          'RuntimeDirectoryPreserve=yes',
          `StateDirectory=${name}`,
          'StateDirectoryMode=0700',
          ...moved(connector.policyAgent),
          'Environment=ZTNA_INSTANCE=%H',
          `ExecStart=/usr/bin/node ${PROGRAMS}/policy-agent`,
        ],
      ),
    ],
    [
      `${name}-credentials.service`,
      unit(
        `AWS credentials of ${component}, at ${HELPER}`,
        [],
        [
          `User=${USERS.policyAgent}`,
          `EnvironmentFile=${folder}/aws.env`,
          `ExecStart=/usr/local/bin/aws_signing_helper ${helperWords(
            `${folder}/tls.crt`,
            `${folder}/tls.key`,
            (one) => `\${${one}}`,
          ).join(' ')}`,
          `ReadOnlyPaths=${folder}`,
        ],
      ),
    ],
  ]);
}

function unit(description: string, wants: readonly string[], service: readonly string[]): string {
  return [
    '[Unit]',
    `Description=${description}`,
    'Wants=network-online.target',
    'After=network-online.target',
    ...wants,
    '',
    '[Service]',
    'Restart=always',
    'RestartSec=2',
    `Group=${USERS.group}`,
    ...service,
    ...LEAST,
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
}

/** Lines of variables, with the folders of images in them replaced. A `%` would be a specifier, and a quote an end. */
function environment(
  values: Readonly<Record<string, string>>,
  folders: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(values).map(([name, value]) => {
    const moved = Object.entries(folders).reduce((text, [from, to]) => text.replace(from, to), value);
    const quoted = moved.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%');
    return `Environment="${name}=${quoted}"`;
  });
}
