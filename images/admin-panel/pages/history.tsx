import type { EntryDetail } from '../../../tools/contract/shapes.ts';
import { sourcesOf } from '../context.ts';
import { differenceBetween, entryIn } from '../model/entries.ts';
import { NotFound } from '../model/view.ts';
import { Frame, stateOf, type PageInput } from './frame.tsx';
import { Icon, State, type Sign } from './icons.tsx';
import { pathIn, withQuery } from './links.ts';
import { Blank, Card, Instant, secondsText } from './parts.tsx';
import { Changes } from './sentence.tsx';

/** Entries on a page. */
const ROWS = 30;

/** What changed, by whom, and how long until it was enforced? */
export async function historyPage(input: PageInput) {
  const { view, query, panel } = input;
  const { id } = view.environment;
  const rows = view.store.history?.entries ?? [];
  const before = Number(query.get('before')) || Infinity;
  const wanted = rows.filter(({ sequence }) => sequence < before);
  const shown = wanted.slice(0, ROWS);
  const details = await Promise.all(shown.map((row) => entryIn(view, sourcesOf(panel), row.sequence)));
  const oldest = shown.at(-1);
  return (
    <Frame input={input} title="History" tab="history">
      <div class="head">
        <div>
          <h1>History of {id}</h1>
          <p>
            Every entry of epoch {view.environment.epoch}, the newest first. The newest alone decides; none is
            ever changed.
          </p>
        </div>
        <form
          class="btns no-paper"
          action={pathIn(id, 'history')}
          aria-label="Difference between two entries"
        >
          <label for="from">From</label>
          <input id="from" name="from" size={4} inputmode="numeric" value={query.get('from') ?? ''} />
          <label for="to">to</label>
          <input id="to" name="to" size={4} inputmode="numeric" value={query.get('to') ?? ''} />
          <button class="btn">Difference</button>
        </form>
      </div>
      {query.get('from') && query.get('to') && <Between input={input} />}
      <Card title="Entries" id="entries" live tall>
        {details.length === 0 ? (
          <Blank title={`Nothing is published to ${id} yet`}>
            <code>npm run publish -- --env {id} --execute</code>
          </Blank>
        ) : (
          <ol class="entries">{days(details, input)}</ol>
        )}
        {wanted.length > shown.length && (
          <p class="in">
            <a class="btn" href={withQuery(pathIn(id, 'history'), { before: String(oldest!.sequence) })}>
              Older than {oldest!.sequence}
            </a>
          </p>
        )}
      </Card>
    </Frame>
  );
}

/** Entries, with a line for each day. */
function days(details: readonly EntryDetail[], input: PageInput) {
  let day: string | undefined;
  return details.map((detail) => {
    const own = detail.entry.issuedAt?.slice(0, 10);
    const begins = own !== undefined && own !== day;
    day = own ?? day;
    return (
      <>
        {begins && <li class="day">{own}</li>}
        <EntryRow detail={detail} input={input} />
      </>
    );
  });
}

const EntryRow = ({ detail, input: { view, links, asked } }: { detail: EntryDetail; input: PageInput }) => {
  const { entry, difference, unknown, enforcedAfter } = detail;
  const { id } = view.environment;
  return (
    <li id={`e${entry.sequence}`}>
      <div class="seq">
        <a class="n" href={pathIn(id, `history/${entry.sequence}`)}>
          {entry.sequence}
        </a>
        <small>{entry.issuedAt?.slice(11, 16)} UTC</small>
      </div>
      <div class="when-sign" aria-hidden="true">
        <Icon sign={signOf(entry, stateOf(view)[0])} />
      </div>
      <div>
        {difference ? (
          <Changes difference={difference} links={links} most={5} />
        ) : (
          <p class="muted">{unknown}</p>
        )}
        <p class="note">
          {entry.reason ?? entry.problem}
          {entry.commit !== undefined && (
            <>
              {' '}
              · <span class="mono">{entry.commit.slice(0, 12)}</span>
            </>
          )}
          {entry.author !== undefined && ` by ${entry.author}`}
          <ApprovedBy detail={detail} before=" · " />
          {entry.key !== undefined && ` · signed by ${entry.key}`}
        </p>
      </div>
      <div class="small">
        {!entry.valid && <State sign="error">not valid</State>}
        {entry.newest && <State sign="enforcing">the newest</State>}
        {(entry.holds ?? 0) > 0 && <State sign="hold">{entry.holds} on hold</State>}
        {enforcedAfter !== undefined && (
          <p class="muted">in force everywhere after {secondsText(enforcedAfter)}</p>
        )}
        {entry.valid && !entry.newest && asked.who.person.mayPropose && (
          <p class="no-paper">
            <a href={withQuery(pathIn(id, 'propose/revert'), { to: String(entry.sequence) })}>
              Propose to go back<span class="hidden"> to entry {entry.sequence}</span>
            </a>
          </p>
        )}
      </div>
    </li>
  );
};

/** What the line of time shows at an entry; its words stand beside it. @param state of the environment now */
function signOf({ valid, holds = 0, newest }: EntryDetail['entry'], state: Sign): Sign {
  if (!valid) return 'error';
  if (holds > 0) return 'hold';
  return newest ? state : 'enforcing';
}

/** Who approved an entry, and in which pull request, where that is known. */
const ApprovedBy = ({
  detail: { approvedBy = [], pull },
  before = '',
}: {
  detail: EntryDetail;
  before?: string;
}) => {
  if (approvedBy.length === 0 && !pull) return <></>;
  return (
    <>
      {before}
      {approvedBy.length > 0 ? `approved by ${approvedBy.join(', ')}` : 'nobody approved it'}
      {pull && (
        <>
          {' '}
          in <a href={pull.url}>pull request {pull.number}</a>
        </>
      )}
    </>
  );
};

const Between = async ({ input: { view, query, panel, links } }: { input: PageInput }) => {
  const [from, to] = [Number(query.get('from')), Number(query.get('to'))];
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to))
    throw new NotFound('which entries?', 'give two sequences of the history');
  const changed = await differenceBetween(view, panel.reader.published, from, to);
  return (
    <Card
      title={`From ${from} to ${to}`}
      id="between"
      beside={
        <code>
          npx ztna history --env {view.environment.id} --difference {from}..{to}
        </code>
      }
    >
      <div class="in">
        {'difference' in changed ? (
          <Changes difference={changed.difference} links={links} />
        ) : (
          <p class="muted">It is not known: {changed.unknown}.</p>
        )}
      </div>
    </Card>
  );
};

/** One entry: what it changed, and all that is known of it. */
export async function entryPage(input: PageInput, sequence: number) {
  const { view, panel, links } = input;
  const detail = await entryIn(view, sourcesOf(panel), sequence);
  const { entry, difference, unknown, enforcedAfter } = detail;
  const facts: [string, unknown][] = [
    ['Issued', entry.issuedAt && <Instant at={entry.issuedAt} />],
    ['Expires', entry.expiresAt && <Instant at={entry.expiresAt} />],
    ['Commit', entry.commit && <span class="mono">{entry.commit}</span>],
    ['Author', entry.author],
    [
      'Approved by',
      detail.approvedBy === undefined ? (
        'not known'
      ) : detail.approvedBy.length + Number(detail.pull !== undefined) === 0 ? (
        'nobody is named: it came by no pull request, and its commit names nobody'
      ) : (
        <ApprovedBy detail={detail} />
      ),
    ],
    ['Signed by', entry.key],
    [
      'In force everywhere after',
      enforcedAfter === undefined ? 'not seen by this panel' : secondsText(enforcedAfter),
    ],
    ['Digest of the entry', entry.entry && <span class="mono">{entry.entry}</span>],
    ['Digest of what it wants', entry.content && <span class="mono">{entry.content}</span>],
  ];
  return (
    <Frame input={input} title={`Entry ${sequence}`} tab="history">
      <div class="head">
        <div>
          <h1>
            Entry {sequence}
            {entry.newest && <State sign="enforcing">the newest</State>}
            {!entry.valid && <State sign="error">not valid</State>}
          </h1>
          <p>{entry.reason ?? entry.problem}</p>
        </div>
      </div>
      <Card
        title="What it changed"
        id="changed"
        live
        beside={detail.before !== undefined && `against entry ${detail.before}`}
      >
        <div class="in">
          {difference ? (
            <Changes difference={difference} links={links} />
          ) : (
            <p class="muted">It is not known: {unknown}.</p>
          )}
        </div>
      </Card>
      <section class="card" aria-label="Facts">
        <dl class="facts">
          {facts.map(
            ([name, value]) =>
              value !== undefined && (
                <div>
                  <dt>{name}</dt>
                  <dd>{value as never}</dd>
                </div>
              ),
          )}
        </dl>
      </section>
    </Frame>
  );
}
