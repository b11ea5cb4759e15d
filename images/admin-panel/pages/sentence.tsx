import type { Piece, Sentence } from '../../../tools/contract/sentence.ts';
import type { EnvironmentDifference } from '../../../tools/contract/shapes.ts';
import { visible } from '../../../tools/contract/visible.ts';
import { linesOf } from '../../../tools/output/difference.ts';

/** A sentence of the commands as part of a page: ids and places lead somewhere, and no text has a meaning. */
export const Say = ({ sentence, links }: { sentence: Sentence; links: PageLinks }) => (
  <>{sentence.map((piece) => Shown(piece, links))}</>
);

/** Where ids, names and places lead. */
export interface PageLinks {
  /** The page of an id; undefined where it has none. */
  ofId(id: string): string | undefined;
  ofName(name: string): string | undefined;
  ofPlace(place: { file: string; line: number }): string | undefined;
}

function Shown(piece: Piece, links: PageLinks) {
  switch (piece.kind) {
    case 'words':
      return piece.text;
    case 'name':
      return <Linked to={links.ofName(piece.text)}>{visible(piece.text)}</Linked>;
    case 'code':
      return <Code text={piece.text} links={links} />;
    case 'prose':
      return <Prose text={piece.text} links={links} />;
    case 'place':
      return <Src place={piece} links={links} />;
    case 'gap':
      return ' ';
    case 'cell':
      return <Say sentence={piece.sentence} links={links} />;
  }
}

const Code = ({ text, links }: { text: string; links: PageLinks }) => (
  <code>
    <Linked to={links.ofId(text)}>{visible(text)}</Linked>
  </code>
);

/** Words, in which backticks set code. */
export const Prose = ({ text, links }: { text: string; links: PageLinks }) => (
  <>
    {text
      .split(/(\x60[^\x60]+\x60)/)
      .map((part) =>
        part.startsWith('\x60') && part.length > 1 ? (
          <Code text={part.slice(1, -1)} links={links} />
        ) : (
          visible(part)
        ),
      )}
  </>
);

const Linked = ({ to, children }: { to: string | undefined; children?: unknown }) =>
  to === undefined ? <>{children as never}</> : <a href={to}>{children as never}</a>;

/** A file and a line. */
export const Src = ({ place, links }: { place: { file: string; line: number }; links: PageLinks }) => {
  const text = `${visible(place.file)}:${place.line}`;
  const to = links.ofPlace(place);
  return to === undefined ? (
    <span class="src muted">{text}</span>
  ) : (
    <a class="src" href={to}>
      {text}
    </a>
  );
};

const KINDS = { '+': 'gain', '-': 'lose', '?': 'same', '>': 'move', '=': 'same' } as const;
const SAID = { '+': 'gain', '-': 'loss', '?': 'observed', '>': 'destination', '=': 'unchanged' } as const;

/** A difference, in the sentences of `render-diff`. */
export const Changes = ({
  difference,
  links,
  most,
}: {
  difference: EnvironmentDifference;
  links: PageLinks;
  /** Lines that are shown; the rest are counted. */
  most?: number;
}) => {
  const lines = linesOf(difference);
  const shown = most === undefined ? lines : lines.slice(0, most);
  return (
    <ul class="sentences">
      {shown.map(([mark, sentence]) => (
        <li class={KINDS[mark]}>
          <span class="sg" aria-hidden="true">
            {mark === '-' ? '−' : mark}
          </span>
          <div>
            <span class="hidden">{SAID[mark]}: </span>
            <Say sentence={sentence} links={links} />
          </div>
        </li>
      ))}
      {lines.length > shown.length && (
        <li class="same">
          <span class="sg" aria-hidden="true">
            …
          </span>
          <div>and {lines.length - shown.length} more</div>
        </li>
      )}
    </ul>
  );
};
