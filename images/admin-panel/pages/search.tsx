import { membership } from '../../../tools/access/values/membership.ts';
import { nearest } from '../../../tools/finding/nearest.ts';
import type { Repository } from '../../../tools/load/repository.ts';
import { NotFound } from '../model/view.ts';
import { Frame, type PageInput } from './frame.tsx';
import { pathIn } from './links.ts';
import { Blank, Card } from './parts.tsx';
import { Yaml } from './yaml.tsx';

/** Things of one kind that are shown. */
const SHOWN = 20;

/** Everything whose name, text or commit contains some words. */
export function searchPage(input: PageInput) {
  const { view, query } = input;
  const { id } = view.environment;
  const words = (query.get('q') ?? '').trim().toLowerCase().slice(0, 100);
  const found =
    words === '' ? [] : kindsOf(input).map((kind) => ({ ...kind, items: matching(kind.items, words) }));
  const hits = found.filter(({ items }) => items.length > 0);
  const near = hits.length > 0 ? undefined : nearestOf(input, words);
  return (
    <Frame input={input} title="Search" tab="">
      <div class="head">
        <div>
          <h1>Search</h1>
          <p>
            {words === '' ? 'Type a part of a name, of a description, or of a commit.' : `For “${words}”`}
          </p>
        </div>
      </div>
      {words !== '' && hits.length === 0 && (
        <Card title="Nothing found">
          <Blank title={`Nobody and nothing is called “${words}”`}>
            {near === undefined ? (
              'Type less of it.'
            ) : (
              <a href={`${pathIn(id, 'search')}?q=${encodeURIComponent(near)}`}>Did you mean {near}?</a>
            )}
          </Blank>
        </Card>
      )}
      {hits.map(({ title, items }) => (
        <Card title={title} beside={items.length > SHOWN ? `${SHOWN} of ${items.length}` : undefined}>
          <ul class="rows">
            {items.slice(0, SHOWN).map(({ name, text, path }) => (
              <li>
                <span />
                <div>
                  <a href={pathIn(id, path)}>{name}</a>
                  {text !== '' && <p class="note">{text}</p>}
                </div>
              </li>
            ))}
          </ul>
        </Card>
      ))}
    </Frame>
  );
}

interface Item {
  name: string;
  text: string;
  /** Its page, below the environment. */
  path: string;
  /** What is searched, in lower case. */
  words: string;
}

/** Things of a kind. */
interface Kind {
  title: string;
  items: readonly Item[];
}

const matching = (items: readonly Item[], words: string): Item[] =>
  items.filter((one) => one.words.includes(words));

const item = (kind: string, name: string, text = ''): Item => ({
  ...{ name, text, path: `${kind}/${name}`, words: `${name} ${text}`.toLowerCase() },
});

function kindsOf({ view: { repository, store } }: PageInput): Kind[] {
  const entries = (store.history?.entries ?? []).map(({ sequence, reason = '', commit = '', author = '' }) =>
    item('history', String(sequence), [reason, commit.slice(0, 12), author].filter(Boolean).join(' · ')),
  );
  return [...kindsIn(repository), { title: 'Entries', items: entries }];
}

const kinds = new WeakMap<Repository, readonly Kind[]>();

/** What the files name, put into lower case once. */
function kindsIn(repository: Repository): readonly Kind[] {
  const known = kinds.get(repository);
  if (known) return known;
  const described = (files: ReadonlyMap<string, { value: { description: string } }>, kind: string) =>
    [...files].map(([id, { value }]) => item(kind, id, value.description));
  const { everybody } = membership(repository);
  const found = [
    { title: 'People and machines', items: everybody.map((name) => item('people', name)) },
    { title: 'Services', items: described(repository.services, 'services') },
    { title: 'Groups', items: described(repository.groups, 'groups') },
    { title: 'Policies', items: described(repository.policies, 'policies') },
  ];
  kinds.set(repository, found);
  return found;
}

/** A file of the repository, as it is shown. @throws NotFound */
export function filePage(input: PageInput) {
  const path = input.query.get('path') ?? '';
  const text = input.view.known.files.loaded.texts.get(path);
  if (text === undefined) throw new NotFound(`there is no file ${path}`, 'follow a link of another page');
  return (
    <Frame input={input} title={path} tab="">
      <div class="head">
        <h1 class="mono">{path}</h1>
      </div>
      <Card title="As it is shown" beside={input.view.known.files.commit.slice(0, 12)}>
        <Yaml text={text} />
      </Card>
    </Frame>
  );
}

const nearestOf = (input: PageInput, words: string): string | undefined =>
  nearest(
    words,
    kindsOf(input).flatMap(({ items }) => items.map(({ name }) => name)),
  );
