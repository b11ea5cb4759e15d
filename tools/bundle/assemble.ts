import { X509Certificate } from 'node:crypto';
import { compile, revokedPrincipals } from '../access/compile.ts';
import { portIntervals, portSetOf } from '../access/values/ports.ts';
import { kept } from '../contract/memo.ts';
import { canonicalBytes, digestOf } from '../contract/log/canonical.ts';
import { ratesOf } from '../contract/log/budget.ts';
import { DEFAULT_PORT, DEFAULT_RATES, SCHEMA_VERSION } from '../contract/limits.ts';
import type {
  Connector,
  ConnectorPart,
  ConnectorService,
  Environment,
  IntermediateAddress,
  IntermediatePart,
  Part,
  PartSettings,
  ServingConnector,
} from '../contract/shapes.ts';
import type { Repository } from '../load/repository.ts';

/** One part of a bundle: what the components of one scope must enforce. */
export interface BundlePart {
  /** Who may read it: `intermediate`, or `connector/<id>`. */
  scope: string;
  /** The components that enforce it, sorted. */
  components: readonly string[];
  value: Part;
  /** The value's canonical bytes. */
  bytes: Buffer;
  /** Digest of those bytes. */
  content: string;
}

/** Everything one environment's components need. */
export interface Bundle {
  environment: string;
  /** Sorted by scope. */
  parts: readonly BundlePart[];
}

/**
 * Compiles one environment of a repository into parts. The same values give the same bytes, in whatever order
 * their files were read.
 * @param repository one without errors: a reference that does not resolve is left out
 * @param environment an environment of it
 * @throws TypeError when the repository has no such environment
 */
export function assemble(repository: Repository, environment: string): Bundle {
  const loaded = repository.environments.get(environment);
  if (!loaded) throw new TypeError(`no environment ${environment} in the repository`);
  const connectors = [...loaded.connectors.values()].map(({ value }) => value).sort(byId);
  const parts = [
    ...connectors.map((connector) => {
      const component = `connector/${connector.id}`;
      return bundlePart(component, [component], connectorPart(repository, loaded.value, connector));
    }),
    bundlePart('intermediate', intermediateIds(loaded.value), intermediatePart(repository, loaded.value)),
  ];
  return { environment, parts };
}

/** What each component of a bundle is to enforce, as the digest of its content. */
export function contentsByComponent({ parts }: Bundle): Map<string, string> {
  return new Map(
    parts.flatMap(({ components, content }) => components.map((one) => [one, content] as const)),
  );
}

function bundlePart(scope: string, components: readonly string[], value: Part): BundlePart {
  const bytes = canonicalBytes(value);
  return { scope, components, value, bytes, content: digestOf(bytes) };
}

function intermediateIds({ intermediates }: Environment): string[] {
  return intermediates.map(({ id }) => `intermediate/${id}`).sort();
}

function intermediatePart(repository: Repository, environment: Environment): IntermediatePart {
  const { certificates = [], cas = [] } = repository.revoked?.value ?? {};
  const revoked = new Set(cas.map(({ ca }) => ca));
  const digestsOf = (all: Environment['clientCas']): string[] =>
    [...new Set(all.flatMap(({ certificate }) => caDigest(certificate) ?? []))].sort();
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'intermediate',
    environment: environment.id,
    settings: settings(environment),
    virtualNetwork: environment.network.virtualNetwork,
    access: compile(repository, environment.id),
    revoked: [...new Set(certificates.map(({ fingerprint }) => fingerprint))].sort(),
    clientCas: digestsOf(environment.clientCas.filter(({ id }) => !revoked.has(id))),
    revokedPrincipals: revokedPrincipals(repository),
    revokedCas: digestsOf(environment.clientCas.filter(({ id }) => revoked.has(id))),
    connectors: servingConnectors(repository, environment.id),
  };
}

/** The digest of a CA certificate; undefined for what is none, which is a finding, and accepted by nobody. */
const caDigest = kept((pem): string | undefined => {
  try {
    return digestOf(new X509Certificate(pem).raw);
  } catch {
    return undefined;
  }
});

/** What each connector of an environment may serve. */
function servingConnectors(repository: Repository, environment: string): ServingConnector[] {
  const connectors = [...repository.environments.get(environment)!.connectors.values()];
  return connectors
    .map(({ value: { id, services } }) => ({
      id,
      services: [...new Set(services.map(({ service }) => service))]
        .filter((service) => repository.services.has(service))
        .sort(),
    }))
    .sort(byId);
}

/** A connector learns its own services and where to connect, and nothing of people or policies. */
function connectorPart(
  repository: Repository,
  environment: Environment,
  connector: Connector,
): ConnectorPart {
  return {
    schemaVersion: SCHEMA_VERSION,
    kind: 'connector',
    environment: environment.id,
    settings: settings(environment),
    connector: connector.id,
    services: connectorServices(repository, connector),
    intermediates: addressesOf(environment),
  };
}

function connectorServices(repository: Repository, { services }: Connector): ConnectorService[] {
  const known = services.flatMap(({ service, backend, proxyProtocol }) => {
    const value = repository.services.get(service)?.value;
    if (!value) return [];
    const { id, protocol, ports, virtualIp } = value;
    return [
      {
        id,
        protocol,
        ports: portIntervals(portSetOf(ports)),
        virtualIp,
        backend,
        ...(proxyProtocol && { proxyProtocol }),
      },
    ];
  });
  return known.sort(byId);
}

/** Where an environment's intermediates are, sorted by id. */
export function addressesOf({ intermediates }: Environment): IntermediateAddress[] {
  return intermediates.map(address).sort(byId);
}

function address({
  id,
  address,
  port = DEFAULT_PORT,
}: Environment['intermediates'][number]): IntermediateAddress {
  return { id, address, port };
}

function settings({ bundle }: Environment): PartSettings {
  const { leaseSeconds, pollSeconds, onStale } = bundle;
  const { writes } = ratesOf(bundle);
  // An agent that does not know it takes the default: a part says only what differs.
  const own = writes === DEFAULT_RATES.writes ? {} : { writesPerSecond: writes };
  return { leaseSeconds, pollSeconds, onStale, ...own };
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
