import { filesBelow, modulesOf } from '../hcl/module.ts';
import type { HclFault } from '../hcl/parse.ts';
import type { TerraformRule } from '../rules/rule.ts';
import type { Provider } from '../schema.ts';
import { everythingIsEncrypted } from './encryption.ts';
import { isPlaced } from './kinds.ts';
import { wildcardsHaveReasons } from './wildcards.ts';
import { nothingIsOpen } from './world.ts';

/** Ensure that a new kind of resource is thought of before it is used. */
const kindsArePlaced: TerraformRule = ({ resources }) =>
  resources
    .filter(({ labels }) => !isPlaced(labels[0]!))
    .map(({ file, line, labels }) => ({
      file,
      line,
      says: `${labels[0]}: say in policies/ how it is encrypted, or why not`,
    }));

/** What security asks of every module. */
export const POLICIES: Readonly<Record<string, TerraformRule>> = {
  nothingIsOpen,
  everythingIsEncrypted,
  wildcardsHaveReasons,
  kindsArePlaced,
};

/** What breaks the policies in files. */
export function breaches(files: ReadonlyMap<string, string>, provider: Provider): HclFault[] {
  const found = modulesOf(files);
  const modules = new Map(found.map((module) => [module.folder, module]));
  return found.flatMap((one) => Object.values(POLICIES).flatMap((rule) => rule(one, { modules, provider })));
}

export { filesBelow };
