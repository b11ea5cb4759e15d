import { stringify } from 'yaml';
import { CODEOWNERS, codeownersText } from '../check/codeowners.ts';
import { Fault } from '../contract/fault.ts';
import type { Environment, Guardrails, TrustedKey } from '../contract/shapes.ts';
import { loadSources } from '../load/load.ts';

/** One environment that a company begins with. */
export interface NewEnvironment {
  id: string;
  /** `eu-central-1` */
  region: string;
  /** Twelve digits. */
  account: string;
}

/** What a company says of itself when it begins. */
export interface NewCompany {
  /** The organization on GitHub. */
  organization: string;
  /** GitHub teams; the first keeps the guardrails and the tools. */
  owners: readonly string[];
  /** In the order in which a merge reaches them; the last is production. */
  environments: readonly NewEnvironment[];
  /** The DNS domain below which intermediates get their names. */
  domain: string;
}

/** What is made for it beside. */
export interface Material {
  /** PEM of the authority whose client certificates are accepted. */
  clientCa: string;
  trustedKey: TrustedKey;
}

/** A part of the answers: its pattern, and what it is called. */
const SHAPES: readonly [pattern: RegExp, says: string, of: (company: NewCompany) => readonly string[]][] = [
  [/^[A-Za-z0-9-]{1,39}$/, 'an organization of GitHub', ({ organization }) => [organization]],
  [/^[a-z0-9][a-z0-9-]{0,62}$/, 'a team of GitHub', ({ owners }) => owners],
  [/^[a-z][a-z0-9-]{0,14}$/, 'an id of an environment, of 15 characters at most', (one) => idsOf(one)],
  [/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region of AWS', (one) => one.environments.map(({ region }) => region)],
  [/^\d{12}$/, 'an account of AWS, twelve digits', (one) => one.environments.map(({ account }) => account)],
  [/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a domain', ({ domain }) => [domain]],
];

const idsOf = ({ environments }: NewCompany): string[] => environments.map(({ id }) => id);

/**
 * The files of a company that begins: guardrails, environments, nobody and nothing yet, and who owns which file. Pure.
 * @throws Fault where an answer cannot be what it is for
 */
export function newCompany(company: NewCompany, material: Material): Map<string, string> {
  for (const [pattern, says, of] of SHAPES) {
    const wrong = of(company).find((one) => !pattern.test(one));
    if (wrong !== undefined) throw new Fault(`${JSON.stringify(wrong)} is not ${says}`, 'say it again');
  }
  if (company.owners.length === 0) throw new Fault('nobody owns anything', 'name a team at least');
  if (company.environments.length === 0) throw new Fault('there is no environment', 'name one at least');
  if (new Set(idsOf(company)).size < company.environments.length)
    throw new Fault('two environments have one id', 'name each once');
  const files = new Map<string, string>([
    ['policies/guardrails.yaml', yaml('../schemas/guardrails', guardrailsOf(company))],
    ['policies/revoked.yaml', yaml('../schemas/revoked', { certificates: [] })],
    ...company.environments.map((one, index): [string, string] => [
      `environments/${one.id}/environment.yaml`,
      yaml('../../schemas/environment', environmentOf(company, index, material)),
    ]),
  ]);
  const sources = [...files].map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  return files.set(CODEOWNERS, codeownersText(loadSources(sources).repository) ?? '');
}

/** A file as editors read it: the first line names its schema. */
function yaml(schema: string, value: object): string {
  const text = stringify(value, { lineWidth: 110 });
  return `# yaml-language-server: $schema=${schema}.schema.json\n${text}`;
}

function guardrailsOf({ organization, owners }: NewCompany): Guardrails {
  const [first] = owners as [string];
  return {
    organization,
    owner: first,
    maintainers: [first],
    owners: owners.map((id) => ({ id, description: `The team ${id}` })) as Guardrails['owners'],
    // A pull request that takes access away from more people than this asks for an override.
    limits: { principalsLosing: 0.1, principalsLosingOneService: 0.5 },
  };
}

/** Images that nobody has built: `npx ztna digests` proposes those that the workflow Images pushed. */
const NOT_BUILT = `sha256:${'0'.repeat(64)}`;

const IMAGES = [
  'intermediate-server',
  'app-connector',
  'policy-agent',
  'admin-panel',
  'test-backend',
] as const;

function environmentOf(
  { environments, domain }: NewCompany,
  index: number,
  { clientCa, trustedKey }: Material,
): Environment {
  const { id, region, account } = environments[index]!;
  const before = environments[index - 1];
  const production = index === environments.length - 1;
  // Each its own network, so that they can be connected one day; services have one address in all of them.
  const net = `10.${20 + index}`;
  const zone = `${region}a`;
  return {
    ...{ id, description: production ? 'What people work with' : 'Where changes are tried' },
    ...{ region, account, epoch: 1, production },
    ...(before && { after: [before.id] }),
    network: {
      cidr: `${net}.0.0/16`,
      zones: [{ id: zone, public: `${net}.0.0/24`, private: `${net}.1.0/24` }],
      virtualNetwork: '10.100.0.0/16',
    },
    clientCas: [{ id: 'people-and-machines', certificate: clientCa }],
    intermediates: [{ id: 'one', address: `one.${id}.${domain}`, instanceType: 't4g.small', zone }],
    images: Object.fromEntries(
      IMAGES.map((image) => [image, { repository: `ztna/${image}`, digest: NOT_BUILT }]),
    ) as unknown as Environment['images'],
    bundle: {
      ...{ pollSeconds: 10, leaseSeconds: 300, entryLifetimeHours: 120 },
      onStale: { action: 'keep' },
      trustedKeys: [trustedKey],
    },
    rings: [],
    logRetentionDays: 30,
  };
}
