import { LineCounter, type Node } from 'yaml';
import type { Place } from '../../finding/finding.ts';
import type { Fix } from '../../finding/fix.ts';
import { read } from './parse.ts';
import type { ValueEdit, Path } from '../repository.ts';
import { editText, entry, type TextEdit } from './edit-text.ts';

/** Finds places in one file; the text is parsed again, once, when the first path is asked for. */
export class Places {
  #root: Node | null | undefined;
  #lines: LineCounter | undefined;

  readonly file: string;
  readonly text: string;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  /** Where the value at a path is, or its key; the nearest parent's place where there is none. */
  of(path: Path, target: 'value' | 'key' = 'value'): Place {
    return this.at(this.offset(path, target));
  }

  /** The same in UTF-16 units from the text's beginning. */
  offset(path: Path, target: 'value' | 'key' = 'value'): number {
    this.#root ??= read(this.text).document?.contents ?? null;
    let node: Node | null | undefined = this.#root;
    let offset = node?.range?.[0] ?? 0;
    for (const [depth, step] of path.entries()) {
      const [key, value] = entry(node, step);
      const wanted = target === 'key' && depth === path.length - 1 ? (key ?? value) : (value ?? key);
      if (!wanted) break;
      offset = wanted.range?.[0] ?? offset;
      node = value;
    }
    return offset;
  }

  /** Edits as they are made in the text; undefined where it is not written so that they can be. */
  fix(edits: readonly ValueEdit[]): Fix[] | undefined {
    const texts = this.edits(edits);
    return texts && this.fixes(texts);
  }

  /** The same at offsets. */
  edits(edits: readonly ValueEdit[]): TextEdit[] | undefined {
    this.#root ??= read(this.text).document?.contents ?? null;
    const texts = edits.map((edit) => editText(this.#root, this.text, edit));
    return texts.every((one) => one !== undefined) ? texts : undefined;
  }

  /** Edits at offsets, in UTF-16 units. */
  fixes(edits: readonly TextEdit[]): Fix[] {
    const position = (offset: number) => {
      const { line, column } = this.at(offset);
      return { line, column };
    };
    return edits.map(({ from, to, text }) => ({
      file: this.file,
      start: position(from),
      end: position(to),
      text,
    }));
  }

  /** The place of an offset, in UTF-16 units. */
  at(offset: number): Place {
    this.#lines ??= lines(this.text);
    const { line, col } = this.#lines.linePos(Math.min(offset, this.text.length));
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function lines(text: string): LineCounter {
  const counter = new LineCounter();
  counter.addNewLine(0);
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1))
    counter.addNewLine(index + 1);
  return counter;
}
