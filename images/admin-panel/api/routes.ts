import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { etag } from 'hono/etag';
import type { PanelContext } from '../context.ts';
import { CUT_OFF, RequestFault } from '../problems.ts';
import { verifyProposer } from '../propose/propose.ts';
import type { PanelEnv } from '../security/gate.ts';
import { events } from './events.ts';
import { openApi } from './openapi.ts';
import { OPERATIONS, type ApiOperation } from './operations.ts';
import { read } from './parameters.ts';

/** Bytes of a request's body: a whole file, and what is around it. */
const MOST_BYTES = 128 * 1024;

/** The API below `/api/v1`: the operations as OpenAPI describes them. */
export function apiRoutes(panel: PanelContext): Hono<PanelEnv> {
  const api = new Hono<PanelEnv>();
  api.get('/events', (context) => events(context, panel.reader));
  api.use(etag());
  api.use(
    bodyLimit({
      maxSize: MOST_BYTES,
      onError: () => {
        throw new RequestFault(
          413,
          'the request is too large',
          `send at most ${MOST_BYTES / 1024} KiB`,
          CUT_OFF,
        );
      },
    }),
  );
  api.get('/openapi.json', (context) => context.json(openApi()));
  for (const one of OPERATIONS)
    api.on(one.method.toUpperCase(), pathOf(one.path), (context) => answer(context, one));
  for (const [path, methods] of methodsByPath())
    api.all(path, ({ req: { method } }) => {
      throw new RequestFault(405, `${method} is no method of ${path}`, 'see /api/v1/openapi.json', {
        allow: methods.join(', '),
      });
    });
  return api;
}

/** The methods that each path has. */
function methodsByPath(): Map<string, string[]> {
  const all = new Map([
    ['/events', ['GET', 'HEAD']],
    ['/openapi.json', ['GET', 'HEAD']],
  ]);
  for (const { path, method } of OPERATIONS) {
    const own = method === 'get' ? ['GET', 'HEAD'] : ['POST'];
    all.set(pathOf(path), [...(all.get(pathOf(path)) ?? []), ...own]);
  }
  return all;
}

/** `/services/{id}` is `/services/:id`. */
const pathOf = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

async function answer(context: Context<PanelEnv>, one: ApiOperation): Promise<Response> {
  const asked = context.get('asked');
  if (one.needs === 'propose') verifyProposer(asked);
  const values = read(one.parameters, ({ name, in: where }) =>
    where === 'path' ? [context.req.param(name)!] : (context.req.queries(name) ?? []),
  );
  const body = one.method === 'post' ? await bodyOf(context) : undefined;
  const result = await one.handle(asked, values, body);
  context.header('cache-control', 'private, no-cache');
  return context.json(result as object, one.status ?? 200);
}

/** A body of JSON. A form of another site can send none, whatever it calls it. */
async function bodyOf({ req }: Context): Promise<unknown> {
  if (!/^application\/json\b/i.test(req.header('content-type') ?? ''))
    throw new RequestFault(415, 'the body is no JSON', 'send it as application/json');
  const text = await req.text();
  try {
    return JSON.parse(text);
  } catch (error) {
    // What no schema takes: it is refused with the words of one that does not fit.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
