import { type ListenAddress, listenAddress } from '../../tools/serve/address.ts';

/** Where each listens unless said otherwise, as Terraform has it. */
const PORTS = { ZTNA_ECHO: '7007', ZTNA_HTTP: '8080' };

/** What a test backend is told. */
export interface Settings {
  /** TCP and UDP. */
  echo: ListenAddress;
  /** HTTP and WebSocket. */
  web: ListenAddress;
}

/** Reads the variables; an empty one is one that is not set. @throws Fault for one that says no address */
export function settingsOf(variables: Readonly<Record<string, string | undefined>>): Settings {
  const address = (name: keyof typeof PORTS) => listenAddress(name, variables[name] || PORTS[name]);
  return { echo: address('ZTNA_ECHO'), web: address('ZTNA_HTTP') };
}
