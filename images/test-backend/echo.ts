import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { ListenAddress } from '../../tools/serve/address.ts';

/** What serves, until closed; closing cuts what is open. */
export interface Serving {
  address: ListenAddress;
  close(): Promise<void>;
}

/** Sends back what comes, by TCP and by UDP on one port. A half-closed connection gets the rest, then its end. */
export async function serveEcho(address: ListenAddress): Promise<Serving> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    // A client that goes away is no fault of the echo.
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  server.listen(address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const datagrams = createSocket(address.host.includes(':') ? 'udp6' : 'udp4');
  datagrams.on('message', (bytes, from) => datagrams.send(bytes, from.port, from.address, () => {}));
  datagrams.bind(port, address.host);
  await once(datagrams, 'listening');
  return {
    address: { host: address.host, port },
    async close() {
      datagrams.close();
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
