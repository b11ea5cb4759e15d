import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';

/**
 * HCL is read with the tree-sitter community's grammar for Terraform, as WebAssembly: it is maintained, runs in
 * Node.js alone, and keeps the line of everything, which HashiCorp's own parser compiled to JSON does not.
 */
const GRAMMAR = '@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm';

await Parser.init();
const language = await Language.load(readFileSync(createRequire(import.meta.url).resolve(GRAMMAR)));
const parser = new Parser();
parser.setLanguage(language);

/** Where something is. */
export interface HclPlace {
  /** The path that was given for the file. */
  file: string;
  /** Counted from 1. */
  line: number;
}

/** `name = value`. */
export interface HclAttribute extends HclPlace {
  name: string;
  value: Node;
}

/** `type "label" "label" { ... }`. */
export interface Block extends HclPlace {
  type: string;
  labels: readonly string[];
  body: HclBody;
}

/** What is between braces, or in a whole file. */
export interface HclBody {
  attributes: readonly HclAttribute[];
  blocks: readonly Block[];
}

/** Something wrong, and where. */
export interface HclFault extends HclPlace {
  says: string;
}

/** A file's body, and where it is not HCL. */
export function parse(file: string, text: string): { body: HclBody; faults: HclFault[] } {
  const tree = parser.parse(text);
  if (!tree) throw new Error(`${file} could not be parsed`);
  const body = tree.rootNode.namedChildren.find((node) => node?.type === 'body');
  return {
    body: body ? bodyOf(file, body) : { attributes: [], blocks: [] },
    faults: syntaxFaults(file, tree.rootNode),
  };
}

/** The line of a node, counted from 1. */
export const lineOf = (node: Node): number => node.startPosition.row + 1;

function bodyOf(file: string, node: Node): HclBody {
  const children = node.namedChildren.filter((child) => child !== null);
  return {
    attributes: children.filter(({ type }) => type === 'attribute').map((one) => attributeOf(file, one)),
    blocks: children.filter(({ type }) => type === 'block').map((one) => blockOf(file, one)),
  };
}

function attributeOf(file: string, node: Node): HclAttribute {
  const [name, value] = node.namedChildren;
  return { file, line: lineOf(node), name: name!.text, value: value! };
}

function blockOf(file: string, node: Node): Block {
  const [type, ...rest] = node.namedChildren.filter((child) => child !== null);
  const body = rest.find((child) => child.type === 'body');
  return {
    file,
    line: lineOf(node),
    type: type!.text,
    labels: rest
      .filter((child) => child.type === 'string_lit' || child.type === 'identifier')
      .map((label) => label.text.replace(/^"|"$/g, '')),
    body: body ? bodyOf(file, body) : { attributes: [], blocks: [] },
  };
}

function syntaxFaults(file: string, node: Node): HclFault[] {
  if (!node.hasError) return [];
  const place = { file, line: lineOf(node) };
  if (node.isMissing) return [{ ...place, says: `this is not HCL: ${node.type} is missing` }];
  if (node.isError)
    return [{ ...place, says: `this is not HCL: \`${node.text.split('\n')[0]!.slice(0, 40)}\`` }];
  return node.children.flatMap((child) => (child ? syntaxFaults(file, child) : []));
}
