import { Fault } from '../contract/fault.ts';

/** Where a server listens. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** Every IPv4 address of the machine. */
const EVERYWHERE = '0.0.0.0';

/**
 * Reads where to listen: a port, which is then one of every address, or `host:port`, `[::]:port`.
 * @param name the variable that says it, for the error
 * @throws Fault where it is neither
 */
export function listenAddress(name: string, text: string): ListenAddress {
  const [, bracketed, plain = EVERYWHERE, digits = ''] =
    /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65_535)
    throw new Fault(`${name} is ${JSON.stringify(text)}`, 'write a port such as 8080, or 127.0.0.1:8080');
  return { host: bracketed ?? plain, port };
}
