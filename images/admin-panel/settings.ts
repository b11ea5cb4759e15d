import { Fault } from '../../tools/contract/fault.ts';

/** How the program is told what to do: variables of its environment. */
export interface Settings {
  /** Where it listens. */
  host: string;
  port: number;
  /** The domain under which the load balancer answers. */
  domain: string;
  /** The repository, over HTTPS. */
  repository: string;
  /** The token by which it is read, and pull requests are opened. */
  token: string;
  environment: string;
  albArn: string;
  issuer: string;
  clientId: string;
  pollMs: number;
  /** A folder in memory, in which the repository is kept. */
  folder: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Milliseconds between two looks at the store, as a policy agent takes. */
const POLL_SECONDS = '15';

/** Reads the variables. @throws Fault that names the first which is missing or wrong */
export function settingsIn(variables: Variables): Settings {
  const wanted = (name: string, form: RegExp, example: string): string => {
    const value = variables[name] ?? '';
    if (form.test(value)) return value;
    throw new Fault(`${name} is ${value === '' ? 'not set' : `\`${value}\``}`, `set it, such as ${example}`);
  };
  const optional = (name: string, otherwise: string, form: RegExp, example: string): string =>
    variables[name] === undefined ? otherwise : wanted(name, form, example);
  const [host = '', port = ''] = optional('ZTNA_HTTP', '0.0.0.0:8080', /^.+:\d{1,5}$/, '0.0.0.0:8080').split(
    /:(?=\d+$)/,
  );
  return {
    ...{ host, port: Number(port) },
    domain: wanted('ZTNA_DOMAIN', /^[a-z0-9.-]+$/, 'panel.ztna.example.com'),
    repository: wanted('ZTNA_REPOSITORY', /^[A-Za-z0-9-]+\/[A-Za-z0-9._-]+$/, 'example/access'),
    token: wanted('ZTNA_GITHUB_TOKEN', /^\S+$/, 'the token of the GitHub App’s installation'),
    environment: wanted('ZTNA_ENVIRONMENT', /^[a-z][a-z0-9-]{0,62}$/, 'live'),
    albArn: wanted('ZTNA_ALB_ARN', /^arn:aws[a-z-]*:elasticloadbalancing:/, 'arn:aws:elasticloadbalancing:...'),
    issuer: wanted('ZTNA_ISSUER', /^https:\/\//, 'https://login.example.com'),
    clientId: wanted('ZTNA_CLIENT_ID', /^.{1,200}$/, 'ztna-panel'),
    pollMs: Number(optional('ZTNA_POLL_SECONDS', POLL_SECONDS, /^[1-9]\d{0,3}$/, POLL_SECONDS)) * 1000,
    folder: optional('ZTNA_FOLDER', '/tmp/repository', /^\/./, '/tmp/repository'),
  };
}
