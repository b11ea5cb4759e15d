import { sourcesOf } from '../context.ts';
import type { EntryDetail, Overview } from '../../../tools/contract/shapes.ts';
import { entryIn } from '../model/entries.ts';
import { overviewOf } from '../model/overview.ts';
import { Frame, stateOf, type PageInput } from './frame.tsx';
import { Icon, State, TONES, type Sign } from './icons.tsx';
import { pathIn } from './links.ts';
import { Acks } from './acks.tsx';
import { Ago, AttentionRows, Blank, Card, rateText, secondsText, spanText } from './parts.tsx';
import { carriedBy, Picture } from './picture.tsx';
import { Changes } from './sentence.tsx';

/** Is what we want in force, everywhere? What is carried? What needs me? */
export async function overviewPage(input: PageInput) {
  const { view, panel } = input;
  const overview = overviewOf(view);
  const rows = (view.store.history?.entries ?? []).filter(({ valid }) => valid).slice(0, LAST);
  const last = await Promise.all(rows.map((row) => entryIn(view, sourcesOf(panel), row.sequence)));
  const [sign, word] = stateOf(view);
  return (
    <Frame input={input} title="Overview" tab="">
      <div class="head">
        <div>
          <h1 id="state" data-live="">
            {view.environment.id}
            <State sign={sign}>{word}</State>
          </h1>
          <p>
            {view.environment.description}. {view.environment.region}, account {view.environment.account}.
          </p>
        </div>
      </div>
      <Convergence input={input} overview={overview} detail={last.find(({ entry }) => entry.newest)} />
      <Card
        title="As it runs"
        id="picture"
        live
        beside={
          <span class="legend">
            <Sample kind="pipe" width={2}>
              little
            </Sample>
            <Sample kind="pipe" width={7}>
              much traffic
            </Sample>
            <Sample kind="idle" width={1.5}>
              nothing, or no figures
            </Sample>
          </span>
        }
      >
        <div class="drawn wide-only">
          <Picture overview={overview} />
        </div>
        <div class="in legend">
          {(['enforcing', 'behind', 'refused', 'denying', 'stale', 'gone', 'removed'] as const).map((one) => (
            <span>
              <Icon sign={one} />
              {WORDS[one]}
            </span>
          ))}
        </div>
      </Card>
      <div class="two">
        <Card
          title={
            <>
              Needs attention{' '}
              {overview.attention.length > 0 && <span class="count">{overview.attention.length}</span>}
            </>
          }
          id="attention"
          live
          beside={<a href={pathIn(view.environment.id, 'drift')}>All of it</a>}
        >
          {overview.attention.length === 0 ? (
            <Blank title="Nothing needs attention">Git, the store and the components agree.</Blank>
          ) : (
            <AttentionRows
              attention={overview.attention.slice(0, 6)}
              environment={view.environment.id}
              links={input.links}
              now={view.now}
            />
          )}
        </Card>
        <Card
          title="Last changes"
          id="changes"
          live
          beside={<a href={pathIn(view.environment.id, 'history')}>History</a>}
        >
          {last.length === 0 ? (
            <Blank title={`Nothing is published to ${view.environment.id} yet`}>
              No entry means deny: nobody gets through.{' '}
              <code>npm run publish -- --env {view.environment.id} --execute</code>
            </Blank>
          ) : (
            <ul class="rows">
              {last.map((detail) => (
                <LastChange detail={detail} input={input} />
              ))}
            </ul>
          )}
        </Card>
      </div>
      <Instances input={input} overview={overview} />
    </Frame>
  );
}

/** A line as the picture draws it, and what it means. */
const Sample = ({ kind, width, children }: { kind: 'pipe' | 'idle'; width: number; children?: unknown }) => (
  <span>
    <svg class="sample" viewBox="0 0 26 10" aria-hidden="true">
      <path class={`line ${kind}`} d="M4 5H22" stroke-width={width} />
    </svg>
    {children as never}
  </span>
);

/** Entries that the overview shows. */
const LAST = 4;

const WORDS = {
  enforcing: 'enforcing',
  behind: 'behind, or waits',
  refused: 'refused',
  denying: 'denies all',
  stale: 'stale',
  gone: 'gone or silent',
  removed: 'removed or stopped',
} as const;

const LastChange = ({ detail, input }: { detail: EntryDetail; input: PageInput }) => {
  const { entry, difference, unknown } = detail;
  const { view } = input;
  return (
    <li>
      <a class="n" href={pathIn(view.environment.id, `history/${entry.sequence}`)}>
        {entry.sequence}
      </a>
      <div>
        {difference ? (
          <Changes difference={difference} links={input.links} most={3} />
        ) : (
          <p>{entry.reason}</p>
        )}
        <p class="note">
          {entry.author ?? entry.reason}, <Ago at={entry.issuedAt!} now={view.now} />
          {detail.enforcedAfter !== undefined &&
            `; in force everywhere after ${secondsText(detail.enforcedAfter)}`}
          {unknown !== undefined && `; what it changed is not known: ${unknown}`}
        </p>
      </div>
    </li>
  );
};

const Convergence = ({
  input: { view },
  overview,
  detail,
}: {
  input: PageInput;
  overview: Overview;
  /** Of the newest entry, where it is known. */
  detail: EntryDetail | undefined;
}) => {
  const author = detail?.entry.author;
  const approvers = detail?.approvedBy ?? [];
  const { newest, components } = overview.convergence;
  const instances = components.flatMap(({ state, instances }) => (state === 'removed' ? [] : instances));
  const enforcing = instances.filter(({ state }) => state === 'enforcing' || state === 'stale').length;
  const total = components.filter(({ state }) => state !== 'removed').length;
  const carried = (kind: string) =>
    components
      .filter(({ component }) => component.startsWith(`${kind}/`))
      .map(({ component }) => carriedBy(overview.traffic, component));
  const sum = (values: readonly (number | undefined)[]): number | undefined => {
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : known.reduce((all, one) => all + one, 0);
  };
  const front = carried('intermediate');
  const figures: [string, string, string][] = [
    ['Agents', numberText(sum(front.map(({ connections }) => connections))), 'connected'],
    ['Flows', numberText(sum(front.map(({ flows }) => flows))), ''],
    ['Traffic', rateText(sum(front.map(({ bytes }) => bytes))), ''],
    ['Datagrams', numberText(sum(front.map(({ datagrams }) => datagrams))), 'a second'],
    ['Components', String(total), ''],
    ['Entry expires', newest ? `in ${spanText(Date.parse(newest.expiresAt) - view.now)}` : '–', ''],
  ];
  return (
    <section class="card" id="convergence" data-live="" aria-label="Convergence">
      <div class="converge">
        <span class="big">{newest ? newest.sequence : '–'}</span>
        <p>
          {newest ? (
            <>
              Sequence {newest.sequence} is enforced by{' '}
              <a class="n" href="#instances">
                {enforcing} of {instances.length}
              </a>{' '}
              instances
              {overview.enforcedAfter !== undefined &&
                `, ${secondsText(overview.enforcedAfter)} after it was issued`}
              <small>
                {author === undefined ? newest.reason : `By ${author}`}
                {approvers.length > 0 && `, approved by ${approvers.join(', ')}`}, commit{' '}
                <span class="mono">{newest.commit.slice(0, 12)}</span>,{' '}
                <Ago at={newest.issuedAt} now={view.now} />
              </small>
            </>
          ) : (
            <>
              Nothing is published to {view.environment.id}
              <small>No entry means deny: nobody gets through.</small>
            </>
          )}
        </p>
        <Acks {...overview} />
      </div>
      <dl class="figs">
        {figures.map(([name, value, unit]) => (
          <div>
            <dt>{name}</dt>
            <dd>
              {value} {unit && value !== '–' && <small>{unit}</small>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
};

/** `14.9k`; a dash where nothing is reported. */
function numberText(value: number | undefined): string {
  if (value === undefined) return '–';
  return value >= 10_000 ? `${(value / 1000).toFixed(1)}k` : String(Math.round(value));
}

const Instances = ({ input: { view }, overview }: { input: PageInput; overview: Overview }) => (
  <Card
    title="Instances"
    id="instances"
    tall
    live
    beside={`What each says of itself${overview.convergence.newest ? `; wanted is entry ${overview.convergence.newest.sequence}` : ''}`}
  >
    <InstanceTable overview={overview} now={view.now} />
  </Card>
);

/** A row for each instance; one for a component of which none reports. */
export const InstanceTable = ({
  overview,
  now,
  only,
}: {
  overview: Overview;
  now: number;
  only?: string;
}) => {
  const components = overview.convergence.components.filter(
    ({ component }) => only === undefined || component === only,
  );
  return (
    <div class="scroll" tabindex={0} role="region" aria-label="Instances">
      <table class="cards">
        <thead>
          <tr>
            <th scope="col">Component, instance</th>
            <th scope="col">State</th>
            <th scope="col" class="num">
              Enforces
            </th>
            <th scope="col" class="num">
              Last word
            </th>
            <th scope="col" class="num">
              Connections
            </th>
            <th scope="col" class="num">
              Flows
            </th>
            <th scope="col" class="num">
              Traffic
            </th>
            <th scope="col" class="num">
              Image
            </th>
            <th scope="col" class="num">
              Certificate ends
            </th>
          </tr>
        </thead>
        <tbody>
          {components.flatMap(({ component, state, instances }) =>
            instances.length === 0
              ? [<SilentRow component={component} state={state} environment={overview.environment} />]
              : instances.map((one) => <InstanceRow {...{ component, one, overview, now }} />),
          )}
        </tbody>
      </table>
    </div>
  );
};

const SilentRow = ({
  component,
  state,
  environment,
}: {
  component: string;
  state: Sign;
  environment: string;
}) => (
  <tr>
    <td>
      <a href={pathIn(environment, `components/${component}`)}>{component}</a>
    </td>
    <td>
      <State sign={state} />
    </td>
    <td colspan={7} class="muted">
      no instance has ever reported
    </td>
  </tr>
);

const InstanceRow = ({
  component,
  one,
  overview,
  now,
}: {
  component: string;
  one: Overview['convergence']['components'][number]['instances'][number];
  overview: Overview;
  now: number;
}) => {
  const { figures } = one;
  const traffic = overview.traffic.find(
    (all) => all.component === component && all.instance === one.instance,
  );
  return (
    <tr>
      <td>
        <a href={pathIn(overview.environment, `components/${component}`)}>{component}</a> {one.instance}
        {one.reason !== undefined && <p class={`note ${TONES[one.state]}`}>{one.reason}</p>}
      </td>
      <td>
        <State sign={one.state} />
      </td>
      <td class="num" data-label="enforces">
        {one.sequence ?? '–'}
      </td>
      <td class="num" data-label="last word">
        <Ago at={one.at} now={now} />
      </td>
      <td class="num" data-label="connections">
        {traffic?.connections ?? '–'}
      </td>
      <td class="num" data-label="flows">
        {traffic?.flows ?? '–'}
      </td>
      <td class="num" data-label="traffic">
        {rateText(traffic?.bytesPerSecond)}
      </td>
      <td class="num mono" data-label="image">
        {figures?.image?.replace('sha256:', '').slice(0, 8) ?? '–'}
      </td>
      <td class="num" data-label="certificate ends">
        {figures?.certificateNotAfter === undefined ? '–' : figures.certificateNotAfter.slice(0, 10)}
      </td>
    </tr>
  );
};
