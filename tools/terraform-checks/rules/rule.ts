import type { Module } from '../hcl/module.ts';
import type { HclFault } from '../hcl/parse.ts';
import type { Provider } from '../schema.ts';

/** Every module by its folder, and what the provider offers. */
export interface TerraformModules {
  modules: ReadonlyMap<string, Module>;
  provider: Provider;
}

/** One thing that must hold of every module. */
export type TerraformRule = (module: Module, world: TerraformModules) => HclFault[];
