import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type ParsedNode,
} from 'yaml';
import type { Place } from '../finding/finding.ts';
import type { Path } from './repository.ts';

/** What is wrong with a file's YAML, and where; an offset counts UTF-16 units from its beginning. */
export interface Fault {
  rule: string;
  offset: number;
  message: string;
  expected?: string;
  found?: string;
  remedy?: string;
}

/** A file's plain value, and what is wrong with its YAML. */
export interface Parsed {
  value: unknown;
  faults: Fault[];
}

/** Nesting deeper than this is refused. */
const DEEPEST = 32;

/** Plain scalars that YAML 1.1, and so Terraform's yamldecode, reads as something else than YAML 1.2 does. */
const AMBIGUOUS =
  /^(y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?|[-+]?0[0-7]+|[-+]?0o[0-7]+|[-+]?0b[01]+|[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?)$/;

function read(text: string): Document.Parsed<ParsedNode> {
  return parseDocument(text, {
    version: '1.2',
    schema: 'core',
    strict: true,
    uniqueKeys: true,
    merge: false,
    prettyErrors: false,
    stringKeys: false,
  });
}

/** Reads YAML 1.2: one document, without anchors, aliases or tags. */
export function parse(text: string): Parsed {
  const document = read(text);
  const faults: Fault[] = [...document.errors, ...document.warnings]
    .slice(0, 1)
    .map(({ code, message, pos }) => ({
      rule:
        code === 'MULTIPLE_DOCS'
          ? 'yaml-documents'
          : code === 'DUPLICATE_KEY'
            ? 'yaml-duplicate-key'
            : 'yaml-syntax',
      offset: pos[0],
      ...(YAML_WORDS[code] ?? {
        message: `this is not YAML: ${message.split('\n')[0]}`,
        remedy: 'mend the indentation, quotes or brackets here',
      }),
    }));
  if (faults.length > 0) return { value: undefined, faults };
  if (document.contents === null) {
    return {
      value: undefined,
      faults: [
        {
          rule: 'yaml-empty',
          offset: 0,
          message: 'the file is empty',
          expected: 'one YAML document',
          remedy: 'write it, or delete the file',
        },
      ],
    };
  }
  const value = plain(document.contents, faults, 0);
  return { value, faults };
}

const YAML_WORDS: Record<string, Pick<Fault, 'message' | 'remedy'>> = {
  MULTIPLE_DOCS: {
    message: 'the file has several documents',
    remedy: 'keep one document per file: remove the `---`',
  },
  DUPLICATE_KEY: { message: 'this key stands twice', remedy: 'keep one of the two' },
  TAB_AS_INDENT: { message: 'a tab indents this line', remedy: 'indent with spaces' },
};

/** The plain value of a node; what may not stand in a repository is a fault. */
function plain(node: Node | null, faults: Fault[], depth: number): unknown {
  const fault = (rule: string, message: string, remedy: string): undefined => {
    faults.push({ rule, offset: node?.range?.[0] ?? 0, message, remedy });
  };
  if (node === null) return null;
  if (depth > DEEPEST) return fault('yaml-depth', `this is nested more than ${DEEPEST} deep`, 'flatten it');
  if (isAlias(node))
    return fault('yaml-alias', `an alias (*${node.source}) stands here`, 'write the value out');
  if ('anchor' in node && node.anchor)
    fault('yaml-anchor', `an anchor (&${node.anchor}) stands here`, 'remove it');
  if (node.tag) fault('yaml-tag', `a tag (${node.tag}) stands here`, 'remove it');
  if (isSeq(node)) return node.items.map((item) => plain(item as Node | null, faults, depth + 1));
  if (isMap(node)) return plainMap(node.items, faults, depth);
  return isScalar(node) ? plainScalar(node as ScalarNode, fault) : undefined;
}

type ScalarNode = { value: unknown; source?: string; type?: string };

function plainScalar(
  { value, source = '', type }: ScalarNode,
  fault: (rule: string, message: string, remedy: string) => undefined,
): unknown {
  if (type === 'PLAIN' && AMBIGUOUS.test(source)) {
    return fault(
      'yaml-ambiguous',
      `Terraform reads the plain ${source} differently`,
      `quote it: "${source}"`,
    );
  }
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) {
    return fault(
      'yaml-number',
      `${source} is not a number that can be kept`,
      'write a number that can be counted with',
    );
  }
  return value;
}

function plainMap(items: readonly unknown[], faults: Fault[], depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const pair of items) {
    if (!isPair(pair)) continue;
    const key = pair.key as Node;
    const name = isScalar(key) ? key.value : undefined;
    if (typeof name !== 'string' || name === '__proto__') {
      faults.push({
        rule: 'yaml-key',
        offset: key?.range?.[0] ?? 0,
        message: `${isScalar(key) ? String(key.source ?? name) : 'this'} cannot be a key`,
        remedy: 'use a plain word',
      });
      continue;
    }
    result[name] = plain(pair.value as Node | null, faults, depth + 1);
  }
  return result;
}

/** Finds places in one file; the text is parsed again, once, when the first is asked for. */
export class Places {
  #document: Document.Parsed<ParsedNode> | undefined;
  #lines: LineCounter | undefined;

  constructor(
    readonly file: string,
    readonly text: string,
  ) {}

  /** Where the value at a path stands, or its key; the nearest parent's place where there is none. */
  of(path: Path, target: 'value' | 'key' = 'value'): Place {
    this.#document ??= read(this.text);
    let node: unknown = this.#document.contents;
    let offset = (node as Node | null)?.range?.[0] ?? 0;
    for (const step of path) {
      const item = isMap(node)
        ? node.items.find(({ key }) => isScalar(key) && key.value === step)
        : undefined;
      const next = isSeq(node) ? node.items[Number(step)] : item?.value;
      const key = item?.key as Node | undefined;
      if (next === undefined && key === undefined) break;
      node = next;
      offset =
        (target === 'key' ? key : undefined)?.range?.[0] ??
        (next as Node | null)?.range?.[0] ??
        key?.range?.[0] ??
        offset;
    }
    return this.at(offset);
  }

  /** The place of an offset. */
  at(offset: number): Place {
    if (!this.#lines) {
      this.#lines = new LineCounter();
      this.#lines.addNewLine(0);
      for (let index = this.text.indexOf('\n'); index >= 0; index = this.text.indexOf('\n', index + 1))
        this.#lines.addNewLine(index + 1);
    }
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) };
  }
}
