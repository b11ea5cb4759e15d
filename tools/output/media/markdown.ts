import { rendered, type Medium, type Sentence, type SourceLine } from '../../contract/sentence.ts';
import { visible } from '../../contract/visible.ts';
import { code, inert } from './inert.ts';

declare const MARKDOWN: unique symbol;

/** Text in GitHub's Markdown, in which nothing that other people wrote has a meaning. */
export type Markdown = string & { readonly [MARKDOWN]: true };

/** The page that shows a line; undefined where there is none. */
export type PageOf = (line: SourceLine) => string | undefined;

/** A sentence as Markdown, with links to the lines that have a page. */
export function markdown(sentence: Sentence, pageOf: PageOf = () => undefined): Markdown {
  return rendered(sentence, mediumOf(pageOf)) as Markdown;
}

function mediumOf(pageOf: PageOf): Medium {
  const medium: Medium = {
    words: ({ text }) => text,
    name: ({ text }) => code(text),
    code: ({ text }) => code(text),
    prose: ({ text }) => inert(text),
    place: (at) => linked(code(`${at.file}:${at.line}`), pageOf(at)),
    // Ours, with texts of others in quotes: it begins no fence, which alone would end the block.
    verbatim: ({ text }) => visible(text),
    page: ({ text, url }) => linked(text, url),
    gap: () => ' &nbsp; ',
    cell: ({ sentence }) => rendered(sentence, medium).replaceAll('|', '\\|'),
  };
  return medium;
}

/** Text that leads to a page, where there is one. @param page an address of ours */
export function linkTo(text: Sentence, page: string | undefined): Markdown {
  return linked(markdown(text), page) as Markdown;
}

const linked = (text: string, page: string | undefined): string =>
  page === undefined ? text : `[${text}](${page})`;
