import { stringify } from 'yaml';
import { CONNECTOR_HTTP, type ExternalConnector, FOLDERS, SERVER_CAS_FILE, USERS } from './external.ts';
import { helperWords } from './kubernetes.ts';

/** What a container may. */
const LEAST = {
  restart: 'unless-stopped',
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
};

/** Node of the policy agent's image, which does nothing. */
const ASLEEP = [
  '/usr/bin/node',
  '-e',
  "process.on('SIGTERM', () => process.exit()); setInterval(() => {}, 2 ** 30)",
];

/**
 * Three containers on one network, which a fourth one that sleeps has: what they ask each other is on loopback. A
 * variable that is not set is said by compose, before anything starts.
 */
export function compose(connector: ExternalConnector): string {
  const { images, serverCas } = connector;
  const user = (id: number) => `${id}:${USERS.group}`;
  const shared = { network_mode: 'service:host', depends_on: ['host'] };
  return stringify(
    {
      services: {
        // A network that stays the same when one of the others starts again.
        host: { ...LEAST, image: images.policyAgent, user: user(USERS.policyAgent), entrypoint: ASLEEP },
        'app-connector': {
          ...LEAST,
          ...shared,
          image: images.connector,
          user: user(USERS.connector),
          stop_grace_period: '30s',
          environment: {
            ...connector.connector,
            ...(serverCas && { ZTNA_SERVER_CAS: `${FOLDERS.secret}/${SERVER_CAS_FILE}` }),
          },
          healthcheck: { test: ['CMD', 'healthcheck', `http://${CONNECTOR_HTTP}/healthz`], interval: '30s' },
          volumes: [
            `enforce:${FOLDERS.enforce}:ro`,
            `./tls.pem:${FOLDERS.secret}/tls.pem:ro`,
            ...(serverCas ? [`./${SERVER_CAS_FILE}:${FOLDERS.secret}/${SERVER_CAS_FILE}:ro`] : []),
          ],
        },
        'policy-agent': {
          ...LEAST,
          ...shared,
          image: images.policyAgent,
          user: user(USERS.policyAgent),
          environment: { ...connector.policyAgent, ZTNA_INSTANCE: '${INSTANCE:?a name for this machine}' },
          volumes: [`enforce:${FOLDERS.enforce}`, `state:${FOLDERS.state}`],
        },
        'credential-helper': {
          ...LEAST,
          ...shared,
          image: '${HELPER_IMAGE:?an image with aws_signing_helper}',
          user: user(USERS.policyAgent),
          command: helperWords(
            '/run/aws/tls.crt',
            '/run/aws/tls.key',
            (one) => `\${${one}:?as Terraform says}`,
          ),
          volumes: ['./tls.crt:/run/aws/tls.crt:ro', './tls.key:/run/aws/tls.key:ro'],
        },
      },
      volumes: { enforce: {}, state: {} },
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}
