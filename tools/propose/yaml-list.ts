import { isDeepStrictEqual } from 'node:util';
import {
  isMap,
  isSeq,
  LineCounter,
  parseDocument,
  stringify,
  type Document,
  type Node,
  type YAMLSeq,
} from 'yaml';
import { Fault } from '../contract/fault.ts';

/**
 * A YAML text with one more item at the end of a list; every other byte stays as it is. A list that is not there is
 * begun at the end of the text.
 * @param key of the list, at the top of the document
 * @throws Fault where the text cannot be edited so
 */
export function withItem(text: string, key: string, item: unknown): string {
  const { list, flow, document } = listIn(text, key);
  const before = document.toJS() as Record<string, unknown[]>;
  const wanted = { ...before, [key]: [...(before[key] ?? []), item] };
  return verified(added(text, key, item, { list, flow }), key, wanted);
}

function added(
  text: string,
  key: string,
  item: unknown,
  { list, flow }: Omit<FoundList, 'document'>,
): string {
  const written = flowText(item);
  if (!list) return `${text.replace(/\n*$/, '\n')}${key}:\n  - ${written}\n`;
  const last = list.items.at(-1) as Node | undefined;
  if (flow) {
    const [, end] = last?.range ?? [0, list.range![0] + 1];
    return `${text.slice(0, end)}${last ? ', ' : ''}${written}${text.slice(end)}`;
  }
  const start = text.lastIndexOf('\n', last!.range![0]) + 1;
  const indent = /^[ \t]*/.exec(text.slice(start))![0];
  const end = endOfLine(text, last!.range![1]);
  const line = `${text[end - 1] === '\n' ? '' : '\n'}${indent}- ${written}\n`;
  return text.slice(0, end) + line + text.slice(end);
}

/**
 * A YAML text without the items of a list that match; every other byte stays as it is.
 * @throws Fault where none matches, or the text cannot be edited so
 */
export function withoutItems(text: string, key: string, matches: (item: unknown) => boolean): string {
  const { list, flow, document } = listIn(text, key);
  const items = (list?.items ?? []) as Node[];
  const gone = items.filter((one) => matches(one.toJS(document)));
  if (gone.length === 0) throw new Fault(`${key} has no such item`, 'name one that is there');
  const left = items.filter((one) => !gone.includes(one)).map((one): unknown => one.toJS(document));
  return verified(without(text, { list: list!, flow }, gone), key, { ...document.toJS(), [key]: left });
}

function without(
  text: string,
  { list, flow }: { list: YAMLSeq; flow: boolean },
  gone: readonly Node[],
): string {
  const items = list.items as Node[];
  if (gone.length === items.length) {
    const [start, end] = list.range!;
    return `${text.slice(0, start)}[]${text.slice(flow ? end : trimmedEnd(text, end))}`;
  }
  const cuts = gone.map((one) => (flow ? flowCut(items, one) : lineCut(text, one)));
  return cuts.reverse().reduce((all, [start, end]) => all.slice(0, start) + all.slice(end), text);
}

/** An item as flow YAML on one line. */
export function flowText(item: unknown): string {
  return stringify(item, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}

interface FoundList {
  list: YAMLSeq | undefined;
  /** Written with brackets. */
  flow: boolean;
  document: Document;
}

function listIn(text: string, key: string): FoundList {
  const document = parseDocument(text, { lineCounter: new LineCounter() });
  const { contents } = document;
  if (document.errors.length > 0 || !isMap(contents))
    throw new Fault('the file is no map of keys', 'fix it first: npx ztna validate');
  const value = contents.get(key, true);
  if (value === undefined) return { list: undefined, flow: false, document };
  if (!isSeq(value)) throw new Fault(`${key} is no list`, 'fix it first: npx ztna validate');
  return { list: value, flow: value.flow === true, document };
}

/** A line of its own, with its comment. */
function lineCut(text: string, item: Node): [number, number] {
  return [text.lastIndexOf('\n', item.range![0]) + 1, endOfLine(text, item.range![1])];
}

/** An item of a list in brackets, with the comma that parts it from the next, else from the one before. */
function flowCut(items: readonly Node[], item: Node): [number, number] {
  const index = items.indexOf(item);
  const next = items[index + 1];
  if (next) return [item.range![0], next.range![0]];
  return [items[index - 1]!.range![1], item.range![1]];
}

function endOfLine(text: string, from: number): number {
  // A block item's range may end at the beginning of the next line.
  if (from > 0 && text[from - 1] === '\n') return from;
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

function trimmedEnd(text: string, end: number): number {
  return end > 0 && text[end - 1] === '\n' ? end - 1 : end;
}

/** An edited text, which must say what is wanted: YAML has more ways to write a list than are known here. */
function verified(text: string, key: string, wanted: object): string {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isDeepStrictEqual(document.toJS(), wanted))
    throw new Fault(`${key} is written in a way that cannot be edited here`, 'edit the file by hand');
  return text;
}
