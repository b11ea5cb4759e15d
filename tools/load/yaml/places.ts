import { isMap, isScalar, isSeq, LineCounter, type Node } from 'yaml';
import type { Place } from '../../finding/finding.ts';
import { read } from './parse.ts';
import type { Path } from '../repository.ts';

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
    return this.at(offset);
  }

  /** The place of an offset, in UTF-16 units. */
  at(offset: number): Place {
    this.#lines ??= lines(this.text);
    const { line, col } = this.#lines.linePos(Math.min(offset, this.text.length));
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) };
  }
}

/** The key and the value behind one step of a path; a list's items have no key. */
function entry(node: unknown, step: string | number): [key?: Node | undefined, value?: Node | undefined] {
  if (isSeq(node)) return [undefined, node.items[Number(step)] as Node | undefined];
  if (!isMap(node)) return [];
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
  return [pair?.key as Node | undefined, (pair?.value ?? undefined) as Node | undefined];
}

function lines(text: string): LineCounter {
  const counter = new LineCounter();
  counter.addNewLine(0);
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1))
    counter.addNewLine(index + 1);
  return counter;
}
