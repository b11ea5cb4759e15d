import type { RequestContext, PanelContext } from '../context.ts';
import { shortCommit } from '../../../tools/output/publish.ts';
import type { EnvironmentView } from '../model/view.ts';
import { shownIn } from '../model/view.ts';
import { overviewOf } from '../model/overview.ts';
import { Icon, Sprite, type Sign } from './icons.tsx';
import { linksIn, pathIn } from './links.ts';
import { Ago, Instant } from './parts.tsx';
import { Prose, type PageLinks } from './sentence.tsx';

/** What every page is made of. */
export interface PageInput {
  panel: PanelContext;
  asked: RequestContext;
  view: EnvironmentView;
  /** Whether the person may read the access log. */
  mayReadLog: boolean;
  links: PageLinks;
  /** The token of forms on this page. */
  token: string;
  query: URLSearchParams;
}

/** The pages that have a tab. */
const TABS = [
  ['', 'Overview'],
  ['access', 'Access'],
  ['services', 'Services'],
  ['people', 'People'],
  ['groups', 'Groups'],
  ['policies', 'Policies'],
  ['history', 'History'],
  ['propose', 'Propose'],
  ['drift', 'Drift and holds'],
] as const;

export type Tab = (typeof TABS)[number][0];

/** The whole page around its content. */
export const Frame = ({
  input,
  title,
  tab,
  children,
}: {
  input: PageInput;
  title: string;
  tab: Tab;
  children?: unknown;
}) => {
  const { view, asked } = input;
  const { id } = view.environment;
  return (
    <html lang="en">
      <Head title={`${title} · ${id}`} />
      <body>
        <Sprite />
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header class="top">
          <div class="wrap">
            <div class="bar">
              <a class="mark" href={pathIn(id)}>
                <Mark />
                access
              </a>
              <Environments view={view} asked={asked} />
              <form class="find no-paper" role="search" action={pathIn(id, 'search')}>
                <input
                  name="q"
                  value={input.query.get('q') ?? ''}
                  aria-label="Find a person, group, service, policy or entry"
                  placeholder="Find a person, service, policy, entry"
                />
              </form>
              <div class="who">
                <span class="live still" id="live">
                  As of {new Date(view.now).toISOString().slice(11, 19)} UTC
                </span>
                <span class="name">{asked.who.person.name}</span>
              </div>
            </div>
            <Tabs input={input} tab={tab} />
          </div>
        </header>
        <div class="wrap">
          <main id="main">
            <p class="paper-only">
              {title}, environment {id}. Printed <Instant at={view.now} /> by {asked.who.person.name}
              {inForce(view)}. It can be checked: npx ztna history --env {id}
            </p>
            <Banners input={input} />
            {children as never}
          </main>
          <Foot view={view} />
        </div>
      </body>
    </html>
  );
};

export const Head = ({ title }: { title: string }) => (
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>{title}</title>
    <link rel="stylesheet" href="/assets/panel.css" />
    <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
    <script src="/assets/panel.js" defer />
  </head>
);

const Mark = () => (
  <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
    <g fill="none" stroke="currentColor" stroke-width="1.6">
      <circle cx="4" cy="10" r="2.4" />
      <circle cx="16" cy="4" r="2.4" />
      <circle cx="16" cy="16" r="2.4" />
      <path d="M6.2 9l7.6-4M6.2 11l7.6 4" />
    </g>
  </svg>
);

/** The worst of a view, as one sign and a word. */
export function stateOf(view: EnvironmentView): [Sign, string] {
  const { convergence, away } = view.store;
  if (away) return ['stale', 'the store is away'];
  if (!convergence?.newest) return ['silent', 'nothing is published'];
  const wanted = convergence.components.filter(({ state }) => state !== 'removed');
  const off = wanted.filter(({ state }) => state !== 'enforcing');
  const [worst] = off;
  return worst
    ? [worst.state, `${worst.state}: ${off.length} of ${wanted.length}`]
    : ['enforcing', 'enforcing'];
}

const Environments = ({ view, asked }: { view: EnvironmentView; asked: RequestContext }) => (
  <nav class="envs" aria-label="Environments" id="envs" data-live="">
    {[...shownIn(view.known)].map(([id, loaded]) => {
      const other: EnvironmentView = {
        ...view,
        environment: loaded.value,
        loaded,
        store: view.known.stores.get(id) ?? view.store,
      };
      if (!asked.permit(other).sees) return null;
      const [sign, word] = stateOf(other);
      return (
        <a href={pathIn(id)} {...(id === view.environment.id && { 'aria-current': 'true' as const })}>
          <Icon sign={sign} />
          {id}
          <span class="hidden">, {word}</span>
        </a>
      );
    })}
  </nav>
);

const Tabs = ({ input: { view }, tab }: { input: PageInput; tab: Tab }) => {
  const needs = overviewOf(view).attention.length;
  return (
    <nav class="tabs" aria-label="Pages" id="tabs" data-live="">
      {TABS.map(([path, name]) => (
        <a
          href={pathIn(view.environment.id, path)}
          {...(path === tab && { 'aria-current': 'page' as const })}
        >
          {name}
          {path === 'drift' && needs > 0 && <span class="count">{needs}</span>}
        </a>
      ))}
    </nav>
  );
};

/** What everybody must know before they read on. */
const Banners = ({ input: { view, links } }: { input: PageInput }) => {
  const { away, asOf } = view.store;
  const { errors, shown } = view.known.files;
  const [first] = errors;
  return (
    <div id="banners" data-live="" role="status">
      {away && (
        <div class="banner old">
          <Icon sign="stale" />
          <div>
            <strong>
              The store is away.{' '}
              {asOf === undefined ? (
                'Nothing was read of it yet.'
              ) : (
                <>
                  This is its state as of <Instant at={asOf} />.
                </>
              )}
            </strong>
            <p>
              {away.reason}, since <Instant at={away.since} />. Components keep enforcing what they have: what
              is in force needs no store to stay so. Proposals need only git.
            </p>
          </div>
        </div>
      )}
      {first && (
        <div class="banner">
          <Icon sign="warning" />
          <div>
            <strong>
              The newest files have {errors.length === 1 ? '1 error' : `${errors.length} errors`}, and are not
              in force.
            </strong>
            <p>
              {first.file}:{first.line} <Prose text={first.message} links={links} />.{' '}
              {shown === 'none'
                ? 'There are no others to show.'
                : 'What is shown are the last files without errors.'}
            </p>
          </div>
        </div>
      )}
    </div>
  );
};

function inForce({ store }: EnvironmentView): string {
  const newest = store.convergence?.newest;
  if (!newest) return '; nothing is published';
  return ` from entry ${newest.sequence} (epoch ${store.convergence!.epoch}), commit ${shortCommit(newest.commit)}, entry digest ${newest.entry}`;
}

const Foot = ({ view }: { view: EnvironmentView }) => {
  const { store, environment, known } = view;
  const newest = store.convergence?.newest;
  return (
    <footer class="foot" id="foot" data-live="">
      <span>
        {newest ? (
          <>
            Entry <a href={pathIn(environment.id, `history/${newest.sequence}`)}>{newest.sequence}</a>, epoch{' '}
            {store.convergence!.epoch}, commit <span class="mono">{shortCommit(newest.commit)}</span>, signed
            by {newest.key}
          </>
        ) : (
          'Nothing is published'
        )}
        ; files of <span class="mono">{shortCommit(known.files.commit)}</span>
      </span>
      <span>
        Store read {store.asOf === undefined ? 'never' : <Ago at={store.asOf} now={view.now} />} ·{' '}
        <a href="/api/v1/openapi.json">API</a> · this panel changes nothing but by a proposal
      </span>
    </footer>
  );
};

/** The links of a view. */
export const linksOf = (panel: PanelContext, view: EnvironmentView): PageLinks => linksIn(view, panel.page);
