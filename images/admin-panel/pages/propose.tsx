import { linesOf } from '../../../tools/output/difference.ts';
import { summary } from '../../../tools/output/findings.ts';
import { Fault } from '../../../tools/contract/fault.ts';
import type {
  EnvironmentDifference,
  OpenedProposal,
  OpenedProposals,
  ProposalPreview,
} from '../../../tools/contract/shapes.ts';
import { membership } from '../../../tools/access/values/membership.ts';
import { changeOfForm, FORMS, type FormKind } from '../propose/form.ts';
import { openProposal, previewOf, readChange } from '../propose/propose.ts';
import { FIELD } from '../security/form-token.ts';
import { Fields } from './fields.tsx';
import { Frame, type PageInput } from './frame.tsx';
import { Icon, State } from './icons.tsx';
import { pathIn } from './links.ts';
import { Blank, Card, Names } from './parts.tsx';
import { Changes, Prose, Src } from './sentence.tsx';
import { FileChange } from './yaml.tsx';

/** What became of what was asked for. */
type Outcome =
  | { type: 'nothing' }
  | { type: 'refused'; fault: Fault }
  | { type: 'preview'; preview: ProposalPreview }
  | { type: 'opened'; opened: OpenedProposal };

/** The form, empty or as a link filled it in. */
export async function proposePage(input: PageInput, kind: FormKind) {
  return page(input, kind, input.query, { type: 'nothing' });
}

/** The form as it was sent: what it would do, or what was opened. */
export async function proposedPage(input: PageInput, kind: FormKind, form: URLSearchParams) {
  return page(input, kind, form, await outcomeOf(input, kind, form));
}

async function outcomeOf(input: PageInput, kind: FormKind, form: URLSearchParams): Promise<Outcome> {
  const { asked, view } = input;
  try {
    const change = readChange(changeOfForm(kind, form, view.environment.id));
    if (form.get('do') === 'open') return { type: 'opened', opened: await openProposal(asked, change) };
    return { type: 'preview', preview: (await previewOf(asked, change)).preview };
  } catch (error) {
    if (error instanceof Fault) return { type: 'refused', fault: error };
    throw error;
  }
}

async function page(input: PageInput, kind: FormKind, values: URLSearchParams, outcome: Outcome) {
  const { view, panel, token } = input;
  const { id } = view.environment;
  const open = await listOf(panel.opener.list());
  const may = input.asked.who.person.mayPropose;
  return (
    <Frame input={input} title={`Propose: ${FORMS[kind]}`} tab="propose">
      <div class="head">
        <div>
          <h1>Propose a change</h1>
          <p>Nothing changes until it is approved and merged. What it would do is worked out as you type.</p>
        </div>
      </div>
      <nav class="seg no-paper" aria-label="Kinds of changes">
        {(Object.keys(FORMS) as FormKind[]).map((one) => (
          <a href={pathIn(id, `propose/${one}`)} {...(one === kind && { 'aria-current': 'page' as const })}>
            {FORMS[one]}
          </a>
        ))}
      </nav>
      {!may && (
        <div class="banner">
          <Icon sign="denied" />
          <div>You may see this, and may not propose: adminPanel.proposers names the groups that may.</div>
        </div>
      )}
      <div class="form-diff">
        <form class="card" method="post" action={pathIn(id, `propose/${kind}`)} data-preview="">
          <header>
            <h2>{FORMS[kind]}</h2>
          </header>
          <input type="hidden" name={FIELD} value={token} />
          <Fields kind={kind} form={{ view, values }} />
          <div class="in btns">
            <button class="btn" name="do" value="preview">
              What would it do?
            </button>
            <button class="btn main" name="do" value="open" disabled={!may}>
              {panel.opener.says}
            </button>
          </div>
        </form>
        <div id="preview" class="stack" aria-live="polite">
          <Result outcome={outcome} input={input} />
        </div>
      </div>
      <Suggestions input={input} />
      <Card title="Open proposals" id="open" live>
        {'fault' in open ? (
          <Blank title="They are not known">{open.fault.message}</Blank>
        ) : open.proposals.length === 0 ? (
          <Blank title="None">A proposal stays here until it is merged or closed.</Blank>
        ) : (
          <ul class="rows">
            {open.proposals.map((one) => (
              <li>
                <Icon sign="waiting" />
                <div>
                  {one.url === undefined ? one.title : <a href={one.url}>{one.title}</a>}
                  <p class="note">
                    <span class="mono">{one.branch}</span>
                    {one.by !== undefined && ` by ${one.by}`}
                  </p>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </Frame>
  );
}

/** What is open; a form must not fail because GitHub is away. */
async function listOf(list: Promise<OpenedProposals>): Promise<OpenedProposals | { fault: Fault }> {
  try {
    return await list;
  } catch (error) {
    if (error instanceof Fault) return { fault: error };
    throw error;
  }
}

const Result = ({ outcome, input }: { outcome: Outcome; input: PageInput }) => {
  switch (outcome.type) {
    case 'nothing':
      return (
        <Card title="What it would change">
          <Blank title="Nothing yet">
            Who gains, who loses, what is wrong with it and who must approve it stand here.
          </Blank>
        </Card>
      );
    case 'refused':
      return (
        <Card title="What it would change">
          <ul class="rows">
            <li>
              <Icon sign="error" />
              <div>
                <Prose text={outcome.fault.message} links={input.links} />
                <p class="note">{outcome.fault.remedy}</p>
                {outcome.fault.lines.map((one) => (
                  <p class="note">{one}</p>
                ))}
              </div>
            </li>
          </ul>
        </Card>
      );
    case 'opened':
      return <Opened opened={outcome.opened} />;
    case 'preview':
      return <Preview preview={outcome.preview} input={input} />;
  }
};

const Opened = ({ opened: { title, url, number, branch, commit, action } }: { opened: OpenedProposal }) => (
  <Card title={action === 'unchanged' ? 'It is open already' : 'It is open'}>
    <ul class="rows">
      <li>
        <Icon sign="enforcing" />
        <div>
          {url === undefined ? (
            <>
              The branch <span class="mono">{branch}</span> has it, at commit{' '}
              <span class="mono">{commit?.slice(0, 12)}</span>
              <p class="note">
                Neither your working tree nor what is staged was touched. To look:{' '}
                <code>git diff HEAD...{branch}</code>; to take it over: <code>git merge {branch}</code>
              </p>
            </>
          ) : (
            <a href={url}>
              Pull request {number}: {title}
            </a>
          )}
        </div>
      </li>
    </ul>
  </Card>
);

const Preview = ({ preview, input }: { preview: ProposalPreview; input: PageInput }) => {
  const { verdict, files, approvers, obstacle } = preview;
  const { links, view } = input;
  const errors = verdict.findings;
  return (
    <>
      <Card title="What it would change" beside={`against ${verdict.base.slice(0, 12)}`}>
        <div class="in">
          {verdict.environments.length === 0 && (
            <p class="muted">It cannot be worked out while files have errors.</p>
          )}
          {verdict.environments.map((one) => (
            <>
              <h3>
                {one.environment}:{' '}
                {linesOf(one).length === 1 ? 'nobody gains or loses access' : 'access changes'}
              </h3>
              <Changes difference={one} links={links} />
              <Concerned difference={one} environment={view.environment.id} />
            </>
          ))}
        </div>
      </Card>
      <Card
        title={<>Findings {errors.length > 0 && <span class="count">{errors.length}</span>}</>}
        beside={verdict.statuses.map(({ context, state }) => (
          <State sign={state === 'success' ? 'enforcing' : state === 'pending' ? 'waiting' : 'error'}>
            {context}
          </State>
        ))}
      >
        {errors.length === 0 ? (
          <Blank title="None">
            {summary({ findings: [], files: files.length, accessTests: 0 }).replace(/, 0 access tests/, '')}
          </Blank>
        ) : (
          <ul class="rows">
            {errors.map((one) => (
              <li>
                <Icon sign={one.severity === 'error' ? 'error' : 'warning'} />
                <div>
                  <Prose text={one.message} links={links} />
                  {one.expected !== undefined && ` expected ${one.expected}`}
                  {one.found !== undefined && `, found ${one.found}`}
                  {one.remedy !== undefined && (
                    <>
                      {'; '}
                      <Prose text={one.remedy} links={links} />
                    </>
                  )}
                  <p class="note">
                    <Src place={one} links={links} /> {one.rule}
                  </p>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Card title="Who must approve" beside="as the base has it">
        <ul class="rows">
          {approvers.map(({ owner, because }) => (
            <li>
              <Icon sign="waiting" />
              <div>
                <strong>{owner}</strong>
                {because.map((one) => (
                  <p class="note">
                    <Prose text={one} links={links} />
                  </p>
                ))}
              </div>
            </li>
          ))}
          <li>
            <Icon sign="denied" />
            <div>
              Not you: {input.asked.who.person.name}
              <p class="note">who writes a change does not approve it</p>
            </div>
          </li>
        </ul>
      </Card>
      <Card
        title="Files"
        beside={obstacle === undefined ? preview.branch : <State sign="error">{obstacle}</State>}
      >
        {files.map(({ path, before, after }) => (
          <div class="in">
            <h3 class="mono">
              {after === undefined ? 'deletes ' : before === undefined ? 'adds ' : 'changes '}
              {path}
            </h3>
            <FileChange before={before} after={after} />
          </div>
        ))}
      </Card>
    </>
  );
};

/** Everybody who gains or loses, where a sentence has no room for all. */
const Concerned = ({
  difference,
  environment,
}: {
  difference: EnvironmentDifference;
  environment: string;
}) => {
  const { gains, losses } = difference;
  const names = new Set([...gains, ...losses].flatMap(({ principals }) => principals));
  return names.size > 3 ? <Names names={[...names]} environment={environment} /> : null;
};

/** Names that a form suggests; the largest companies type them. */
const SUGGESTED = 400;

const Suggestions = ({ input: { view } }: { input: PageInput }) => {
  const { repository, known } = view;
  const lists: [string, Iterable<string>][] = [
    ['people', membership(repository).everybody],
    ['groups', repository.groups.keys()],
    ['services', repository.services.keys()],
    ['owners', repository.guardrails?.value.owners.map(({ id }) => id) ?? []],
    ['files', known.files.loaded.texts.keys()],
  ];
  return (
    <>
      {lists.map(([name, all]) => (
        <datalist id={`names-${name}`}>
          {[...all].slice(0, SUGGESTED).map((one) => (
            <option value={one} />
          ))}
        </datalist>
      ))}
    </>
  );
};
