import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Parser,
  visit,
  type CST,
  type Document,
  type Node,
} from 'yaml';
import type { FileFault } from '../file-fault.ts';
import type { Path } from '../repository.ts';
import { scalarFault } from './scalars.ts';
import { conflictFault, syntaxFault } from './syntax.ts';

/** A file's plain value, and what is wrong with its YAML; a value with faults is not to be used. */
export interface ParseResult {
  value: unknown;
  faults: FileFault[];
}

/** Nesting deeper than this is refused; no kind of file needs 10. */
const DEEPEST = 32;

const OPTIONS = {
  version: '1.2',
  schema: 'core',
  strict: true,
  // Compared by us, in linear time: the reader compares each key with every other.
  uniqueKeys: false,
  merge: false,
  prettyErrors: false,
  logLevel: 'error',
} as const;

/** The document of a text, or the fault that keeps it from being one. */
export function read(text: string): { document?: Document.Parsed; fault?: FileFault } {
  let deep: number | undefined;
  const shallow = function* (): Iterable<CST.Token> {
    for (const token of new Parser().parse(text)) {
      deep ??= tooDeep(token);
      // The composer is recursive, and a stack that overflows in it can end the process.
      if (deep !== undefined) return;
      yield token;
    }
  };
  const documents = new Composer(OPTIONS).compose(shallow(), true, text.length);
  const document = documents.next().value as Document.Parsed;
  if (deep !== undefined) return { fault: syntaxFault('RESOURCE_EXHAUSTION', '', deep) };
  const trouble = document.errors[0] ?? document.warnings[0];
  if (trouble) {
    const { code, message, pos } = trouble;
    const nested = code === 'BLOCK_AS_IMPLICIT_KEY' ? misindented(document, text) : undefined;
    if (nested !== undefined)
      return { fault: conflictFault(text) ?? syntaxFault('BAD_INDENT', message, nested) };
    const offset = message.endsWith('quote') ? openedAt(document, pos[0]) : pos[0];
    return { fault: conflictFault(text) ?? syntaxFault(code, message, offset, text) };
  }
  const second = documents.next();
  if (deep === undefined && second.done) return { document };
  return { fault: syntaxFault('MULTIPLE_DOCS', '', deep ?? (second.value as Document.Parsed).range[0]) };
}

/** Where a line begins that is indented too deeply or not enough: the reader takes it for a part of the one above. */
function misindented({ errors }: Document.Parsed, text: string): number | undefined {
  const key = errors.find(({ code }) => code === 'MULTILINE_IMPLICIT_KEY');
  if (!key) return undefined;
  const line = text.lastIndexOf('\n', key.pos[1] - 1) + 1;
  return line + /^ */.exec(text.slice(line))![0].length;
}

/** Where the text begins whose closing quote is missing: the reader complains of the file's end. */
function openedAt(document: Document.Parsed, end: number): number {
  let offset = end;
  visit(document, {
    Scalar: (_, { range, type }) => {
      if (range && type?.startsWith('QUOTE') && range[0] <= end && end <= range[1]) offset = range[0];
    },
  });
  return offset;
}

/** Where a token is nested more deeply than is allowed. */
function tooDeep(token: CST.Token): number | undefined {
  const rest: [token: CST.Token | null | undefined, depth: number][] = [[token, 0]];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const [one, depth] = next;
    if (!one) continue;
    if (depth > DEEPEST) return one.offset;
    if (one.type === 'document') rest.push([one.value, depth]);
    else if ('items' in one)
      for (const { key, value } of one.items) rest.push([key, depth + 1], [value, depth + 1]);
  }
  return undefined;
}

/** Reads YAML 1.2: one document, without anchors, aliases, tags or directives. */
export function parse(text: string): ParseResult {
  const { document, fault } = read(text);
  if (fault || !document) return { value: undefined, faults: fault ? [fault] : [] };
  const { contents, directives } = document;
  if (directives.yaml.explicit || Object.keys(directives.tags).length > 1)
    return { value: undefined, faults: [syntaxFault('BAD_DIRECTIVE', '', 0)] };
  if (contents === null || (isScalar(contents) && contents.value === null && !contents.source))
    return { value: undefined, faults: [EMPTY] };
  const faults: FileFault[] = [];
  return { value: plain(contents, faults), faults };
}

const EMPTY: FileFault = {
  rule: 'yaml-empty',
  offset: 0,
  message: 'the file is empty',
  expected: 'one YAML document',
  remedy: 'write it, or delete the file',
};

/** The plain value of a node; what may not be in a repository is a fault. */
function plain(node: Node | null, faults: FileFault[], path: Path = []): unknown {
  if (node === null) return null;
  const fault = (words: Omit<FileFault, 'offset'>): void => {
    faults.push({ offset: node.range?.[0] ?? 0, ...words });
  };
  if (isAlias(node))
    return fault({
      rule: 'yaml-alias',
      message: `an alias (*${node.source}) is here`,
      remedy: 'write the value out, or quote it where it is a text',
    });
  if ('anchor' in node && node.anchor)
    fault({ rule: 'yaml-anchor', message: `an anchor (&${node.anchor}) is here`, remedy: 'remove it' });
  if (node.tag) fault({ rule: 'yaml-tag', message: `a tag (${node.tag}) is here`, remedy: 'remove it' });
  if (isSeq(node))
    return node.items.map((item, index) => plain(item as Node | null, faults, [...path, index]));
  if (isMap(node)) return plainMap(node.items as KeyValue[], faults, path);
  if (!isScalar(node)) return undefined;
  const source = node.source ?? '';
  const words = node.type === 'PLAIN' ? scalarFault(source, node.value) : undefined;
  if (words) fault({ ...words, scalar: { path, source, to: node.range?.[1] ?? 0 } });
  return node.value;
}

interface KeyValue {
  key: Node | null;
  value: Node | null;
}

function plainMap(pairs: readonly KeyValue[], faults: FileFault[], path: Path): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const { key, value } of pairs) {
    const name = keyOf(key, faults, (key ?? value)?.range?.[0] ?? 0);
    if (name === undefined) continue;
    if (Object.hasOwn(result, name))
      faults.push({ ...syntaxFault('DUPLICATE_KEY', '', key!.range![0]), found: name });
    else result[name] = plain(value, faults, [...path, name]);
  }
  return result;
}

/** A pair's key; what is not a plain word is a fault, and so is `__proto__`, which is no key of an object. */
function keyOf(key: Node | null, faults: FileFault[], offset: number): string | undefined {
  const before = faults.length;
  const name = plain(key, faults);
  for (const one of faults.slice(before)) delete one.scalar;
  if (faults.length > before) return undefined;
  if (typeof name === 'string' && name !== '__proto__') return name;
  const found = isScalar(key) ? key.source || 'nothing' : 'a list or a map';
  const remedy =
    typeof name === 'number' || typeof name === 'boolean' ? `quote it: "${found}"` : 'use a plain word';
  faults.push({
    rule: 'yaml-key',
    offset,
    message: 'this cannot be a key',
    expected: 'a word',
    found,
    remedy,
  });
  return undefined;
}
