import type { Connector } from '../../contract/shapes.ts';
import type { EnvironmentFiles } from './model.ts';

/** Ports of backends: one or a range. */
export interface BackendPorts {
  protocol: string;
  from: number;
  to: number;
}

/** The host and, if it is named, the port of a backend. */
function backendOf(text: string): { host: string; port: string | undefined } {
  const [, host, port] = /^(.*?)(?::([0-9]+))?$/.exec(text)!;
  return { host: host!, port };
}

/** The ports of a connector's backends, each once: the registration's, else the service's own. */
export function backendPorts({ services }: EnvironmentFiles, connector: Connector): BackendPorts[] {
  const all = connector.services.flatMap(({ service, backend }) => {
    const known = services.get(service);
    const { port } = backendOf(backend);
    const ports = port === undefined ? (known?.ports ?? []).map(String) : [port];
    return ports.map((text) => {
      const ends = text.split('-').map(Number);
      return { protocol: String(known?.protocol), from: ends[0]!, to: ends.at(-1)! };
    });
  });
  const keys = all.map(portsKey);
  return all.filter((one, at) => keys.indexOf(portsKey(one)) === at);
}

/** As Terraform names a rule for them: `tcp/443-443`. */
export const portsKey = ({ protocol, from, to }: BackendPorts): string => `${protocol}/${from}-${to}`;

/** In words: `tcp/443`, `tcp/9000-9010`. */
export const portsText = ({ protocol, from, to }: BackendPorts): string =>
  `${protocol}/${from === to ? from : `${from}-${to}`}`;

/** The name by which connectors reach the test backend. */
export const testHost = (environment: string): string => `test-backend.${environment}.ztna.internal`;

/** Whether a connector registers a service on the test backend. */
export const reachesTests = (connector: Connector, environment: string): boolean =>
  connector.services.some(({ backend }) => backendOf(backend).host === testHost(environment));
