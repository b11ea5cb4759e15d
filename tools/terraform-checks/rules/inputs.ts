import { attribute, type Module } from '../hcl/module.ts';
import type { Block, HclFault } from '../hcl/parse.ts';
import { calledFolder } from './calls.ts';
import { allReferences } from './references.ts';
import type { TerraformRule, TerraformModules } from './rule.ts';

/** Arguments of a module call that are not inputs. */
const OWN = ['source', 'version', 'providers', 'count', 'for_each', 'depends_on'];

/** Ensure that every call names a folder that is a module. */
export const sourcesExist: TerraformRule = (module, { modules }) =>
  module.calls
    .filter((call) => !modules.has(calledFolder(module, call) ?? ''))
    .map((call) =>
      fault(call, `module ${call.labels[0]}: its source is no folder with Terraform files here`),
    );

/** Ensure that every input that a call gives is declared. */
export const inputsAreDeclared: TerraformRule = (module, { modules }) =>
  module.calls.flatMap((call) => {
    const target = modules.get(calledFolder(module, call) ?? '');
    const known = target?.variables.map(({ labels }) => labels[0]!);
    return call.body.attributes
      .filter(({ name }) => known && !OWN.includes(name) && !known.includes(name))
      .map((one) => fault(one, `module ${call.labels[0]} has no variable ${one.name}`));
  });

/** Ensure that a call gives every input without a default. */
export const inputsAreGiven: TerraformRule = (module, { modules }) =>
  module.calls.flatMap((call) => {
    const target = modules.get(calledFolder(module, call) ?? '');
    return (target?.variables ?? [])
      .filter(({ body, labels }) => !attribute(body, 'default') && !attribute(call.body, labels[0]!))
      .map(({ labels }) => fault(call, `module ${call.labels[0]} is not given ${labels[0]}`));
  });

/** Ensure that every input with a default is given by some call: else it is no input. */
export const inputsAreUsed: TerraformRule = (module, world) => {
  if (module.top) return [];
  const given = callsOf(module, world).flatMap(({ call }) => call.body.attributes.map(({ name }) => name));
  return module.variables
    .filter(({ labels }) => !given.includes(labels[0]!))
    .map((one) => fault(one, `variable ${one.labels[0]} is given by no call`));
};

/** Ensure that every variable says its type and what it is. */
export const inputsAreDescribed: TerraformRule = (module) =>
  module.variables.flatMap((one) =>
    ['type', 'description']
      .filter((name) => !attribute(one.body, name))
      .map((name) => fault(one, `variable ${one.labels[0]} has no ${name}`)),
  );

/** Ensure that every output says what it is, and is used unless it is a stack's. */
export const outputsAreUsed: TerraformRule = (module, world) => [
  ...module.outputs
    .filter(({ body }) => !attribute(body, 'description'))
    .map((one) => fault(one, `output ${one.labels[0]} has no description`)),
  ...(module.top ? [] : unusedOutputs(module, world)),
];

function unusedOutputs(module: Module, world: TerraformModules): HclFault[] {
  const used = callsOf(module, world).flatMap(({ caller, call }) =>
    allReferences(caller)
      .filter(({ root, steps }) => root === 'module' && steps[0] === call.labels[0])
      .map(({ steps }) => steps.slice(1).find((step) => step !== undefined)),
  );
  return module.outputs
    .filter(({ labels }) => !used.includes(labels[0]!))
    .map((one) => fault(one, `output ${one.labels[0]} is used by no caller`));
}

function callsOf(module: Module, { modules }: TerraformModules): { caller: Module; call: Block }[] {
  return [...modules.values()].flatMap((caller) =>
    caller.calls
      .filter((call) => calledFolder(caller, call) === module.folder)
      .map((call) => ({ caller, call })),
  );
}

const fault = ({ file, line }: { file: string; line: number }, says: string): HclFault => ({
  file,
  line,
  says,
});
