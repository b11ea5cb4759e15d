import { whenText } from '../../../tools/access/wording/condition-text.ts';
import { overviewOf } from '../model/overview.ts';
import { groupIn, policyIn, principalIn, serviceIn } from '../model/lists.ts';
import { found } from '../model/view.ts';
import { accessLogOf } from '../model/access-log.ts';
import { Frame, type PageInput } from './frame.tsx';
import { State } from './icons.tsx';
import { pathIn, withQuery } from './links.ts';
import { InstanceTable } from './overview.tsx';
import { AccessRows, AttentionRows, Blank, Card, Instant, Names, PolicyRows } from './parts.tsx';
import { Prose, Src } from './sentence.tsx';
import { Yaml } from './yaml.tsx';

/** What one thing is called, what it is for, and what may be proposed about it. */
const Head = ({ title, says, children }: { title: unknown; says: unknown; children?: unknown }) => (
  <div class="head">
    <div>
      <h1>{title as never}</h1>
      <p>{says as never}</p>
    </div>
    <div class="btns no-paper">{children as never}</div>
  </div>
);

const Fact = ({ name, children }: { name: string; children?: unknown }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children as never}</dd>
  </div>
);

const Propose = ({
  input,
  kind,
  query,
  children,
}: {
  input: PageInput;
  kind: string;
  query: Record<string, string>;
  children?: unknown;
}) =>
  input.asked.who.person.mayPropose ? (
    <a class="btn" href={withQuery(pathIn(input.view.environment.id, `propose/${kind}`), query)}>
      {children as never}
    </a>
  ) : null;

/** Who reaches my service, which policies decide, where does it lead? */
export async function servicePage(input: PageInput, id: string) {
  const { view, links } = input;
  const { service: row, access, policies, tests } = serviceIn(view, id);
  const { service, registrations, reachedBy, anyoneElse } = row;
  const environment = view.environment.id;
  const [allows, denies] = (['allow', 'deny'] as const).map(
    (effect) => policies.filter(({ policy }) => policy.effect === effect).length,
  );
  return (
    <Frame input={input} title={`${id}, a service`} tab="services">
      <Head title={<code>{id}</code>} says={<Prose text={service.description} links={links} />}>
        <Propose input={input} kind="grant" query={{ service: id }}>
          Grant for a while
        </Propose>
        <Propose input={input} kind="policy" query={{ service: id }}>
          Propose a policy
        </Propose>
        <Propose input={input} kind="file" query={{ path: row.file }}>
          Edit the file
        </Propose>
        <Propose input={input} kind="remove" query={{ what: 'service', id }}>
          Remove
        </Propose>
      </Head>
      <section class="card" aria-label="Facts">
        <dl class="facts">
          <Fact name="Reached at">
            <span class="mono">
              {service.virtualIp} {service.protocol}/{service.ports.join(',')}
            </span>
          </Fact>
          <Fact name="Owner">{service.owner}</Fact>
          <Fact name="Labels">
            {Object.entries(service.labels ?? {})
              .map(([key, value]) => `${key}: ${value}`)
              .join(', ') || 'none'}
          </Fact>
          <Fact name="Defined in">
            <Src place={row} links={links} />
          </Fact>
        </dl>
      </section>
      <div class="wide-narrow">
        <div class="stack">
          <Card
            title="Who reaches it"
            id="who"
            live
            beside={
              <a href={withQuery(pathIn(environment, 'access'), { focus: `service/${id}` })}>In the graph</a>
            }
          >
            <p class="in">
              <span class="big">{reachedBy}</span>{' '}
              {reachedBy === 1 ? 'person or machine' : 'people and machines'} can reach it at some time;{' '}
              <i>anyone else</i> {anyoneElse ? 'can too' : 'is granted nothing'}.
            </p>
            <AccessRows access={access} environment={environment} links={links} />
          </Card>
          <Card
            title="Policies that decide"
            id="policies"
            live
            beside={`${allows} allow, ${denies} deny; any deny wins`}
          >
            {policies.length === 0 ? (
              <Blank title="No policy is about it">So nobody reaches it.</Blank>
            ) : (
              <PolicyRows policies={policies} environment={environment} links={links} />
            )}
          </Card>
        </div>
        <div class="stack">
          <Card title="Where it leads" id="leads" live beside={environment}>
            {registrations.length === 0 ? (
              <Blank title="Nowhere">No connector of {environment} serves it: nobody reaches it here.</Blank>
            ) : (
              <ul class="rows">
                {registrations.map((one) => (
                  <li>
                    <span />
                    <div>
                      <span class="mono">{one.backend}</span> by{' '}
                      <a href={pathIn(environment, `components/connector/${one.connector}`)}>
                        connector/{one.connector}
                      </a>
                      <p class="note">
                        <Src place={one} links={links} />
                      </p>
                    </div>
                  </li>
                ))}
              </ul>
            )}
          </Card>
          <Card title="Tests that guard it" id="tests" live>
            {tests.length === 0 ? (
              <Blank title="None names it">A test says who must, and who must never, reach it.</Blank>
            ) : (
              <ul class="rows">
                {tests.map((one) => (
                  <li>
                    <span />
                    <div>
                      {one.id}: <Prose text={one.description} links={links} />
                      <p class="note">
                        <Src place={one} links={links} />
                      </p>
                    </div>
                  </li>
                ))}
              </ul>
            )}
          </Card>
          <Log input={input} about={{ service: id }} />
        </div>
      </div>
    </Frame>
  );
}

/** The newest lines of the access log about something, for those who may read them. */
const Log = async ({
  input,
  about,
}: {
  input: PageInput;
  about: { service?: string; principal?: string };
}) => {
  const { panel, view, mayReadLog } = input;
  const { lines, logGroup } = mayReadLog
    ? await accessLogOf(view, panel.accessLogs, { ...about, limit: 10 })
    : { lines: [], logGroup: undefined };
  return (
    <Card title="Access log" id="log" live beside={logGroup && <a href={logGroup}>The log group</a>}>
      {lines.length === 0 ? (
        <Blank title={mayReadLog ? 'No lines are on this machine' : 'Not yours to see'}>
          {mayReadLog
            ? 'A line comes when a flow ends, and for a sample of what was denied.'
            : 'The access log is for the groups that adminPanel.logReaders names.'}
        </Blank>
      ) : (
        <ul class="rows">
          {lines.map((line) => (
            <li>
              <span />
              <div>
                {line.principal ?? 'no certificate'} to <code>{line.service}</code> {line.protocol}
                {line.port !== undefined && `/${line.port}`}: {line.why}
                <p class="note">
                  <Instant at={line.end} /> from {line.source}, {line.bytesIn + line.bytesOut} bytes
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
};

/** What does this person or machine reach? */
export function principalPage(input: PageInput, name: string) {
  const { view, links } = input;
  const { principal, access, policies } = principalIn(view, name);
  const environment = view.environment.id;
  return (
    <Frame input={input} title={`${principal.principal}, a person or machine`} tab="people">
      <Head
        title={
          <>
            {principal.principal} {principal.revoked && <State sign="denied">revoked</State>}
          </>
        }
        says={
          <>
            Reaches {principal.services} {principal.services === 1 ? 'service' : 'services'} of {environment}{' '}
            at some time.
          </>
        }
      >
        <Propose input={input} kind="grant" query={{ principal: principal.principal }}>
          Grant for a while
        </Propose>
        <Propose input={input} kind="join" query={{ principal: principal.principal }}>
          Join a group
        </Propose>
      </Head>
      <div class="wide-narrow">
        <Card
          title="What it reaches"
          id="access"
          live
          beside={
            <a href={withQuery(pathIn(environment, 'access'), { focus: principal.principal })}>
              In the graph
            </a>
          }
        >
          {access.length === 0 ? (
            <Blank title="Nothing">No policy of {environment} allows it anything.</Blank>
          ) : (
            <AccessRows access={access} environment={environment} links={links} />
          )}
        </Card>
        <div class="stack">
          <Card title="Groups" id="groups" live>
            {principal.groups.length === 0 ? (
              <Blank title="None">Only policies name it.</Blank>
            ) : (
              <p class="in names">
                {principal.groups.map((id) => (
                  <a href={pathIn(environment, `groups/${id}`)}>{id}</a>
                ))}
              </p>
            )}
          </Card>
          <Log input={input} about={{ principal: principal.principal }} />
        </div>
      </div>
      <Card title="Policies about it" id="policies" live tall>
        {policies.length === 0 ? (
          <Blank title="None">No policy of {environment} is about it.</Blank>
        ) : (
          <PolicyRows policies={policies} environment={environment} links={links} />
        )}
      </Card>
    </Frame>
  );
}

/** Who is in this group, and what names it? */
export function groupPage(input: PageInput, id: string) {
  const { view, links } = input;
  const { group: row, everybody, partOf, policies } = groupIn(view, id);
  const environment = view.environment.id;
  return (
    <Frame input={input} title={`${id}, a group`} tab="groups">
      <Head title={<code>{id}</code>} says={<Prose text={row.group.description} links={links} />}>
        <Propose input={input} kind="join" query={{ group: id }}>
          Join
        </Propose>
        <Propose input={input} kind="leave" query={{ group: id }}>
          Leave
        </Propose>
        <Propose input={input} kind="file" query={{ path: row.file }}>
          Edit the file
        </Propose>
        <Propose input={input} kind="remove" query={{ what: 'group', id }}>
          Remove
        </Propose>
      </Head>
      <section class="card" aria-label="Facts">
        <dl class="facts">
          <Fact name="Members at any depth">{row.members}</Fact>
          <Fact name="Owner">{row.group.owner}</Fact>
          <Fact name="Contains">
            {(row.group.groups ?? []).length === 0
              ? 'no group'
              : row.group.groups!.map((one) => <a href={pathIn(environment, `groups/${one}`)}>{one} </a>)}
          </Fact>
          <Fact name="Part of">
            {partOf.length === 0
              ? 'no group'
              : partOf.map((one) => <a href={pathIn(environment, `groups/${one}`)}>{one} </a>)}
          </Fact>
          <Fact name="Defined in">
            <Src place={row} links={links} />
          </Fact>
        </dl>
      </section>
      <div class="two">
        <Card title="Members" id="members" live tall>
          <p class="in names">
            {everybody.slice(0, 300).map((name) => (
              <a href={pathIn(environment, `people/${name}`)}>{name}</a>
            ))}
            {everybody.length > 300 && <span>and {everybody.length - 300} more</span>}
          </p>
        </Card>
        <Card
          title="Policies that name it"
          id="policies"
          live
          beside={
            <a href={withQuery(pathIn(environment, 'access'), { focus: `group/${id}` })}>In the graph</a>
          }
        >
          {policies.length === 0 ? (
            <Blank title="None">A policy may name a group that contains it.</Blank>
          ) : (
            <PolicyRows policies={policies} environment={environment} links={links} />
          )}
        </Card>
      </div>
    </Frame>
  );
}

/** What does this policy allow or deny, to whom, when? */
export function policyPage(input: PageInput, id: string) {
  const { view, links } = input;
  const { policy: row, who } = policyIn(view, id);
  const { policy } = row;
  const environment = view.environment.id;
  return (
    <Frame input={input} title={`${id}, a policy`} tab="policies">
      <Head
        title={
          <>
            <code>{id}</code>
            <State sign={policy.effect === 'allow' ? 'always' : 'denied'}>{policy.effect}</State>
            {policy.observe && <State sign="waiting">only observed</State>}
          </>
        }
        says={<Prose text={policy.description} links={links} />}
      >
        <Propose input={input} kind="file" query={{ path: row.file }}>
          Edit the file
        </Propose>
        <Propose input={input} kind="remove" query={{ what: 'policy', id }}>
          Remove
        </Propose>
      </Head>
      <section class="card" aria-label="Facts">
        <dl class="facts">
          <Fact name="When">{whenText(policy.when ?? {}) || 'always'}</Fact>
          <Fact name="Owner">{policy.owner}</Fact>
          <Fact name="Ticket">{policy.ticket ?? 'none'}</Fact>
          <Fact name="Environments">{policy.environments?.join(', ') ?? 'all'}</Fact>
          <Fact name="Defined in">
            <Src place={row} links={links} />
          </Fact>
        </dl>
      </section>
      <div class="two">
        <Card title={`Services of ${environment}`} id="services" live>
          {row.services.length === 0 ? (
            <Blank title="None">It is about no service that {environment} has.</Blank>
          ) : (
            <p class="in names">
              {row.services.map((one) => (
                <a href={pathIn(environment, `services/${one}`)}>{one}</a>
              ))}
            </p>
          )}
        </Card>
        <Card title={`Whom it is about: ${who.length}`} id="whom" live>
          <div class="in">
            {policy.who.all && <p>Everybody, anyone else with a valid certificate included.</p>}
            <Names names={who} environment={environment} />
          </div>
        </Card>
      </div>
      <Card title="The file" id="file" live>
        <Yaml text={view.known.files.loaded.texts.get(row.file) ?? ''} hit={row.line} />
      </Card>
    </Frame>
  );
}

/** How is this component? */
export function componentPage(input: PageInput, component: string) {
  const { view, links } = input;
  const overview = overviewOf(view);
  const states = new Map(overview.convergence.components.map((one) => [one.component, one]));
  const { state } = found('component', states, component);
  const leads = overview.serves.find((one) => one.component === component)?.services ?? [];
  const attention = overview.attention.filter(({ subject }) => subject === component);
  return (
    <Frame input={input} title={`${component}, a component`} tab="">
      <Head
        title={
          <>
            {component}
            <State sign={state} />
          </>
        }
        says={`A component of ${view.environment.id}.`}
      />
      {attention.length > 0 && (
        <Card title="Needs attention" id="attention" live>
          <AttentionRows
            attention={attention}
            environment={view.environment.id}
            links={links}
            now={view.now}
          />
        </Card>
      )}
      <Card title="Instances" id="instances" live beside="What each says of itself">
        <InstanceTable overview={overview} now={view.now} only={component} />
      </Card>
      {leads.length > 0 && (
        <Card title="Where it leads" id="leads" live>
          <ul class="rows">
            {leads.map(({ service, backend }) => (
              <li>
                <span />
                <div>
                  <a href={pathIn(view.environment.id, `services/${service}`)}>{service}</a> leads to{' '}
                  <span class="mono">{backend}</span>
                </div>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </Frame>
  );
}
