import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { HTTPException } from 'hono/http-exception';
import { PROBLEM_TYPE, problemOf, type Problem } from '../../tools/serve/problem.ts';
import { apiRoutes } from './api/routes.ts';
import type { PanelContext } from './context.ts';
import { pageRoutes, problemPage } from './pages/routes.tsx';
import { problemFor, RequestFault } from './problems.ts';
import { gate, HEADERS, isWrite, type PanelEnv } from './security/gate.ts';
import type { Context } from 'hono';

/** The panel as a web application: pages, the API, and what stands before both. */
export function panelApp(panel: PanelContext): Hono<PanelEnv> {
  const app = new Hono<PanelEnv>();
  app.use(HEADERS);
  app.use(compressed());
  app.use(gate(panel));
  app.route('/api/v1', apiRoutes(panel));
  app.route('/', pageRoutes(panel));
  app.notFound((context) => said(context, panel, problemOf(404, `there is nothing at ${context.req.path}`)));
  app.onError((error, context) => {
    if (error instanceof RequestFault)
      for (const [name, value] of Object.entries(error.headers)) context.header(name, value);
    const problem =
      error instanceof HTTPException ? problemOf(400, error.message) : problemFor(error, isWrite(context));
    if (problem) return said(context, panel, problem);
    panel.log({ defect: error.message, stack: error.stack, path: context.req.path });
    return said(
      context,
      panel,
      problemOf(500, 'this is a defect of the panel', { remedy: 'report it with the time' }),
    );
  });
  return app;
}

/** Smaller on the way, but for events: those who collect bytes before they send them would hold them back. */
function compressed() {
  const pack = compress();
  return ((context, next) =>
    context.req.path === '/api/v1/events' ? next() : pack(context, next)) as typeof pack;
}

/** A problem as JSON for a program, and as a page for a person. */
function said(
  context: Context<PanelEnv>,
  panel: PanelContext,
  problem: Problem,
): Response | Promise<Response> {
  context.status(problem.status as 400);
  context.header('cache-control', 'no-store');
  if (!context.req.path.startsWith('/api/') && context.req.header('accept')?.includes('text/html'))
    return problemPage(context, panel, problem);
  context.header('content-type', PROBLEM_TYPE);
  return context.body(`${JSON.stringify(problem)}\n`);
}
