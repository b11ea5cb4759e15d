import type { PanelPerson } from '../../tools/contract/shapes.ts';
import type { Proposer } from '../../tools/propose/proposal.ts';
import type { StoreKind } from '../../tools/store/open.ts';
import type { AccessLogPlaces } from './model/access-log.ts';
import type { EntrySources } from './model/entries.ts';
import { NotFound, shownIn, viewOf, type EnvironmentView } from './model/view.ts';
import type { ProposalBases } from './propose/base.ts';
import type { Opener } from './propose/open.ts';
import type { Approvals } from './state/approvals.ts';
import type { Rate } from './security/rate.ts';
import type { SignIn } from './security/sign-in.ts';
import { RequestFault } from './problems.ts';
import type { Reader } from './state/reader.ts';

/** What the panel is made of. */
export interface PanelContext {
  reader: Reader;
  bases: ProposalBases;
  opener: Opener;
  approvals: Approvals;
  signIn: SignIn;
  /** `host:port` by which it is called. */
  hosts: readonly string[];
  storeKind: StoreKind;
  accessLogs: AccessLogPlaces;
  /** The repository's page on GitHub, where there is one. */
  page?: string | undefined;
  /** How often one person may ask, where that is not what it is for everybody. */
  looks?: Rate | undefined;
  /** Milliseconds. */
  now: () => number;
  /** A line for whoever audits, and for whoever looks for a defect. */
  log: (line: object) => void;
}

/** Who asks, and what that allows. */
export interface SignedIn {
  person: PanelPerson;
  /** As git names the person. */
  by: Proposer;
}

/** What a handler knows beside its request. */
export interface RequestContext {
  panel: PanelContext;
  /** Who asks; a proposal concerns all environments. */
  who: SignedIn;
  /** What the person may do in an environment. */
  permit: (view: EnvironmentView) => Permissions;
}

/** What a person may do in an environment. */
export interface Permissions {
  who: SignedIn;
  sees: boolean;
  readsLog: boolean;
}

/** The view of an environment, for who may see it. @throws NotFound, RequestFault */
export function viewFor({ panel, permit }: RequestContext, environment: string | undefined): EnvironmentView {
  const view = viewIn(panel, environment);
  const { sees, who } = permit(view);
  if (sees) return view;
  throw new RequestFault(
    403,
    `${who.person.name} may not see ${view.environment.id}`,
    'ask to join one of the groups that its adminPanel.viewers names',
  );
}

/** The environments that a person may see. */
export function seenBy({ panel, permit }: RequestContext): string[] {
  const { known } = viewIn(panel, undefined);
  return [...shownIn(known).keys()].filter((id) => permit(viewIn(panel, id)).sees);
}

/** The view of an environment; of the first where none is named. @throws NotFound */
export function viewIn({ reader, now }: PanelContext, environment: string | undefined): EnvironmentView {
  const known = reader.known();
  if (!known) throw new NotFound('nothing is known yet', 'try again in a moment');
  const [first] = shownIn(known).keys();
  const id = environment ?? first;
  if (id === undefined)
    throw new NotFound('there is no environment', 'add environments/<id>/environment.yaml');
  return viewOf(known, id, now());
}

/** From where more of an entry is known than the log says. */
export function sourcesOf({ reader, approvals }: PanelContext): EntrySources {
  return { published: reader.published, approvals };
}
