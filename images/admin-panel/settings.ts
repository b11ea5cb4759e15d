import { createPrivateKey } from 'node:crypto';
import { Fault } from '../../tools/contract/fault.ts';
import { jsonIn } from '../../tools/contract/text.ts';
import type { GithubApp } from '../../tools/github/connection/app.ts';

/** How the program is told what to do: variables of its environment, as Terraform sets them. */
export interface Settings {
  environment: string;
  /** Where it listens. */
  host: string;
  port: number;
  /** The domain under which the load balancer answers. */
  domain: string;
  /** The load balancer's ARN, and what it must say of who signed in. */
  loadBalancer: string;
  issuer: string;
  clientId: string;
  /** `owner/name` on GitHub. */
  repository: string;
  /** Where GitHub's pages and git are, and its API. */
  github: string;
  api: string;
  /** What reads the repository and opens pull requests: an app, or outside AWS perhaps a token. */
  credentials: GithubApp | { token: string };
  /** Milliseconds between two looks at the store, and at the repository. */
  pollMs: number;
  /** A folder in memory in which the repository is kept. */
  folder: string;
}

/** What it may do on GitHub, whatever the app may: never workflows. */
export const PERMISSIONS = { contents: 'write', pull_requests: 'write' } as const;

type Variables = Readonly<Record<string, string | undefined>>;

/** Reads the variables. @throws Fault that names the first which is missing or wrong */
export function settingsIn(variables: Variables): Settings {
  const wanted = (name: string, form: RegExp, example: string, otherwise?: string): string => {
    const value = variables[name] || otherwise || '';
    if (form.test(value)) return value;
    const found = value === '' || SECRET.has(name) ? 'is missing or has another form' : `is \`${value}\``;
    throw new Fault(`${name} ${found}`, `set it, such as ${example}`);
  };
  const [host = '', port = ''] = wanted('ZTNA_HTTP', /^.+:\d{1,5}$/, '0.0.0.0:8080', '0.0.0.0:8080').split(
    /:(?=\d+$)/,
  );
  const url = /^(https|file|http):\/\/.+/;
  return {
    environment: wanted('ZTNA_ENVIRONMENT', /^[a-z][a-z0-9-]{0,62}$/, 'live'),
    ...{ host, port: Number(port) },
    domain: wanted('ZTNA_DOMAIN', /^[a-z0-9.-]+$/, 'panel.ztna.example.com'),
    loadBalancer: wanted(
      'ZTNA_LOAD_BALANCER',
      /^arn:[a-z-]+:elasticloadbalancing:/,
      'the ARN of the load balancer',
    ),
    issuer: wanted('ZTNA_ISSUER', /^https:\/\/.+/, 'https://login.example.com'),
    clientId: wanted('ZTNA_CLIENT_ID', /^.{1,200}$/, 'ztna-panel'),
    repository: wanted('ZTNA_REPOSITORY', /^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/, 'example/access'),
    github: wanted('ZTNA_GITHUB', url, 'https://github.com', 'https://github.com'),
    api: wanted('ZTNA_GITHUB_API', url, 'https://api.github.com', 'https://api.github.com'),
    credentials: variables['ZTNA_GITHUB_TOKEN']
      ? { token: wanted('ZTNA_GITHUB_TOKEN', /^\S+$/, 'a token for contents and pull requests') }
      : appIn(wanted('ZTNA_GITHUB_APP', /^\s*\{/, APP)),
    pollMs: Number(wanted('ZTNA_POLL_SECONDS', /^[1-9]\d{0,3}$/, '15', '15')) * 1000,
    folder: wanted('ZTNA_FOLDER', /^\/./, '/tmp/repository', '/tmp/repository'),
  };
}

/** What must not be repeated in a message. */
const SECRET = new Set(['ZTNA_GITHUB_TOKEN', 'ZTNA_GITHUB_APP']);

const APP = '{"clientId": "Iv23...", "privateKey": "-----BEGIN RSA PRIVATE KEY-----\\n..."}';

/** The app in a secret. @throws Fault that says nothing of what is in it */
function appIn(text: string): GithubApp {
  const { clientId, privateKey } = (jsonIn(text) ?? {}) as Partial<Record<keyof GithubApp, unknown>>;
  try {
    if (typeof clientId === 'string' && typeof privateKey === 'string' && clientId !== '')
      return {
        clientId,
        // GitHub gives it in an older form, which not everything reads.
        privateKey: createPrivateKey(privateKey).export({ type: 'pkcs8', format: 'pem' }) as string,
      };
  } catch {
    // What the key is, no message may say.
  }
  throw new Fault('ZTNA_GITHUB_APP has another form', `set it, such as ${APP}`);
}
