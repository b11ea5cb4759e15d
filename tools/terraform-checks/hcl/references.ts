import type { Node } from 'web-tree-sitter';
import { lineOf } from './parse.ts';

/** What an expression refers to: `aws_subnet.private["a"].id` is aws_subnet, [private, [a], id]. */
export interface Reference {
  root: string;
  /** Names in order; an index or a splat is `undefined`. */
  steps: readonly (string | undefined)[];
  line: number;
}

/** Everything an expression refers to, but the variables of its own `for`, and those named in `bound`. */
export function referencesOf(node: Node, bound: ReadonlySet<string> = new Set()): Reference[] {
  if (node.type === 'for_expr') return ofFor(node, bound);
  if (node.type === 'object_elem') return ofElement(node, bound);
  const children = node.namedChildren.filter((child) => child !== null);
  return children.flatMap((child, at) => {
    const inner = referencesOf(child, bound);
    if (child.type !== 'variable_expr' || bound.has(child.text)) return inner;
    return [{ root: child.text, steps: stepsFrom(children.slice(at + 1)), line: lineOf(child) }, ...inner];
  });
}

/** Names that a `for` binds hold in all of it but in what it goes through. */
function ofFor(node: Node, bound: ReadonlySet<string>): Reference[] {
  const intro = node.descendantsOfType('for_intro')[0];
  if (!intro) return [];
  const names = intro.namedChildren.filter((child) => child?.type === 'identifier').map((one) => one!.text);
  const inside = new Set([...bound, ...names]);
  const parts = node.namedChildren[0]!.namedChildren.filter((child) => child !== null);
  return parts.flatMap((part) => referencesOf(part, part.id === intro.id ? bound : inside));
}

/** A bare word as an object's key is a name, not a reference. */
function ofElement(node: Node, bound: ReadonlySet<string>): Reference[] {
  const [key, ...rest] = node.namedChildren.filter((child) => child !== null);
  const bare = key!.namedChildren.length === 1 && key!.firstNamedChild?.type === 'variable_expr';
  const named = bare && key!.text.match(/^[\w-]+$/);
  return [...(named ? [] : [key!]), ...rest].flatMap((one) => referencesOf(one, bound));
}

function stepsFrom(siblings: readonly Node[]): (string | undefined)[] {
  const steps: (string | undefined)[] = [];
  for (const node of siblings) {
    if (node.type === 'get_attr') steps.push(node.firstNamedChild?.text);
    else if (node.type === 'index') steps.push(undefined);
    else if (node.type === 'splat') {
      const inner = node.firstNamedChild!.namedChildren.filter((child) => child !== null);
      steps.push(undefined, ...stepsFrom(inner));
    } else break;
  }
  return steps;
}
