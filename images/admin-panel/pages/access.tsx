import { html, raw } from 'hono/html';
import { explain } from '../../../tools/access/explain.ts';
import { instantText } from '../../../tools/access/values/time-zone.ts';
import type { AccessMatrix, Explanation, MatrixCell, MatrixRow } from '../../../tools/contract/shapes.ts';
import { explanationLines } from '../../../tools/output/explanation.ts';
import { portIntervals, portSetOf } from '../../../tools/access/values/ports.ts';
import { FACTS, givenIn, PAGING, read, type ParameterValues } from '../api/parameters.ts';
import type { AccessIndex } from '../model/access-index.ts';
import { graphIn } from '../model/graph.ts';
import { matrixIn, type WhatIfFacts } from '../model/matrix.ts';
import { accessOf } from '../model/indexes.ts';
import { type EnvironmentView } from '../model/view.ts';
import { Frame, type PageInput } from './frame.tsx';
import { Graph } from './graph.tsx';
import { Icon } from './icons.tsx';
import { pathIn, withQuery } from './links.ts';
import { AccessRows, Blank, Card, More } from './parts.tsx';
import { Say } from './sentence.tsx';

/** Rows of the matrix on a page: a first page must stay small. Below what is around a focus there are fewer. */
const ROWS = 25;
const ROWS_BELOW = 15;
/** Columns of the matrix. */
const COLUMNS = 40;

/** What does somebody reach, and why? Who else? What if it were Sunday? */
export function accessPage(input: PageInput) {
  const { view, query } = input;
  const values = read([...PAGING, ...FACTS], ({ name }) => query.getAll(name).filter(Boolean).slice(0, 1));
  const given = givenIn(values, view.now);
  const focus = query.get('focus') || undefined;
  const { id } = view.environment;
  return (
    <Frame input={input} title="Access" tab="access">
      <div class="head">
        <div>
          <h1>Who reaches what</h1>
          <p>
            {peopleIn(accessOf(view))} people and machines, {accessOf(view).services.length} services,{' '}
            {accessOf(view).access.policies.length} policies. Exact, not sampled.
          </p>
        </div>
        <form class="btns no-paper" action={pathIn(id, 'access')}>
          <label for="focus" class="hidden">
            A person, group, policy or service
          </label>
          <input id="focus" name="focus" value={focus ?? ''} placeholder="alice@example.com" size={24} />
          <button class="btn">Focus</button>
        </form>
      </div>
      {query.get('why') && <Why input={input} asked={query.get('why')!} given={given} />}
      {focus !== undefined && <Around input={input} focus={focus} />}
      <Matrix input={input} values={values} given={given} />
      {focus === undefined && query.size === 0 && <Sentences input={input} />}
    </Frame>
  );
}

const peopleIn = ({ access }: AccessIndex): number =>
  access.classes.reduce((sum, members) => sum + members.length, 0);

/** Sentences on a first page. */
const SENTENCES = 40;

/** What everybody reaches of the services that have a column. */
const Sentences = ({ input: { view, links } }: { input: PageInput }) => {
  const { id } = view.environment;
  const index = accessOf(view);
  const services = index.services.slice(0, COLUMNS);
  const access = index.changesIn(services);
  const left = access.length > SENTENCES || services.length < index.services.length;
  return (
    <Card title="The same, as sentences" beside="Those of npx ztna access" id="sentences" live tall>
      <AccessRows access={access.slice(0, SENTENCES)} environment={id} links={links} />
      {left && (
        <p class="in note">
          These are the first; <a href={withQuery('/api/v1/access', { env: id })}>all of them</a>
        </p>
      )}
    </Card>
  );
};

const Around = ({ input: { view, links }, focus }: { input: PageInput; focus: string }) => {
  const graph = graphIn(view, focus);
  const [, kind, name = ''] = /^([a-z-]+)\/(.*)$/.exec(graph.focus) ?? [];
  const index = accessOf(view);
  const access =
    kind === 'service'
      ? index.changesOf({ service: name })
      : kind === 'principal'
        ? index.changesOf({ principal: name })
        : [];
  return (
    <>
      <Card
        title={name}
        id="graph"
        live
        beside={
          <span class="legend">
            <span class="ok">solid: allows</span>
            <span class="bad">dashed: denies</span>
            <span>grey: is a member</span>
          </span>
        }
      >
        {graph.nodes.length < 2 ? (
          <Blank title={`Nothing names ${name} here`}>
            It has what anyone else with a valid certificate has.
          </Blank>
        ) : (
          <div class="drawn scroll" tabindex={0} role="region" aria-label="Graph">
            <Graph graph={graph} view={view} />
          </div>
        )}
        {graph.left > 0 && <p class="in note">{graph.left} more are left out: there is no room for them.</p>}
      </Card>
      {access.length > 0 && (
        <Card title="The same, as sentences" beside="Those of npx ztna access" id="sentences" live>
          <AccessRows access={access} environment={view.environment.id} links={links} />
        </Card>
      )}
    </>
  );
};

const Why = ({
  input: { view, links },
  asked,
  given,
}: {
  input: PageInput;
  asked: string;
  given: WhatIfFacts | undefined;
}) => {
  const [who = '', service = ''] = asked.split(',');
  const explanations = explanationsOf(view, who, service, given);
  const whenever = who === UNNAMED ? [] : accessOf(view).changesOf({ service, principal: nameOf(who) });
  return (
    <Card
      title={
        <>
          Why {who} {whenever.length > 0 ? 'reaches' : 'does not reach'} <code>{service}</code>
        </>
      }
      id="why"
      live
      beside={given ? 'with the facts given below' : `now; give facts below to ask "what if"`}
    >
      <AccessRows access={whenever} environment={view.environment.id} links={links} />
      <div class="in stack">
        {explanations.length === 0 && <p>There is no service {service} here.</p>}
        {explanations.map((one) => (
          <div>
            {explanationLines(one).map((line, index) => (
              <p class={index === 0 ? '' : 'small'}>
                {index === 0 && <Icon sign={one.decision === 'allow' ? 'always' : 'denied'} />}{' '}
                <Say sentence={line} links={links} />
              </p>
            ))}
          </div>
        ))}
      </div>
    </Card>
  );
};

const UNNAMED = 'clients without certificate';

/** A name that is nobody's stands for anyone else. */
const nameOf = (who: string): string => who.replace(/ /g, '-');

/** Answers for each of a service's ports that an answer may differ in, at most a few. */
function explanationsOf(
  view: EnvironmentView,
  who: string,
  service: string,
  given: WhatIfFacts | undefined,
): Explanation[] {
  const known = view.repository.services.get(service)?.value;
  if (!known || who === '') return [];
  const ports = portIntervals(portSetOf(known.ports)).map(([first]) => first);
  const whom = who === UNNAMED ? { withoutCertificate: true as const } : { principal: nameOf(who) };
  return ports
    .slice(0, 4)
    .map((port) =>
      explain(
        view.repository,
        { ...whom, service, environment: view.environment.id, port, at: instantText(view.now), ...given },
        view.now,
      ),
    );
}

const Matrix = ({
  input,
  values,
  given,
}: {
  input: PageInput;
  values: ParameterValues;
  given: WhatIfFacts | undefined;
}) => {
  const { view, query } = input;
  const { id } = view.environment;
  const matrix = matrixIn(view, {
    limit: query.get('focus') ? ROWS_BELOW : ROWS,
    columns: COLUMNS,
    cursor: values.get('cursor'),
    search: values.get('search'),
    given,
  });
  return (
    <Card
      title="Everybody"
      id="matrix"
      live
      tall
      beside={
        <span class="legend">
          <span>
            <Icon sign="always" /> always
          </span>
          <span>
            <Icon sign="conditions" /> under conditions
          </span>
          <span>
            <strong>1/4</strong> some members
          </span>
          <span>
            <Icon sign="denied" /> a policy denies it
          </span>
          <span>· not granted</span>
        </span>
      }
    >
      <WhatIf input={input} given={given} />
      {matrix.rows.length === 0 ? (
        <Blank title={`Nobody is called ${values.get('search') ?? 'so'}`}>
          Search for a part of a name or of a group.
        </Blank>
      ) : (
        <div class="scroll matrix" tabindex={0} role="region" aria-label="Who reaches what">
          <MatrixTable matrix={matrix} input={input} />
        </div>
      )}
      {matrix.left > 0 && (
        <p class="in note">{matrix.left} more services have no column here: each has its own page.</p>
      )}
      <More path={pathIn(id, 'access')} query={query} next={matrix.next} />
    </Card>
  );
};

const WhatIf = ({ input: { view, query }, given }: { input: PageInput; given: WhatIfFacts | undefined }) => (
  <form
    class="whatif no-paper"
    action={`${pathIn(view.environment.id, 'access')}#matrix`}
    aria-label="Search, and what if"
  >
    {query.get('focus') && <input type="hidden" name="focus" value={query.get('focus')!} />}
    {query.get('why') && <input type="hidden" name="why" value={query.get('why')!} />}
    <div>
      <label for="w-search">Search</label>
      <input id="w-search" name="search" value={query.get('search') ?? ''} size={14} />
    </div>
    <div>
      <label for="w-at">When</label>
      <input
        id="w-at"
        name="at"
        value={query.get('at') ?? ''}
        placeholder="now, or 2027-01-03T22:30:00Z"
        size={22}
      />
    </div>
    <div>
      <label for="w-from">From</label>
      <input id="w-from" name="from" value={query.get('from') ?? ''} placeholder="203.0.113.7" size={14} />
    </div>
    <Choice name="managed" title="Managed" options={['true', 'false']} query={query} />
    <Choice
      name="os"
      title="System"
      options={['android', 'chromeos', 'ios', 'linux', 'macos', 'windows']}
      query={query}
    />
    <Choice name="diskEncrypted" title="Disk encrypted" options={['true', 'false']} query={query} />
    <button class="btn">What if</button>
    {given && <a href={pathIn(view.environment.id, 'access')}>Back to any time, place and device</a>}
  </form>
);

const Choice = ({
  name,
  title,
  options,
  query,
}: {
  name: string;
  title: string;
  options: readonly string[];
  query: URLSearchParams;
}) => (
  <div>
    <label for={`w-${name}`}>{title}</label>
    <select id={`w-${name}`} name={name}>
      <option value="">unknown</option>
      {options.map((one) => (
        <option value={one} selected={query.get(name) === one}>
          {one}
        </option>
      ))}
    </select>
  </div>
);

const MatrixTable = ({ matrix, input: { view, query } }: { matrix: AccessMatrix; input: PageInput }) => {
  const { services } = matrix;
  const { id } = view.environment;
  // One stays at the rows that one looks at, with the facts given.
  const kept = [...PAGING, ...FACTS];
  const facts = new URLSearchParams([...query].filter(([name]) => kept.some((one) => one.name === name)));
  const asked: MatrixQuestion = {
    services: services.map((service) => ({ service, encoded: encodeURIComponent(service) })),
    facts: facts.size > 0 ? `&${facts.toString()}` : '',
    on: query.get('why') ?? undefined,
  };
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Group or person, members</th>
          {services.map((service) => (
            <th scope="col">
              <span>{service}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {matrix.rows.map((row) => (
          <tr>
            <th scope="row">
              {row.kind === 'group' ? (
                <a href={pathIn(id, `groups/${row.id}`)}>{row.id}</a>
              ) : row.kind === 'principal' ? (
                <a href={pathIn(id, `people/${row.id}`)}>{row.id}</a>
              ) : (
                row.id
              )}{' '}
              {row.kind === 'group' && <span class="muted">{row.members}</span>}
            </th>
            {row.cells.map((cell, column) => cellOf(row, cell, asked.services[column]!, asked))}
          </tr>
        ))}
      </tbody>
    </table>
  );
};

/** What the links of a matrix ask. */
interface MatrixQuestion {
  services: readonly { service: string; encoded: string }[];
  /** The rows and the facts, as the end of a query. */
  facts: string;
  /** The cell that is asked about: `alice@example.com,payments`. */
  on: string | undefined;
}

/** A cell, as text: there are thousands, and as elements they would take most of the time of a page. */
function cellOf(
  { kind, id, members }: MatrixRow,
  { reach, members: reaching }: MatrixCell,
  { service, encoded }: MatrixQuestion['services'][number],
  { facts, on }: MatrixQuestion,
) {
  const who = encodeURIComponent(id);
  const to = kind === 'group' ? `?focus=group/${who}` : `?why=${who},${encoded}${facts}`;
  const count =
    reaching < members && (reach === 'always' || reach === 'conditions') ? `${reaching}/${members}` : '';
  const marked = on === `${id},${service}` ? ' on' : '';
  return html`<td class="${reach}${marked}">
    <a href="${to}"
      >${SIGNS[reach]}${count}<span class="hidden">${id}, ${service}: ${WORDS[reach]}. Why?</span></a
    >
  </td>`;
}

const icon = (sign: 'always' | 'conditions' | 'denied') => raw(String(<Icon sign={sign} />));

const SIGNS = {
  none: '·',
  denied: icon('denied'),
  always: icon('always'),
  conditions: icon('conditions'),
} as const;

const WORDS = {
  none: 'not granted',
  denied: 'denied by a policy',
  always: 'always',
  conditions: 'under conditions',
} as const;
