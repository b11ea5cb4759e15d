/** A line of a file, on one side of a change. */
export interface SourceLine {
  file: string;
  /** Counts from 1. */
  line: number;
  /** The side that has it; what is not about a change is `after`. */
  side: 'before' | 'after';
}

declare const OURS: unique symbol;

/** Words that stand in our own source: nothing that somebody else wrote has this type. */
export type OurWords = string & { readonly [OURS]: true };

/**
 * A piece of a sentence. Text that somebody else wrote is in
 * `name`, `code`, `prose` and `place`, which each medium cleans.
 */
export type Part =
  | { kind: 'words'; text: OurWords }
  /** What a person, a device or a backend is called: shown as it is, or as code where the medium has code. */
  | { kind: 'name'; text: string }
  /** An id, or a command to type: shown as code. */
  | { kind: 'code'; text: string }
  /** A text of many words, of which some may be ours: in it, backticks set code. */
  | { kind: 'prose'; text: string }
  | ({ kind: 'place' } & SourceLine)
  /** What parts a sentence from where its reason is. */
  | { kind: 'gap' }
  /** A cell of a table. */
  | { kind: 'cell'; sentence: Sentence };

/** A sentence as data: made once, and rendered by each medium at the end. */
export type Sentence = readonly Part[];

/** A text that the compiler knows to be a literal of our source. */
export type Literal<T> = string extends T ? never : T;

/** What may be put into a sentence; of texts, only literals. */
type Value = string | number | Part | Sentence;
type Checked<V extends readonly Value[]> = { [K in keyof V]: V[K] extends string ? Literal<V[K]> : V[K] };

/**
 * Makes a sentence: the template's own text is words of ours. A text that is no literal is refused by the compiler:
 * it says what it is by `name`, `code` or `prose`.
 */
export function say<const V extends readonly Value[]>(
  template: TemplateStringsArray,
  ...values: Checked<V>
): Sentence {
  return template.flatMap((text, index) => {
    const value: Value | undefined = values[index];
    return [...ours(text), ...(value === undefined ? [] : partsOf(value))];
  });
}

function partsOf(value: Value): Sentence {
  if (typeof value === 'string' || typeof value === 'number') return ours(String(value));
  return 'kind' in value ? [value] : value;
}

const ours = (text: string): Sentence => (text === '' ? [] : [{ kind: 'words', text: text as OurWords }]);

/** What somebody or something is called. */
export const name = (text: string): Part => ({ kind: 'name', text });

/** An id, or a command to type. */
export const code = (text: string): Part => ({ kind: 'code', text });

/** A text of many words; in it, backticks set code. */
export const prose = (text: string): Part => ({ kind: 'prose', text });

/** A cell of a table. */
export const cell = (sentence: Sentence): Part => ({ kind: 'cell', sentence });

/** Where something is. */
export const place = ({
  file,
  line,
  side = 'after',
}: Omit<SourceLine, 'side'> & Partial<SourceLine>): Part => ({
  kind: 'place',
  file,
  line,
  side,
});

/** What parts a sentence from where its reason is. */
export const GAP: Part = { kind: 'gap' };

/** Sentences as one, with words of ours between them. */
export function joined<S extends string>(sentences: readonly Sentence[], between: Literal<S>): Sentence {
  return sentences.flatMap((one, index) => (index === 0 ? one : [...ours(between), ...one]));
}

/** A sentence that begins with a capital letter. */
export function capitalized([first, ...rest]: Sentence): Sentence {
  if (!first) return [];
  if (first.kind !== 'words' && first.kind !== 'prose') return [first, ...rest];
  const text = first.text.slice(0, 1).toUpperCase() + first.text.slice(1);
  return [{ ...first, text } as Part, ...rest];
}

/** How a medium shows each kind of part. */
export type Medium = { readonly [K in Part['kind']]: (part: Extract<Part, { kind: K }>) => string };

/** A sentence in a medium. */
export function rendered(sentence: Sentence, medium: Medium): string {
  return sentence.map((part) => (medium[part.kind] as (part: Part) => string)(part)).join('');
}
