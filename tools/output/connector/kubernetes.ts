import { stringify } from 'yaml';
import { CONNECTOR_HTTP, type ExternalConnector, FOLDERS, SERVER_CAS_FILE, USERS } from './external.ts';

/** What a container may: nothing that it does not need. */
const LEAST = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** Seconds for flows to end, as the connector drains, and a little more. */
const GRACE_SECONDS = 30;

/** The image of AWS's credential helper has no digest of ours: who runs the connector chooses it. */
export const HELPER_IMAGE = 'credential-helper';

/** One Deployment, and what it reads: to be applied with `kubectl apply -f`, or as a base of kustomize. */
export function kubernetes(connector: ExternalConnector): string {
  const { name, serverCas } = connector;
  const labels = { 'app.kubernetes.io/name': 'ztna-connector', 'app.kubernetes.io/instance': name };
  const metadata = { name, labels };
  const documents = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    ...(serverCas
      ? [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [SERVER_CAS_FILE]: `${serverCas}\n` } }]
      : []),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        // The new one serves before the old one drains.
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: { matchLabels: { 'app.kubernetes.io/instance': name } },
        template: { metadata: { labels }, spec: pod(connector) },
      },
    },
  ];
  return documents.map((one) => stringify(one, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
}

function pod(connector: ExternalConnector) {
  const { name, serverCas, images } = connector;
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: {
      runAsNonRoot: true,
      runAsGroup: USERS.group,
      fsGroup: USERS.group,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'app-connector',
        image: images.connector,
        env: variables({
          ...connector.connector,
          ...(serverCas && { ZTNA_SERVER_CAS: `${FOLDERS.secret}-cas/${SERVER_CAS_FILE}` }),
        }),
        securityContext: { ...LEAST, runAsUser: USERS.connector },
        // The images have no shell: the program asks itself, under another name.
        livenessProbe: probe('healthz', 30),
        readinessProbe: probe('readyz', 5),
        volumeMounts: [
          { name: 'enforce', mountPath: FOLDERS.enforce, readOnly: true },
          { name: 'tls', mountPath: FOLDERS.secret, readOnly: true },
          ...(serverCas ? [{ name: 'server-cas', mountPath: `${FOLDERS.secret}-cas`, readOnly: true }] : []),
        ],
      },
      {
        name: 'policy-agent',
        image: images.policyAgent,
        env: [
          ...variables(connector.policyAgent),
          { name: 'ZTNA_INSTANCE', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
        securityContext: { ...LEAST, runAsUser: USERS.policyAgent },
        volumeMounts: [
          { name: 'enforce', mountPath: FOLDERS.enforce },
          { name: 'state', mountPath: FOLDERS.state },
        ],
      },
      {
        name: HELPER_IMAGE,
        image: HELPER_IMAGE,
        args: helperWords('/run/aws/tls.crt', '/run/aws/tls.key', (one) => `$(${one})`),
        envFrom: [{ configMapRef: { name: `${name}-aws` } }],
        securityContext: { ...LEAST, runAsUser: USERS.policyAgent },
        volumeMounts: [{ name: 'aws', mountPath: '/run/aws', readOnly: true }],
      },
    ],
    volumes: [
      { name: 'enforce', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
      { name: 'state', emptyDir: { sizeLimit: '256Mi' } },
      { name: 'tls', secret: secret(`${name}-tls`, [['tls.pem', 'tls.pem']]) },
      {
        name: 'aws',
        secret: secret(`${name}-tls`, [
          ['tls.crt', 'tls.crt'],
          ['tls.key', 'tls.key'],
        ]),
      },
      ...(serverCas ? [{ name: 'server-cas', configMap: { name } }] : []),
    ],
  };
}

const variables = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

const probe = (path: string, periodSeconds: number) => ({
  exec: { command: ['healthcheck', `http://${CONNECTOR_HTTP}/${path}`] },
  periodSeconds,
  timeoutSeconds: 5,
});

/** Some files of a secret, readable to the group that all containers share. */
const secret = (secretName: string, files: readonly (readonly [key: string, path: string])[]) => ({
  secretName,
  defaultMode: 0o440,
  items: files.map(([key, path]) => ({ key, path })),
});

/** What AWS's helper is told: the output `external_connectors` of Terraform names the three. */
export function helperWords(certificate: string, key: string, variable: (name: string) => string): string[] {
  const given = ['TRUST_ANCHOR_ARN', 'PROFILE_ARN', 'ROLE_ARN'] as const;
  const flags = ['--trust-anchor-arn', '--profile-arn', '--role-arn'];
  return [
    'serve',
    ...['--certificate', certificate, '--private-key', key, '--port', '9911'],
    ...given.flatMap((name, index) => [flags[index]!, variable(name)]),
  ];
}
