/** What one program is told by `terraform/`, in its environment. */
export interface Program {
  /** Variables that it always has. */
  always: readonly string[];
  /** Variables that it has in some environments, or in some places where it runs. */
  sometimes: readonly string[];
}

/**
 * Every program that Terraform starts, by the name of its image, and the variables that it is given: what a program
 * in `images/` must read. More than these it may read, with a default.
 */
export const PROGRAMS: Readonly<Record<string, Program>> = {
  'intermediate-server': {
    always: [
      'ZTNA_ACCESS_LOG',
      'ZTNA_BIND',
      'ZTNA_CLIENT_CAS',
      'ZTNA_COMPONENT',
      'ZTNA_ENFORCEMENT',
      'ZTNA_HTTP',
      'ZTNA_IMAGE',
      'ZTNA_INSTANCE',
      'ZTNA_KEYS',
      'ZTNA_LOG',
      'ZTNA_PORT',
      'ZTNA_TLS',
    ],
    sometimes: [],
  },
  'app-connector': {
    always: ['ZTNA_COMPONENT', 'ZTNA_ENFORCEMENT', 'ZTNA_HTTP', 'ZTNA_IMAGE', 'ZTNA_LOG', 'ZTNA_TLS_PEM'],
    // Where `environment.yaml` has `serverCas`.
    sometimes: ['ZTNA_SERVER_CAS_PEM'],
  },
  'policy-agent': {
    always: [
      'ZTNA_ACCOUNT',
      'ZTNA_APPLIED_URL',
      'ZTNA_COMPONENT',
      'ZTNA_ENVIRONMENT',
      'ZTNA_EPOCH',
      'ZTNA_HTTP',
      'ZTNA_MINIMUM_SEQUENCE',
      'ZTNA_OUT',
      'ZTNA_REGION',
      'ZTNA_STATE',
      'ZTNA_TRUSTED_KEYS',
    ],
    // On EC2; a task's host name is its own already.
    sometimes: ['ZTNA_INSTANCE'],
  },
  'admin-panel': {
    always: [
      'ZTNA_CLIENT_ID',
      'ZTNA_DOMAIN',
      'ZTNA_ENVIRONMENT',
      'ZTNA_FOLDER',
      'ZTNA_GITHUB_APP',
      'ZTNA_HTTP',
      'ZTNA_ISSUER',
      'ZTNA_LOAD_BALANCER',
      'ZTNA_REPOSITORY',
    ],
    sometimes: [],
  },
  'test-backend': { always: ['ZTNA_ECHO', 'ZTNA_HTTP'], sometimes: [] },
};
