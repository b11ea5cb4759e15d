import type { Node } from 'web-tree-sitter';
import { bare, everyString } from '../hcl/literal.ts';
import { attribute, everyAttribute } from '../hcl/module.ts';
import type { HclBody, HclFault } from '../hcl/parse.ts';
import type { TerraformRule } from '../rules/rule.ts';

/** Arguments of a statement in which `*` means more than it says. */
const LISTS = [
  'actions',
  'not_actions',
  'resources',
  'not_resources',
  'Action',
  'Resource',
  'NotAction',
  'NotResource',
];

/** How a reason begins; it is in the statement, above its first `*`. */
const REASON = /^# Wildcards?: \S.{8,}/;

/** Ensure that every `*` in an IAM statement has its reason written beside it. */
export const wildcardsHaveReasons: TerraformRule = ({ data, resources, locals }) => {
  const attributes = [
    ...[...data, ...resources].flatMap(({ body }) =>
      everyAttribute(withoutDenies(body)).map(({ attribute }) => attribute),
    ),
    ...locals,
  ];
  return attributes.flatMap(({ file, name, value }) => {
    const lists = LISTS.includes(name) ? [value] : elementsNamed(value);
    return lists.flatMap((list) => unreasoned(file, list));
  });
};

/** What denies cannot allow too much. */
function withoutDenies(body: HclBody): HclBody {
  const denies = (one: HclBody): boolean => attribute(one, 'effect')?.text === '"Deny"';
  return { ...body, blocks: body.blocks.filter((one) => one.type !== 'statement' || !denies(one.body)) };
}

/** Values in objects whose key is one of the lists: documents that are written by jsonencode. */
function elementsNamed(value: Node): Node[] {
  return value
    .descendantsOfType('object_elem')
    .filter((one) => one && LISTS.includes(bare(one.firstNamedChild!).text.replaceAll('"', '')))
    .map((one) => one!.lastNamedChild!);
}

function unreasoned(file: string, list: Node): HclFault[] {
  const wild = everyString(list).filter(({ text }) => text.includes('*'));
  if (wild.length === 0 || reasonIn(list)) return [];
  return [
    {
      file,
      line: wild[0]!.line,
      says: `"${wild[0]!.text}" needs a comment \`# Wildcard: <why>\` in its statement`,
    },
  ];
}

/** Looks for the reason in the block or object around the list. */
function reasonIn(list: Node): boolean {
  const inBlock = list.parent?.type === 'attribute';
  const around = inBlock ? list.parent!.parent?.parent : list.parent?.parent;
  const comments = (around?.descendantsOfType('comment') ?? []).map((one) => one!.text);
  return comments.some((text) => REASON.test(text));
}
