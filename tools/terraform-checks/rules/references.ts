import type { Module } from '../hcl/module.ts';
import { everyAttribute } from '../hcl/module.ts';
import type { Block, HclFault } from '../hcl/parse.ts';
import { type Reference, referencesOf } from '../hcl/references.ts';
import { kindOf } from '../schema.ts';
import { calledFolder } from './calls.ts';
import type { TerraformRule, TerraformModules } from './rule.ts';

/** A reference and the file that it is in. */
export type ReferenceInFile = Reference & { file: string };

/** Roots that Terraform itself gives, with what each offers. */
const GIVEN: Readonly<Record<string, readonly string[] | 'anything'>> = {
  each: ['key', 'value'],
  count: ['index'],
  path: ['module', 'root', 'cwd'],
  terraform: ['workspace'],
  self: 'anything',
};

/** Attributes in which names are keywords: types, and what `ignore_changes` lists. */
const KEYWORDS: readonly [block: string, attribute: string][] = [
  ['variable', 'type'],
  ['lifecycle', 'ignore_changes'],
];

/** Everything that a module refers to. */
export function allReferences(module: Module): ReferenceInFile[] {
  const blocks = [
    ...module.resources,
    ...module.data,
    ...module.calls,
    ...module.outputs,
    ...module.providers,
    ...module.variables,
    ...module.others.filter(({ type }) => type === 'check'),
  ];
  const attributes = [
    ...blocks.flatMap((block) => everyAttribute(withoutKeywords(block).body)),
    ...module.locals.map((attribute) => ({ attribute, bound: new Set<string>() })),
  ];
  return attributes.flatMap(({ attribute, bound }) =>
    referencesOf(attribute.value, bound).map((one) => ({ ...one, file: attribute.file })),
  );
}

function withoutKeywords(block: Block): Block {
  const keyword = (name: string): boolean =>
    KEYWORDS.some(([type, one]) => type === block.type && one === name);
  const providers = (name: string): boolean => block.type === 'module' && name === 'providers';
  return {
    ...block,
    body: {
      attributes: block.body.attributes.filter(({ name }) => !keyword(name) && !providers(name)),
      blocks: block.body.blocks.map(withoutKeywords),
    },
  };
}

/** Ensure that everything referred to exists: variables, locals, attributes, outputs. */
export const referencesExist: TerraformRule = (module, world) =>
  allReferences(module).flatMap((one) => {
    const says = wrong(one, module, world);
    return says === undefined ? [] : [{ file: one.file, line: one.line, says } satisfies HclFault];
  });

function wrong(reference: ReferenceInFile, module: Module, world: TerraformModules): string | undefined {
  const { root, steps } = reference;
  const [first] = steps;
  const given = GIVEN[root];
  if (given)
    return given === 'anything' || given.includes(first!) ? undefined : `there is no ${root}.${first}`;
  if (root === 'var') return named(module.variables, first) ? undefined : `there is no variable ${first}`;
  if (root === 'local')
    return module.locals.some(({ name }) => name === first) ? undefined : `there is no local ${first}`;
  if (root === 'module') return wrongOutput(steps, module, world);
  if (root === 'data') return wrongAttribute('data', first, steps.slice(1), module, world);
  return wrongAttribute('resource', root, steps, module, world);
}

const named = (blocks: readonly Block[], name: string | undefined): Block | undefined =>
  blocks.find(({ labels }) => labels[0] === name);

function wrongOutput(
  [name, ...steps]: Reference['steps'],
  module: Module,
  world: TerraformModules,
): string | undefined {
  const call = named(module.calls, name);
  if (!call) return `there is no module ${name}`;
  const output = steps.find((step) => step !== undefined);
  const target = world.modules.get(calledFolder(module, call) ?? '');
  if (output === undefined || !target || named(target.outputs, output)) return undefined;
  return `module ${name} has no output ${output}`;
}

function wrongAttribute(
  mode: 'resource' | 'data',
  type: string | undefined,
  [name, ...steps]: Reference['steps'],
  module: Module,
  { provider }: TerraformModules,
): string | undefined {
  const blocks = mode === 'data' ? module.data : module.resources;
  if (!blocks.some(({ labels }) => labels[0] === type && labels[1] === name))
    return `there is no ${mode} ${[type, name].filter(Boolean).join('.')}`;
  const kind = kindOf(provider, mode, type!);
  const attribute = steps.find((step) => step !== undefined);
  if (!kind || attribute === undefined || kind.attributes.includes(attribute)) return undefined;
  return `${mode} ${type} has no attribute ${attribute}`;
}

/** Ensure that every variable, local and data block is of use. */
export const nothingIsUnused: TerraformRule = (module) => {
  const used = new Set(
    allReferences(module).flatMap(({ root, steps }) => [
      `${root}.${steps[0]}`,
      `${root}.${steps[0]}.${steps[1]}`,
    ]),
  );
  const unused = (
    what: string,
    key: string,
    { file, line }: HclFault | Block | Module['locals'][number],
  ): HclFault[] => (used.has(key) ? [] : [{ file, line, says: `${what} is not used` }]);
  return [
    ...module.variables.flatMap((one) => unused(`variable ${one.labels[0]}`, `var.${one.labels[0]}`, one)),
    ...module.locals.flatMap((one) => unused(`local ${one.name}`, `local.${one.name}`, one)),
    ...module.data.flatMap((one) =>
      unused(`data ${one.labels.join('.')}`, `data.${one.labels.join('.')}`, one),
    ),
  ];
};
