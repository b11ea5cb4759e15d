/** A line of a file, on one side of a change. */
export interface SourceLine {
  file: string;
  /** Counts from 1. */
  line: number;
  /** The side that has it; what is not about a change is `after`. */
  side: 'before' | 'after';
}

declare const OURS: unique symbol;

/** Words of our own source: nothing that another person wrote has this type. */
export type OurWords = string & { readonly [OURS]: true };

/**
 * A piece of a sentence. Text that other people wrote is in
 * `name`, `code`, `prose` and `place`, which each medium cleans.
 */
export type Piece =
  | { kind: 'words'; text: OurWords }
  /** What a person, a device or a backend is called: shown as it is, or as code where the medium has code. */
  | { kind: 'name'; text: string }
  /** An id, or a command to type: shown as code. */
  | { kind: 'code'; text: string }
  /** A text of many words, of which some may be ours: in it, backticks set code. */
  | { kind: 'prose'; text: string }
  | ({ kind: 'place' } & SourceLine)
  /** Words of ours that lead to a page of ours; words alone where a medium knows no links. */
  | { kind: 'page'; text: OurWords; url: string }
  /** A line to copy, which no medium sets: only for a line of a block of code, after other words. */
  | { kind: 'verbatim'; text: string }
  /** What parts a sentence from where its reason is. */
  | { kind: 'gap' }
  /** A cell of a table. */
  | { kind: 'cell'; sentence: Sentence };

/** A sentence as data: made once, and rendered by each medium at the end. */
export type Sentence = readonly Piece[];

/** A text that the compiler knows to be a literal of our source. */
export type Literal<T> = string extends T ? never : T;

/** What may be put into a sentence; of texts, only literals. */
type Value = string | number | Piece | Sentence;
type Literals<V extends readonly Value[]> = { [K in keyof V]: V[K] extends string ? Literal<V[K]> : V[K] };

/**
 * Makes a sentence: the template's own text is words of ours. A text that is no literal is refused by the compiler:
 * it says what it is by `name`, `code` or `prose`.
 */
export function say<const V extends readonly Value[]>(
  template: TemplateStringsArray,
  ...values: Literals<V>
): Sentence {
  return template.flatMap((text, index) => {
    const value: Value | undefined = values[index];
    return [...ours(text), ...(value === undefined ? [] : piecesOf(value))];
  });
}

function piecesOf(value: Value): Sentence {
  if (typeof value === 'string' || typeof value === 'number') return ours(String(value));
  return 'kind' in value ? [value] : value;
}

const ours = (text: string): Sentence => (text === '' ? [] : [{ kind: 'words', text: text as OurWords }]);

/** What a person or a thing is called. */
export const name = (text: string): Piece => ({ kind: 'name', text });

/** An id, or a command to type. */
export const code = (text: string): Piece => ({ kind: 'code', text });

/** A text of many words; in it, backticks set code. */
export const prose = (text: string): Piece => ({ kind: 'prose', text });

/** Words that lead to a page. @param url an address of ours */
export const page = <S extends string>(text: Literal<S>, url: string): Piece => ({
  kind: 'page',
  text: text as string as OurWords,
  url,
});

/** A line to copy, within a block of code. */
export const verbatim = (text: string): Piece => ({ kind: 'verbatim', text });

/** A cell of a table. */
export const cell = (sentence: Sentence): Piece => ({ kind: 'cell', sentence });

/** Where something is. */
export const place = ({
  file,
  line,
  side = 'after',
}: Omit<SourceLine, 'side'> & Partial<SourceLine>): Piece => ({
  kind: 'place',
  file,
  line,
  side,
});

/** What parts a sentence from where its reason is. */
export const GAP: Piece = { kind: 'gap' };

/** Sentences as one, with words of ours between them. */
export function joined<S extends string>(sentences: readonly Sentence[], between: Literal<S>): Sentence {
  return sentences.flatMap((one, index) => (index === 0 ? one : [...ours(between), ...one]));
}

/** A sentence that begins with a capital letter. */
export function capitalized([first, ...rest]: Sentence): Sentence {
  if (!first) return [];
  if (first.kind !== 'words' && first.kind !== 'prose') return [first, ...rest];
  const text = first.text.slice(0, 1).toUpperCase() + first.text.slice(1);
  return [{ ...first, text } as Piece, ...rest];
}

/** How a medium shows each kind of piece. */
export type Medium = { readonly [K in Piece['kind']]: (piece: Extract<Piece, { kind: K }>) => string };

/** A sentence in a medium. */
export function rendered(sentence: Sentence, medium: Medium): string {
  return sentence.map((piece) => (medium[piece.kind] as (piece: Piece) => string)(piece)).join('');
}
