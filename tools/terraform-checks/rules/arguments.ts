import { attribute } from '../hcl/module.ts';
import type { Block, HclBody, HclFault } from '../hcl/parse.ts';
import { type Arguments, kindOf } from '../schema.ts';
import type { TerraformRule } from './rule.ts';

/** Arguments that Terraform gives to every resource. */
const META = ['count', 'for_each', 'depends_on', 'provider'];
const META_BLOCKS = ['lifecycle', 'provisioner', 'connection', 'precondition', 'postcondition'];

const kinds = (module: Parameters<TerraformRule>[0]) =>
  [
    ...module.resources.map((block) => ({ mode: 'resource' as const, block })),
    ...module.data.map((block) => ({ mode: 'data' as const, block })),
  ].map(({ mode, block }) => ({ mode, block, type: block.labels[0]! }));

/** Ensure that every kind of resource and data is one of the provider's. */
export const kindsExist: TerraformRule = (module, { provider }) =>
  kinds(module)
    .filter(({ mode, type }) => !kindOf(provider, mode, type))
    .map(({ mode, type, block }) => ({
      ...placeOf(block),
      says: `${provider.provider} ${provider.version} has no ${mode} ${type} (or extract.ts was not run)`,
    }));

/** Ensure that every argument and nested block is one that its resource has. */
export const argumentsExist: TerraformRule = (module, { provider }) =>
  kinds(module).flatMap(({ mode, type, block }) => {
    const kind = kindOf(provider, mode, type);
    return kind ? unknown(block.body, kind.arguments, `${mode} ${type}`, true) : [];
  });

/** Ensure that no required argument is missing. */
export const argumentsGiven: TerraformRule = (module, { provider }) =>
  kinds(module).flatMap(({ mode, type, block }) => {
    const kind = kindOf(provider, mode, type);
    return kind ? missing(block, kind.arguments, `${mode} ${type}`) : [];
  });

function unknown(body: HclBody, known: Arguments, what: string, outer: boolean): HclFault[] {
  const wrong = body.attributes.filter(({ name }) => {
    const one = known[name];
    return !(outer && META.includes(name)) && (!one || 'block' in one);
  });
  return [
    ...wrong.map((one) => ({ ...placeOf(one), says: `${what} has no argument ${one.name}` })),
    ...nested(body, outer).flatMap(({ name, block, body: inner }) => {
      const one = known[name];
      if (!one || !('block' in one)) return [{ ...placeOf(block), says: `${what} has no block ${name}` }];
      return unknown(inner, one.block, `${what} ${name}`, false);
    }),
  ];
}

function missing(
  block: { file: string; line: number; body: HclBody },
  known: Arguments,
  what: string,
): HclFault[] {
  const given = [
    ...block.body.attributes.map(({ name }) => name),
    ...nested(block.body, true).map(({ name }) => name),
  ];
  const lacking = Object.entries(known).filter(([name, { required }]) => required && !given.includes(name));
  return [
    ...lacking.map(([name]) => ({ ...placeOf(block), says: `${what} needs ${name}` })),
    ...nested(block.body, true).flatMap(({ name, block: outer, body }) => {
      const one = known[name];
      return one && 'block' in one ? missing({ ...placeOf(outer), body }, one.block, `${what} ${name}`) : [];
    }),
  ];
}

/** The nested blocks of a body, those made by `dynamic` among them; Terraform's own left out. */
function nested(body: HclBody, outer: boolean): { name: string; block: Block; body: HclBody }[] {
  return body.blocks
    .filter(({ type }) => !(outer && META_BLOCKS.includes(type)))
    .map((block) => {
      if (block.type !== 'dynamic') return { name: block.type, block, body: block.body };
      const content = block.body.blocks.find(({ type }) => type === 'content');
      return { name: block.labels[0]!, block, body: content?.body ?? { attributes: [], blocks: [] } };
    });
}

/** Ensure that a `dynamic` block says what it goes through and what it makes. */
export const dynamicsAreWhole: TerraformRule = (module) => {
  const inside = (body: HclBody): Block[] => body.blocks.flatMap((block) => [block, ...inside(block.body)]);
  return [...module.resources, ...module.data]
    .flatMap(({ body }) => inside(body))
    .filter(({ type }) => type === 'dynamic')
    .filter(({ body }) => !attribute(body, 'for_each') || !body.blocks.some(({ type }) => type === 'content'))
    .map((block) => ({ ...placeOf(block), says: `dynamic ${block.labels[0]} needs for_each and content` }));
};

const placeOf = ({ file, line }: { file: string; line: number }) => ({ file, line });
