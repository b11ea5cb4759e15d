import { readFileSync } from 'node:fs';
import { Fault } from '../../../tools/contract/fault.ts';

/** Linux's table of routes (proc_net(5)): addresses as hexadecimal numbers of the machine's own order of bytes. */
const ROUTES = '/proc/net/route';

/** The address under which the machine that runs a container calls it: that of the gateway of its network. @throws Fault */
export function machineAddress(): string {
  const found = gatewayIn(readFileSync(ROUTES, 'utf8'));
  if (found) return found;
  throw new Fault(
    'this container has no way out, so that no port of it is published',
    'put it on a network that is not internal, or say by ZTNA_MACHINE from which address its machine calls it',
  );
}

/** The gateway of the way to everywhere; undefined where there is none. @param table what Linux says, a line for each route */
export function gatewayIn(table: string): string | undefined {
  const [, gateway] = /^\S+\s+00000000\s+([0-9A-F]{8})\s/m.exec(table) ?? [];
  if (!gateway || gateway === '00000000') return undefined;
  // Both architectures that images are built for have the lowest byte first.
  return gateway
    .match(/../g)!
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}
