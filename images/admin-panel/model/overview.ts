import { assemble, contentsByComponent } from '../../../tools/bundle/assemble.ts';
import { instantText } from '../../../tools/access/values/time-zone.ts';
import type { EnvironmentDrift, Overview, RepositoryState } from '../../../tools/contract/shapes.ts';
import { findingOutput } from '../../../tools/output/findings.ts';
import { componentsOf, type Repository } from '../../../tools/load/repository.ts';
import { drift } from '../../../tools/report/drift.ts';
import { attentionIn } from './attention.ts';
import type { Files } from '../state/files.ts';
import type { StoreReading } from '../state/store-reading.ts';
import type { EnvironmentView } from './view.ts';

/** Milliseconds for which an overview of the same knowledge is said again: it changes by ages alone. */
const SAME_MS = 1000;

const overviews = new WeakMap<StoreReading, { files: Files; at: number; overview: Overview }>();

/** How an environment is: what is in force, who enforces it, what is carried, what needs a person. */
export function overviewOf(view: EnvironmentView): Overview {
  const { store, known, now } = view;
  const before = overviews.get(store);
  if (
    before?.files === known.files &&
    Math.abs(now - before.at) < SAME_MS &&
    before.overview.environment === view.environment.id
  )
    return before.overview;
  const overview = workedOut(view);
  overviews.set(store, { files: known.files, at: now, overview });
  return overview;
}

function workedOut(view: EnvironmentView): Overview {
  const { environment, store, now } = view;
  const newest = store.convergence?.newest;
  const enforcedAfter = newest ? store.enforcedAfter.get(newest.sequence) : undefined;
  return {
    environment: environment.id,
    description: environment.description,
    asOf: instantText(store.asOf ?? now),
    ...(store.away && { away: { since: instantText(store.away.since), reason: store.away.reason } }),
    repository: repositoryState(view),
    convergence: store.convergence ?? unread(view),
    traffic: [...store.traffic],
    serves: servingIn(view),
    ...(enforcedAfter !== undefined && { enforcedAfter }),
    attention: attentionIn(view, driftIn(view)),
  };
}

/** The files that are shown, and whether they are the newest. */
export function repositoryState({ known: { files } }: Pick<EnvironmentView, 'known'>): RepositoryState {
  return {
    commit: files.commit,
    files: files.loaded.texts.size,
    errors: files.errors.map(findingOutput),
    shown: files.shown,
  };
}

/** What is said of a store that was never read: nothing is known, which is not that nothing is there. */
function unread({ environment, loaded }: EnvironmentView): Overview['convergence'] {
  const components = componentsOf(loaded).map((component) => ({
    component,
    state: 'silent' as const,
    instances: [],
  }));
  const { id, epoch } = environment;
  return { environment: id, epoch, newest: null, converged: false, components, notes: [] };
}

function servingIn({ loaded }: EnvironmentView): Overview['serves'] {
  return [...loaded.connectors.values()].map(({ value }) => ({
    component: `connector/${value.id}`,
    services: value.services.map(({ service, backend }) => ({ service, backend })),
  }));
}

const contents = new WeakMap<Repository, Map<string, ReadonlyMap<string, string>>>();

/** What git would send each component, worked out once. */
function contentsIn({ known: { files }, environment: { id } }: EnvironmentView): ReadonlyMap<string, string> {
  const known = contents.get(files.delivered) ?? new Map<string, ReadonlyMap<string, string>>();
  contents.set(files.delivered, known);
  const found = known.get(id) ?? contentsByComponent(assemble(files.delivered, id));
  known.set(id, found);
  return found;
}

/** Where git, the store and the components do not agree; nothing where the store was never read. */
export function driftIn(view: EnvironmentView): EnvironmentDrift {
  const { observed, convergence } = view.store;
  const environment = view.environment.id;
  if (!observed || !convergence) return { environment, drifts: [] };
  const { components } = convergence;
  return drift({ ...observed, environment, git: contentsIn(view), components }, observed.date ?? view.now);
}
