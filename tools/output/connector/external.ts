import { imageOf } from '../../contract/image-of.ts';
import type { Environment } from '../../contract/shapes.ts';

/** What somebody outside AWS is told to run a connector. */
export interface ExternalConnector {
  /** `ztna-<env>-<id>`, as everything there is called. */
  name: string;
  component: string;
  images: { connector: string; policyAgent: string };
  /** Certificates in PEM by which intermediates are known; empty where the system's roots do. */
  serverCas: string;
  /** What the policy agent is told, but for its credentials. */
  policyAgent: Readonly<Record<string, string>>;
  /** What the connector is told, but for its certificate. */
  connector: Readonly<Record<string, string>>;
}

/** Users of the images; whoever is in the group may read secrets and the enforcement file. */
export const USERS = { connector: 10_001, policyAgent: 10_002, group: 10_000 } as const;

/** Where both containers have what they share, as on Fargate. */
export const FOLDERS = {
  enforce: '/run/ztna/enforce',
  state: '/var/lib/ztna',
  secret: '/run/ztna/secret',
} as const;

/** Where the connector answers for its health, on the loopback interface that it shares with its policy agent. */
export const CONNECTOR_HTTP = '127.0.0.1:9091';

/** Where AWS's helper answers like the metadata service of an instance, from which AWS's SDK takes credentials. */
export const HELPER = 'http://127.0.0.1:9911';

/** What a connector with `runs: external` is told. @param id its id */
export function externalConnector(environment: Environment, id: string): ExternalConnector {
  const component = `connector/${id}`;
  const { bundle, region, account, epoch } = environment;
  return {
    name: `ztna-${environment.id}-${id}`,
    component,
    images: {
      connector: imageOf(environment, 'app-connector', component),
      policyAgent: imageOf(environment, 'policy-agent', component),
    },
    serverCas: (environment.serverCas ?? []).map(({ certificate }) => certificate.trim()).join('\n'),
    policyAgent: {
      ZTNA_ENVIRONMENT: environment.id,
      ZTNA_ACCOUNT: account,
      ZTNA_REGION: region,
      ZTNA_EPOCH: String(epoch),
      ZTNA_COMPONENT: component,
      ZTNA_TRUSTED_KEYS: JSON.stringify(bundle.trustedKeys),
      ZTNA_OUT: FOLDERS.enforce,
      ZTNA_STATE: FOLDERS.state,
      ZTNA_APPLIED_URL: `http://${CONNECTOR_HTTP}/applied`,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: HELPER,
    },
    connector: {
      ZTNA_COMPONENT: component,
      ZTNA_HTTP: CONNECTOR_HTTP,
      ZTNA_ENFORCEMENT: `${FOLDERS.enforce}/enforcement.json`,
      ZTNA_TLS: `${FOLDERS.secret}/tls.pem`,
    },
  };
}

/** Where the certificates of `serverCas` are as a file. */
export const SERVER_CAS_FILE = 'server-cas.pem';
