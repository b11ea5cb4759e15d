import { expiringIn, holdsIn } from '../model/entries.ts';
import { driftIn, overviewOf } from '../model/overview.ts';
import { line } from '../../../tools/finding/finding.ts';
import { shortCommit } from '../../../tools/output/publish.ts';
import { Frame, type PageInput } from './frame.tsx';
import { Icon } from './icons.tsx';
import { pathIn } from './links.ts';
import { AttentionRows, Blank, Card, Instant, spanText } from './parts.tsx';
import { Changes, Prose } from './sentence.tsx';

/** Do git, the store and the components agree? What is held back, what ends? */
export async function driftPage(input: PageInput) {
  const { view, panel, links } = input;
  const { id } = view.environment;
  const overview = overviewOf(view);
  const { drifts } = driftIn(view);
  const { holds } = await holdsIn(view, panel.reader.published, panel.storeKind);
  const { newest, components } = overview.convergence;
  const kinds = (kind: string) => drifts.filter((one) => one.kind === kind).length;
  const instances = components.flatMap((one) => one.instances);
  const enforcing = instances.filter(({ state }) => state === 'enforcing' || state === 'stale').length;
  return (
    <Frame input={input} title="Drift and holds" tab="drift">
      <div class="head">
        <div>
          <h1>Drift and holds</h1>
          <p>
            Where git, the store and the components do not say the same, and what is kept from coming back.
          </p>
        </div>
      </div>
      <section class="card" id="agree" data-live="" aria-label="Git, the store and the components">
        <div class="tri">
          <div>
            <h2>Git wants</h2>
            <p class="mono">{shortCommit(view.known.files.commit)}</p>
            <p class="note">{view.known.files.loaded.texts.size} files</p>
          </div>
          <Agreement differs={kinds('git-store')} />
          <div>
            <h2>The store wants</h2>
            <p>
              {newest ? (
                <>
                  entry <a href={pathIn(id, `history/${newest.sequence}`)}>{newest.sequence}</a>
                </>
              ) : (
                'nothing yet'
              )}
            </p>
            <p class="note">{newest && `from ${shortCommit(newest.commit)}, verified with ${newest.key}`}</p>
          </div>
          <Agreement differs={kinds('store-ack')} />
          <div>
            <h2>Components enforce</h2>
            <p>{newest ? `${newest.sequence} on ${enforcing} of ${instances.length}` : 'nothing'}</p>
            <p class="note">{instances.length} instances report</p>
          </div>
        </div>
      </section>
      <Card
        title={
          <>
            Needs attention{' '}
            {overview.attention.length > 0 && <span class="count">{overview.attention.length}</span>}
          </>
        }
        id="attention"
        live
      >
        {overview.attention.length === 0 ? (
          <Blank title="Everything agrees">Git, the store and all components say the same.</Blank>
        ) : (
          <AttentionRows attention={overview.attention} environment={id} links={links} now={view.now} />
        )}
      </Card>
      {view.known.files.errors.length > 0 && (
        <Card title="Errors in the newest files" id="errors" live beside="npx ztna validate">
          <ul class="rows">
            {view.known.files.errors.slice(0, 50).map((one) => (
              <li>
                <Icon sign="error" />
                <div>
                  <Prose text={line(one)} links={links} />
                </div>
              </li>
            ))}
          </ul>
        </Card>
      )}
      <Card
        title={<>Holds {holds.length > 0 && <span class="count">{holds.length}</span>}</>}
        id="holds"
        live
        beside="What only takes access away passes every hold"
      >
        {holds.length === 0 ? (
          <Blank title="Nothing is on hold">
            A rollback at once, or a halt, would keep its change from being published again.
          </Blank>
        ) : (
          <ul class="rows">
            {holds.map(({ hold, name, command, difference }) => (
              <li>
                <Icon sign="hold" />
                <div>
                  <p>
                    The change of entry {name} is on hold since <Instant at={hold.since} />: {hold.reason}
                  </p>
                  {difference && <Changes difference={difference} links={links} most={5} />}
                  <p class="note">
                    Publishing it again is refused until the revert merges, or until a person releases the
                    hold, with a reason, from a machine that may sign:
                  </p>
                  <code class="cmd">{command}</code>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Ending input={input} />
      <Card title="Keys" id="keys" live>
        <ul class="rows">
          {view.environment.bundle.trustedKeys.map(({ id: key, algorithm }) => (
            <li>
              <span />
              <div>
                <strong>{key}</strong>, {algorithm}
                <p class="note">
                  {newest?.key === key ? `signed entry ${newest.sequence}` : 'trusted by environment.yaml'}
                </p>
              </div>
            </li>
          ))}
        </ul>
      </Card>
    </Frame>
  );
}

const Agreement = ({ differs }: { differs: number }) => (
  <p class={differs === 0 ? 'ok' : 'wait'}>
    <strong aria-hidden="true">{differs === 0 ? '=' : '≠'}</strong>{' '}
    {differs === 0 ? 'agree' : `${differs} differ`}
  </p>
);

const Ending = ({ input: { view } }: { input: PageInput }) => {
  const { expired, soon, certificates, entryExpiresAt } = expiringIn(view);
  const { id } = view.environment;
  const rows: [string, unknown][] = [
    ...expired.map((one): [string, unknown] => [
      one.expires,
      <>
        The policy <a href={pathIn(id, `policies/${one.id}`)}>{one.id}</a> has expired
      </>,
    ]),
    ...soon.map((one): [string, unknown] => [
      one.expires,
      <>
        The policy <a href={pathIn(id, `policies/${one.id}`)}>{one.id}</a> expires
      </>,
    ]),
    ...certificates.map((one): [string, unknown] => [
      one.notAfter,
      <>
        The certificate of {one.component} {one.instance} ends
      </>,
    ]),
    ...(entryExpiresAt === undefined
      ? []
      : [[entryExpiresAt, 'The newest entry expires, unless a heartbeat comes'] as [string, unknown]]),
  ];
  return (
    <Card title="Ends by itself" id="expiring" live beside="policies: 30 days ahead">
      {rows.length === 0 ? (
        <Blank title="Nothing ends soon">No policy expires within 30 days.</Blank>
      ) : (
        <ul class="rows">
          {[...rows]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .slice(0, 100)
            .map(([at, says]) => (
              <li>
                <Icon sign="stale" />
                <div>
                  {says as never}: <Instant at={at} />
                  <p class="note">
                    {Date.parse(at) > view.now ? 'in' : 'since'} {spanText(Date.parse(at) - view.now)}
                  </p>
                </div>
              </li>
            ))}
        </ul>
      )}
    </Card>
  );
};
