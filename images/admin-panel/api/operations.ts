import { explain } from '../../../tools/access/explain.ts';
import { instantText } from '../../../tools/access/values/time-zone.ts';
import { checkLoad } from '../../../tools/check/check-load.ts';
import { Fault } from '../../../tools/contract/fault.ts';
import type { ProposedChange } from '../../../tools/contract/shapes.ts';
import { environmentsOf } from '../../../tools/output/environments.ts';
import { findingsJson } from '../../../tools/output/findings.ts';
import { type RequestContext, seenBy, viewFor } from '../context.ts';
import { accessLogOf } from '../model/access-log.ts';
import { differenceBetween, entryIn, expiringIn, holdsIn } from '../model/entries.ts';
import { graphIn } from '../model/graph.ts';
import {
  groupIn,
  groupsIn,
  policiesIn,
  policyIn,
  principalIn,
  principalsIn,
  serviceIn,
  servicesIn,
} from '../model/lists.ts';
import { matrixIn } from '../model/matrix.ts';
import { driftIn, overviewOf } from '../model/overview.ts';
import { accessOf } from '../model/indexes.ts';
import { found, shownIn, type EnvironmentView } from '../model/view.ts';
import { sourcesOf } from '../context.ts';
import { RequestFault } from '../problems.ts';
import { openProposal, previewOf, readChange } from '../propose/propose.ts';
import * as at from './parameters.ts';

/** One operation of the API: what OpenAPI says of it, and what it does. */
export interface ApiOperation {
  id: string;
  method: 'get' | 'post';
  /** Below `/api/v1`, with `{id}` for a parameter. */
  path: string;
  summary: string;
  parameters: readonly at.ApiParameter[];
  /** What it answers: a schema, and a definition of it where that is not its root. */
  answer: { schema: string; definition?: string };
  /** Whether it needs what only some may do. */
  needs?: 'propose';
  /** The status of its answer; 200 when omitted. */
  status?: 200 | 201;
  handle(asked: RequestContext, values: at.ParameterValues, body: unknown): unknown;
}

const panel = (definition: string) => ({ schema: 'panel', definition });

type InView = (view: EnvironmentView, values: at.ParameterValues, asked: RequestContext) => unknown;

const get = (
  path: string,
  summary: string,
  parameters: readonly at.ApiParameter[],
  answer: ApiOperation['answer'],
  handle: ApiOperation['handle'],
): ApiOperation => ({ id: idOf(path), method: 'get', path, summary, parameters, answer, handle });

/** An operation about one environment. */
const ofOne = (
  path: string,
  summary: string,
  parameters: readonly at.ApiParameter[],
  answer: ApiOperation['answer'],
  handle: InView,
): ApiOperation =>
  get(path, summary, [at.ENV, ...parameters], answer, (asked, values) =>
    handle(viewFor(asked, values.get('env')), values, asked),
  );

/** `/services/{id}` is `servicesById`. */
const idOf = (path: string): string =>
  path
    .slice(1)
    .replace(/\/\{(\w)(\w*)\}/g, (_, first: string, rest: string) => `By${first.toUpperCase()}${rest}`)
    .replace(/[/-](\w)/g, (_, letter: string) => letter.toUpperCase());

/** The views of the environment that is named, or of all that the person may see. */
function viewsIn(asked: RequestContext, environment: string | undefined): EnvironmentView[] {
  const ids = environment === undefined ? seenBy(asked) : [environment];
  return ids.map((id) => viewFor(asked, id));
}

const state = ({ panel: { reader } }: RequestContext) => reader.known()!.files.loaded;

/** Every operation. What a command prints with `--json` has the command's own shape. */
export const OPERATIONS: readonly ApiOperation[] = [
  get('/me', 'Who is signed in', [], panel('person'), ({ who }) => who.person),
  get(
    '/environments',
    'The environments, in the order of delivery',
    [],
    { schema: 'environments' },
    (asked) => environmentsOf({ environments: shownIn(asked.panel.reader.known()!) }),
  ),
  ofOne('/overview', 'How an environment is', [], panel('overview'), (view) => overviewOf(view)),
  get('/status', 'What is wanted and who enforces it', [at.ENV], { schema: 'status' }, (asked, values) => ({
    environments: viewsIn(asked, values.get('env')).map((view) => overviewOf(view).convergence),
  })),
  get('/findings', 'What is wrong with the files', [], { schema: 'findings' }, (asked) => {
    const { findings, files, accessTests } = checkLoad(state(asked), asked.panel.now());
    return findingsJson({ findings, files, accessTests });
  }),
  ofOne('/services', 'Services', at.PAGING, panel('services'), (view, values) =>
    servicesIn(view, at.pageAsked(values)),
  ),
  ofOne('/services/{id}', 'One service', [at.ID_IN_PATH], panel('serviceDetail'), (view, values) =>
    serviceIn(view, values.get('id')!),
  ),
  ofOne('/principals', 'People and machines', at.PAGING, panel('principals'), (view, values) =>
    principalsIn(view, at.pageAsked(values)),
  ),
  ofOne(
    '/principals/{name}',
    'One person or machine',
    [at.NAME_IN_PATH],
    panel('principalDetail'),
    (view, values) => principalIn(view, values.get('name')!),
  ),
  ofOne('/groups', 'Groups', at.PAGING, panel('groups'), (view, values) =>
    groupsIn(view, at.pageAsked(values)),
  ),
  ofOne('/groups/{id}', 'One group', [at.ID_IN_PATH], panel('groupDetail'), (view, values) =>
    groupIn(view, values.get('id')!),
  ),
  ofOne('/policies', 'Policies', at.PAGING, panel('policies'), (view, values) =>
    policiesIn(view, at.pageAsked(values)),
  ),
  ofOne('/policies/{id}', 'One policy', [at.ID_IN_PATH], panel('policyDetail'), (view, values) =>
    policyIn(view, values.get('id')!),
  ),
  ofOne('/access', 'Who reaches what', [at.SERVICE, at.PRINCIPAL], { schema: 'listing' }, listingOf),
  ofOne(
    '/explanation',
    'Whether and why somebody reaches a service',
    [at.WHO, at.WITHOUT_CERTIFICATE, at.WHAT, at.PORT, ...at.FACTS],
    { schema: 'explanation' },
    (view, values) => {
      found('service', view.repository.services, values.get('service')!);
      return explain(view.repository, at.requestIn(values, view.environment.id, view.now), view.now);
    },
  ),
  ofOne(
    '/matrix',
    'Who reaches what, as a table',
    [at.SERVICE, ...at.PAGING, ...at.FACTS],
    panel('matrix'),
    (view, values) =>
      matrixIn(view, {
        ...at.pageAsked(values),
        service: values.get('service'),
        given: at.givenIn(values, view.now),
      }),
  ),
  ofOne('/graph', 'What is around one of them', [at.FOCUS], panel('graph'), (view, values) =>
    graphIn(view, values.get('focus')!),
  ),
  get('/history', 'The entries of each log', [at.ENV], { schema: 'history' }, (asked, values) => ({
    environments: viewsIn(asked, values.get('env')).map(
      ({ store, environment: { id, epoch } }) => store.history ?? { environment: id, epoch, entries: [] },
    ),
  })),
  ofOne(
    '/history/{sequence}',
    'One entry',
    [at.SEQUENCE_IN_PATH],
    panel('entryDetail'),
    (view, values, asked) => entryIn(view, sourcesOf(asked.panel), Number(values.get('sequence'))),
  ),
  ofOne(
    '/difference',
    'Who gained and lost between two entries',
    [at.FROM_ENTRY, at.TO_ENTRY],
    { schema: 'difference' },
    differenceOf,
  ),
  get(
    '/drift',
    'Where git, the store and the components do not agree',
    [at.ENV],
    { schema: 'drift' },
    (asked, values) => ({
      environments: viewsIn(asked, values.get('env')).map(driftIn),
    }),
  ),
  ofOne('/holds', 'What is kept from being published again', [], panel('holds'), (view, _, { panel }) =>
    holdsIn(view, panel.reader.published, panel.storeKind),
  ),
  ofOne('/expiring', 'What ends by itself', [], panel('expiring'), (view) => expiringIn(view)),
  {
    ...ofOne(
      '/access-log',
      'The newest lines of the access logs',
      [at.SERVICE, at.PRINCIPAL, at.LIMIT],
      panel('accessLogLines'),
      (view, values, { panel, permit }) => {
        const { who, readsLog } = permit(view);
        if (!readsLog)
          throw new RequestFault(403, `the access log is not for ${who.person.name}`, 'ask somebody who may');
        return accessLogOf(view, panel.accessLogs, {
          service: values.get('service'),
          principal: values.get('principal'),
          limit: at.pageAsked(values).limit,
        });
      },
    ),
  },
  get('/proposals', 'Proposals that are open', [], panel('openedList'), ({ panel }) => panel.opener.list()),
  {
    ...ofChange(
      '/proposals/preview',
      'What a change would do',
      panel('preview'),
      async (asked, change) => (await previewOf(asked, change)).preview,
    ),
  },
  {
    ...ofChange('/proposals', 'Open a proposal', panel('opened'), openProposal),
    id: 'openProposal',
    status: 201,
  },
];

function ofChange(
  path: string,
  summary: string,
  answer: ApiOperation['answer'],
  handle: (asked: RequestContext, change: ProposedChange) => unknown,
): ApiOperation {
  return {
    ...get(path, summary, [], answer, (asked, _, body) => handle(asked, readChange(body))),
    method: 'post',
    needs: 'propose',
  };
}

function listingOf(view: EnvironmentView, values: at.ParameterValues): unknown {
  const index = accessOf(view);
  const [service, principal] = [values.get('service'), values.get('principal')];
  if (service !== undefined) found('service', view.repository.services, service);
  const access = index.changesOf({ service, principal });
  const { id: environment, production = true } = view.environment;
  return { at: instantText(index.at), environments: [{ environment, production, access }] };
}

async function differenceOf(
  view: EnvironmentView,
  values: at.ParameterValues,
  { panel }: RequestContext,
): Promise<unknown> {
  const [from, to] = [Number(values.get('from')), Number(values.get('to'))];
  const changed = await differenceBetween(view, panel.reader.published, from, to);
  if ('unknown' in changed)
    throw new Fault(changed.unknown, 'choose entries that were published from commits');
  const entry = (sequence: number) => view.store.history!.entries.find((row) => row.sequence === sequence)!;
  return {
    ...{ before: entry(from).commit!, after: entry(to).commit!, at: entry(to).issuedAt! },
    environments: [changed.difference],
  };
}
