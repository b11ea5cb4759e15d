import { filesBelow, modulesOf } from '../hcl/module.ts';
import type { HclFault } from '../hcl/parse.ts';
import type { Provider } from '../schema.ts';
import * as args from './arguments.ts';
import * as inputs from './inputs.ts';
import * as references from './references.ts';
import type { TerraformRule } from './rule.ts';
import * as versions from './versions.ts';

/** Ensure that every file is HCL. */
const filesAreHcl: TerraformRule = ({ faults }) => [...faults];

/** Ensure that nothing is declared twice in a module. */
const namesAreUnique: TerraformRule = (module) => {
  const all = [module.variables, module.outputs, module.resources, module.data, module.calls].flat();
  const keys = all.map(({ type, labels }) => [type, ...labels].join('.'));
  return all.flatMap(({ file, line }, at) =>
    keys.indexOf(keys[at]!) < at ? [{ file, line, says: `${keys[at]} is declared twice` }] : [],
  );
};

/** Every rule that holds without evaluating anything. */
export const RULES: Readonly<Record<string, TerraformRule>> = {
  filesAreHcl,
  namesAreUnique,
  ...args,
  sourcesExist: inputs.sourcesExist,
  inputsAreDeclared: inputs.inputsAreDeclared,
  inputsAreGiven: inputs.inputsAreGiven,
  inputsAreUsed: inputs.inputsAreUsed,
  inputsAreDescribed: inputs.inputsAreDescribed,
  outputsAreUsed: inputs.outputsAreUsed,
  referencesExist: references.referencesExist,
  nothingIsUnused: references.nothingIsUnused,
  ...versions,
};

/** What breaks the rules below a folder, in order of place. */
export function faultsBelow(folder: string, shown: string, provider: Provider): HclFault[] {
  return faultsIn(filesBelow(folder, shown), provider);
}

/** What breaks the rules in files. */
export function faultsIn(files: ReadonlyMap<string, string>, provider: Provider): HclFault[] {
  const found = modulesOf(files);
  const modules = new Map(found.map((module) => [module.folder, module]));
  const faults = found.flatMap((module) =>
    Object.values(RULES).flatMap((rule) => rule(module, { modules, provider })),
  );
  return faults.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
}
