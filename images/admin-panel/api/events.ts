import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Reader } from '../state/reader.ts';

/** Milliseconds between two signs of life: a load balancer ends what is silent for a minute. */
const ALIVE_MS = 15_000;
/** Milliseconds within which changes are told together. */
const TOGETHER_MS = 30;

/** Tells of every change of what is shown, until the viewer leaves or the panel ends. */
export function events(context: Context, reader: Reader): Response {
  // A proxy that collects an answer would hold it back for ever.
  context.header('x-accel-buffering', 'no');
  return streamSSE(context, async (stream) => {
    let told: number | undefined;
    let wake = (): void => {};
    const unsubscribe = reader.watch(() => wake());
    stream.onAbort(() => wake());
    try {
      while (!stream.aborted && !reader.isOver()) {
        const version = reader.known()?.version;
        const event = version === told ? 'alive' : 'change';
        await stream.writeSSE({ event, data: JSON.stringify({ version: version ?? 0 }) });
        told = version;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ALIVE_MS);
          wake = () => (clearTimeout(timer), setTimeout(resolve, TOGETHER_MS));
          if (reader.known()?.version !== told) wake();
        });
      }
    } finally {
      unsubscribe();
    }
  });
}
