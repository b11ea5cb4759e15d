import { Hono, type Context } from 'hono';
import { etag } from 'hono/etag';
import { bodyLimit } from 'hono/body-limit';
import type { Problem } from '../../../tools/serve/problem.ts';
import { membership } from '../../../tools/access/values/membership.ts';
import { seenBy, viewFor, viewIn, type PanelContext, type SignedIn } from '../context.ts';
import { matrixIn } from '../model/matrix.ts';
import { PAGE } from '../model/page.ts';
import { NotFound, shownIn } from '../model/view.ts';
import { CUT_OFF, RequestFault } from '../problems.ts';
import { isForm } from '../propose/form.ts';
import { keysOfKinds } from '../propose/keys.ts';
import { verifyProposer } from '../propose/propose.ts';
import { FIELD, formToken, verifyForm } from '../security/form-token.ts';
import type { PanelEnv } from '../security/gate.ts';
import { accessPage } from './access.tsx';
import { driftPage } from './drift.tsx';
import { Head, linksOf, type PageInput } from './frame.tsx';
import { entryPage, historyPage } from './history.tsx';
import { pathIn } from './links.ts';
import { listPage, type ListName } from './lists.tsx';
import { overviewPage } from './overview.tsx';
import { proposedPage, proposePage } from './propose.tsx';
import { COMPLETION } from './completion.ts';
import { SCRIPT } from './script.ts';
import { filePage, searchPage } from './search.tsx';
import { STYLE } from './style/style.ts';
import { componentPage, groupPage, policyPage, principalPage, servicePage } from './things.tsx';

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><g fill="none" stroke="#1d55b4" stroke-width="2"><circle cx="4" cy="10" r="2.4"/><circle cx="16" cy="4" r="2.4"/><circle cx="16" cy="16" r="2.4"/><path d="M6.2 9l7.6-4M6.2 11l7.6 4"/></g></svg>`;

type Page = (input: PageInput, context: Context<PanelEnv>) => unknown;

const LISTS = ['services', 'people', 'groups', 'policies'] as const satisfies readonly ListName[];

/** The pages by their path below an environment. */
const PAGES: readonly [path: string, page: Page][] = [
  ['', overviewPage],
  ['/access', accessPage],
  ...LISTS.map((name): [string, Page] => [`/${name}`, (input) => listPage(input, name)]),
  ['/services/:id', (input, { req }) => servicePage(input, req.param('id')!)],
  ['/people/:id', (input, { req }) => principalPage(input, req.param('id')!)],
  ['/groups/:id', (input, { req }) => groupPage(input, req.param('id')!)],
  ['/policies/:id', (input, { req }) => policyPage(input, req.param('id')!)],
  [
    '/components/:kind/:id',
    (input, { req }) => componentPage(input, `${req.param('kind')}/${req.param('id')}`),
  ],
  ['/history', historyPage],
  ['/history/:sequence', (input, { req }) => entryPage(input, Number(req.param('sequence')))],
  ['/propose', (input) => proposePage(input, 'policy')],
  ['/propose/:kind', (input, { req }) => proposePage(input, formIn(req.param('kind')!))],
  ['/drift', driftPage],
  ['/search', searchPage],
  ['/file', filePage],
];

/** Bytes of a form: a whole file, and what is around it. */
const MOST_BYTES = 256 * 1024;

/** The pages, drawn here and useful without script. */
export function pageRoutes(panel: PanelContext): Hono<PanelEnv> {
  const pages = new Hono<PanelEnv>();
  pages.get('/', (context) => {
    const [first] = seenBy(context.get('asked'));
    if (first !== undefined) return context.redirect(pathIn(first));
    throw new RequestFault(403, 'there is no environment that you may see', 'ask to join a group that may');
  });
  pages.use('/assets/*', etag(), async (context, next) => {
    context.header('cache-control', 'private, max-age=60');
    await next();
  });
  pages.get('/assets/panel.css', (context) =>
    context.body(STYLE, 200, { 'content-type': 'text/css; charset=utf-8' }),
  );
  pages.get('/assets/panel.js', (context) =>
    context.body(SCRIPT + COMPLETION, 200, { 'content-type': 'text/javascript; charset=utf-8' }),
  );
  pages.get('/assets/keys.json', (context) => context.json(keysOfKinds()));
  pages.get('/assets/icon.svg', (context) => context.body(ICON, 200, { 'content-type': 'image/svg+xml' }));
  for (const [path, page] of PAGES)
    pages.get(`/env/:env${path}`, async (context) =>
      shown(context, await page(inputOf(panel, context), context)),
    );
  pages.post(
    '/env/:env/propose/:kind',
    bodyLimit({
      maxSize: MOST_BYTES,
      onError: () => {
        throw new RequestFault(
          413,
          'the form is too large',
          `send at most ${MOST_BYTES / 1024} KiB`,
          CUT_OFF,
        );
      },
    }),
    async (context) => {
      const form = new URLSearchParams(await context.req.text());
      verifyForm(context, form.get(FIELD));
      const input = inputOf(panel, context);
      const kind = formIn(context.req.param('kind'));
      verifyProposer(input.asked);
      return shown(context, await proposedPage(input, kind, form));
    },
  );
  return pages;
}

function formIn(kind: string) {
  if (isForm(kind)) return kind;
  throw new NotFound(`there is no form ${kind}`, 'choose one of the page Propose');
}

function inputOf(panel: PanelContext, context: Context<PanelEnv>): PageInput {
  const all = context.get('asked');
  const view = viewFor(all, context.req.param('env'));
  return {
    ...{ panel, view, asked: all, mayReadLog: all.permit(view).readsLog },
    links: linksOf(panel, view),
    token: formToken(context),
    query: new URL(context.req.url).searchParams,
  };
}

async function shown(context: Context<PanelEnv>, page: unknown): Promise<Response> {
  const text = await textOf(page);
  context.header('cache-control', 'private, no-cache');
  return context.html(`<!doctype html>${text}`);
}

/** A page as text: parts that wait for something make the text of the whole a promise. */
async function textOf(page: unknown): Promise<string> {
  return ((await page) as { toString(): string | Promise<string> }).toString();
}

/** Times that each page is drawn ahead: by then the engine has made what it runs again quick. */
const ROUNDS = 3;

/** Draws pages of each kind for nobody, so that who looks first waits no longer than others. */
export async function drawAhead(panel: PanelContext): Promise<void> {
  const known = panel.reader.known();
  for (const environment of known ? shownIn(known).keys() : []) {
    const view = viewIn(panel, environment);
    const nobody: SignedIn = {
      person: { name: '', groups: [], mayPropose: false, signIn: 'loopback' },
      by: { name: '', email: '' },
    };
    const permit = () => ({ who: nobody, sees: true, readsLog: false });
    const input: PageInput = {
      ...{ panel, view, asked: { panel, who: nobody, permit }, mayReadLog: false },
      ...{ links: linksOf(panel, view), token: '', query: new URLSearchParams() },
    };
    for (let round = 0; round < ROUNDS; round++) for (const page of pagesOf(input)) await textOf(page());
  }
}

/** A page of each kind that shows what there is most of. */
function pagesOf(input: PageInput): (() => unknown)[] {
  const { repository } = input.view;
  const [service] = repository.services.keys();
  const [policy] = repository.policies.keys();
  const [person] = membership(repository).everybody;
  const around = new URLSearchParams(person && service && { focus: person, why: `${person},${service}` });
  return [
    ...[overviewPage, accessPage, historyPage, driftPage].map((page) => () => page(input)),
    () => accessPage({ ...input, query: around }),
    ...LISTS.map((name) => () => listPage(input, name)),
    () => searchPage({ ...input, query: new URLSearchParams({ q: service ?? '' }) }),
    ...(service === undefined
      ? []
      : [
          () => servicePage(input, service),
          () => JSON.stringify(matrixIn(input.view, { service, limit: PAGE })),
        ]),
    ...(policy === undefined ? [] : [() => policyPage(input, policy)]),
    ...(person === undefined ? [] : [() => principalPage(input, person)]),
  ];
}

/** A page that says what is wrong; it needs nothing to be known. */
export function problemPage(
  context: Context<PanelEnv>,
  panel: PanelContext,
  problem: Problem,
): Response | Promise<Response> {
  const body = (
    <html lang="en">
      <Head title={problem.title} />
      <body>
        <div class="wrap">
          <main id="main">
            <section class="card" aria-label="What is wrong">
              <div class="blank">
                <h1>{problem.title}</h1>
                <p>{problem.detail}</p>
                {problem.remedy !== undefined && <p>{problem.remedy}</p>}
                <p class="note">
                  {problem.status}, {new Date(panel.now()).toISOString()}
                </p>
                <p class="btns">
                  <a class="btn" href="/">
                    Overview
                  </a>
                </p>
              </div>
            </section>
          </main>
        </div>
      </body>
    </html>
  );
  return context.html(`<!doctype html>${body.toString() as string}`);
}
