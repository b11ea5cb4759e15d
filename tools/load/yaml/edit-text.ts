import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { ValueEdit, Path } from '../repository.ts';

/** One edit of a text: what is from one offset to another, excluded, becomes a text. */
export interface TextEdit {
  from: number;
  to: number;
  text: string;
}

/** The key and the value behind one step of a path; a list's items have no key. */
export function entry(
  node: unknown,
  step: string | number,
): [key?: Node | undefined, value?: Node | undefined] {
  if (isSeq(node)) return [undefined, node.items[Number(step)] as Node | undefined];
  if (!isMap(node)) return [];
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
  return [pair?.key as Node | undefined, (pair?.value ?? undefined) as Node | undefined];
}

/** Where in a text an edit is made; undefined where the text is not written so that it can be. */
export function editText(root: Node | null | undefined, text: string, edit: ValueEdit): TextEdit | undefined {
  if ('add' in edit) return addition(nodeAt(root, edit.path)[1], text, edit.add);
  const [key, value, owner] = nodeAt(root, edit.path);
  if ('remove' in edit) return removal(owner, key ?? value, value ?? key, text);
  if ('pair' in edit) {
    const [from, to] = [key?.range?.[0], endOf(value ?? key, text)];
    return from === undefined || to === undefined ? undefined : { from, to, text: edit.pair };
  }
  const node = edit.target === 'key' ? key : value;
  if (!node?.range) return undefined;
  const [from, to] = [node.range[0], endOf(node, text)!];
  const gap = from === to && text[from - 1] === ':' ? ' ' : '';
  return { from, to, text: gap + edit.write };
}

/** The key and the value at a path, and what they are in. */
function nodeAt(
  root: Node | null | undefined,
  path: Path,
): [key: Node | undefined, value: Node | undefined, owner: Node | undefined] {
  let found: ReturnType<typeof nodeAt> = [undefined, root ?? undefined, undefined];
  for (const step of path) found = [...(entry(found[1], step) as [Node?, Node?]), found[1]] as typeof found;
  return found;
}

/** The end of a node's own text, without what is blank after it. */
function endOf(node: Node | undefined, text: string): number | undefined {
  if (!node?.range) return undefined;
  const [from, to] = node.range;
  return from + text.slice(from, to).trimEnd().length;
}

/** Keys and values, with one more before the first. */
function addition(owner: Node | undefined, text: string, pair: string): TextEdit | undefined {
  if (!isMap(owner)) return undefined;
  const from = (owner.items[0]?.key as Node | undefined)?.range?.[0];
  if (from === undefined) return undefined;
  const column = from - (text.lastIndexOf('\n', from - 1) + 1);
  return { from, to: from, text: owner.flow ? `${pair}, ` : `${pair}\n${' '.repeat(column)}` };
}

/** An item or a key with its value, with the comma between brackets or the lines that are its own. */
function removal(
  owner: Node | undefined,
  first: Node | undefined,
  last: Node | undefined,
  text: string,
): TextEdit | undefined {
  const [from, to] = [first?.range?.[0], endOf(last, text)];
  if (from === undefined || to === undefined || !(isMap(owner) || isSeq(owner))) return undefined;
  // The last of several would leave nothing, which is another value than none.
  if (owner.items.length < 2) return undefined;
  if (owner.flow) return betweenBrackets(text, from, to);
  const line = text.lastIndexOf('\n', from - 1) + 1;
  const end = text.indexOf('\n', to);
  const alone = isSeq(owner) ? /^ *- *$/ : /^ *$/;
  if (!alone.test(text.slice(line, from)) || !/^ *(#.*)?\r?$/.test(text.slice(to, end < 0 ? undefined : end)))
    return undefined;
  return { from: line, to: end < 0 ? text.length : end + 1, text: '' };
}

function betweenBrackets(text: string, from: number, to: number): TextEdit {
  const after = /^\s*,\s*/.exec(text.slice(to));
  if (after) return { from, to: to + after[0].length, text: '' };
  const before = /,\s*$/.exec(text.slice(0, from));
  return { from: from - (before?.[0].length ?? 0), to, text: '' };
}
