import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../../contract/log/canonical.ts';
import type { Applied } from '../../contract/shapes.ts';

/** A component that does nothing but read its enforcement file and answer on /applied, for tests. */
export interface TestComponent {
  url: string;
  /** Why it refuses a file, if it does; undefined takes it up. */
  judge: (text: string) => string | undefined;
  /** Whether it answers at all. */
  silent: boolean;
  /** The status of its answers. */
  status: number;
  /** What it answers on /figures; undefined answers 404. */
  figures: object | undefined;
  /** The bytes of the file in force. */
  inForce: string | undefined;
  /** Every file that was ever in force, in order. */
  seen: string[];
  /** Starts anew: forgets everything. */
  restart(): void;
  close(): Promise<void>;
}

/** Starts a component on a free port of the loopback interface; it reads the file whenever it is asked. */
export async function startComponent(file: string): Promise<TestComponent> {
  let run = randomUUID();
  const answer = (): Applied => {
    const text = read(file);
    const reason = text === undefined ? undefined : component.judge(text);
    if (text !== undefined && reason === undefined && text !== component.inForce) {
      component.inForce = text;
      component.seen.push(text);
    }
    const { inForce } = component;
    return {
      run,
      ...(inForce !== undefined && { digest: digestOf(inForce) }),
      ...(text !== undefined && reason !== undefined && { refused: { digest: digestOf(text), reason } }),
    };
  };
  const server = createServer(({ url }, response) => {
    if (component.silent) return void response.destroy();
    const said = url === '/figures' ? component.figures : answer();
    response.writeHead(said ? component.status : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(said));
  });
  // A test that fails must not wait for it.
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const component: TestComponent = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/applied`,
    judge: () => undefined,
    silent: false,
    status: 200,
    figures: undefined,
    inForce: undefined,
    seen: [],
    restart() {
      run = randomUUID();
      component.inForce = undefined;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return component;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
