import type { Node } from 'web-tree-sitter';

/** An expression without the wrappers around its one child. */
export function bare(node: Node): Node {
  const children = node.namedChildren.filter((child) => child !== null);
  const wraps = ['expression', 'literal_value', 'collection_value', 'template_expr'].includes(node.type);
  return wraps && children.length === 1 ? bare(children[0]!) : node;
}

/** The text of a string without interpolation; undefined of anything else. */
export function stringOf(node: Node): string | undefined {
  const inner = bare(node);
  if (inner.type !== 'string_lit' && inner.type !== 'quoted_template') return undefined;
  if (inner.namedChildren.some((child) => child?.type === 'template_interpolation')) return undefined;
  return inner.text.slice(1, -1);
}

/** The strings of a tuple, each as it is written (`"a"` without its quotes), or of one string. */
export function stringsOf(node: Node): { text: string; line: number }[] {
  const inner = bare(node);
  const elements =
    inner.type === 'tuple' ? inner.namedChildren.filter((one) => one?.type === 'expression') : [node];
  return elements.map((one) => ({
    text: bare(one!).text.replace(/^"|"$/g, ''),
    line: one!.startPosition.row + 1,
  }));
}

/** Every string in an expression, at any depth. */
export function everyString(node: Node): { text: string; line: number }[] {
  return node
    .descendantsOfType(['string_lit', 'quoted_template'])
    .filter((one) => one !== null)
    .map((one) => ({ text: one.text.slice(1, -1), line: one.startPosition.row + 1 }));
}
