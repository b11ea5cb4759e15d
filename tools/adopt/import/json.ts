import {
  findNodeAtLocation,
  type JSONPath,
  type Node,
  parseTree,
  type ParseError,
  printParseErrorCode,
} from 'jsonc-parser';
import { Fault } from '../../contract/fault.ts';
import type { Finding } from '../../finding/finding.ts';

/** A file of JSON, with comments and commas at the end where it has them, and the line of everything in it. */
export class JsonFile {
  readonly #tree: Node;

  readonly file: string;
  readonly text: string;
  readonly value: unknown;

  /** @throws Fault where it is no JSON */
  constructor(file: string, text: string) {
    const errors: ParseError[] = [];
    const tree = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
    const [error] = errors;
    if (error || !tree) {
      const { line, column } = placeIn(text, error?.offset ?? 0);
      const why = error ? printParseErrorCode(error.error) : 'it is empty';
      throw new Fault(`${file}:${line}:${column} is no JSON: ${why}`, 'export it again', { status: 1 });
    }
    this.file = file;
    this.text = text;
    this.#tree = tree;
    this.value = valueOf(tree);
  }

  /** What cannot be expressed, at its place. */
  finding(path: JSONPath, message: string, remedy: string): Finding {
    const node = findNodeAtLocation(this.#tree, path) ?? this.#tree;
    const place = placeIn(this.text, node.offset);
    return { file: this.file, ...place, rule: 'import', severity: 'warning', message, remedy };
  }
}

function placeIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

function valueOf({ type, value, children = [] }: Node): unknown {
  if (type === 'array') return children.map(valueOf);
  if (type !== 'object') return value;
  // No key reaches a prototype.
  const object: Record<string, unknown> = Object.create(null);
  for (const { children: [key, one] = [] } of children)
    if (key && one) object[String(key.value)] = valueOf(one);
  return object;
}

/** A list of texts; nothing where it is none. */
export const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];

/** An object; an empty one where it is none. */
export const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

/** A list of objects; those that are none are empty, so that each keeps its number. */
export const objectsOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.map(objectOf) : [];
