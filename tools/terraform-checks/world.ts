import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { EnvironmentFiles } from '../terraform/listing/listing.ts';
import { MINIATURE } from '../testing/miniature.ts';
import { readProvider } from './schema.ts';
import { type Resource, type Sandbox, sandbox } from './stub/sandbox.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The stack of one environment, and that of its account. */
export const ENVIRONMENT = 'terraform/stacks/environment';
export const ACCOUNT = 'terraform/stacks/account';

/** Where an environment is. */
export interface EnvironmentPlace {
  id: string;
  account: string;
  region: string;
}

/** A sandbox of the repository's Terraform and the miniature company's files, pretending to be where the environment is. */
export const worldOf = (program: string, { account, region }: EnvironmentPlace): Promise<Sandbox> =>
  sandbox(program, { terraform: root, environments: MINIATURE, policies: MINIATURE }, readProvider(), {
    account,
    region,
  });

/** Applies a stack on the stand-in. @returns what it made @throws with what terraform said where it fails */
export async function applied(
  box: Sandbox,
  stack: string,
  variables: Record<string, string>,
): Promise<Resource[]> {
  const given = Object.entries(variables).map(([name, value]) => `-var=${name}=${value}`);
  for (const words of [['apply', '-auto-approve', '-input=false', '-no-color', ...given]]) {
    const begun = await box.init(stack);
    if (begun.code !== 0) throw new Error(begun.err || begun.out);
    const ran = await box.run(stack, ...words);
    if (ran.code !== 0) throw new Error(ran.err || ran.out);
  }
  return box.resources(stack);
}

/** Writes an environment, and the services that it speaks of, into a sandbox. */
export function writeYaml(box: Sandbox, { environment, connectors, services }: EnvironmentFiles): void {
  const folder = join(box.folder, 'environments', environment.id);
  rmSync(join(box.folder, 'environments'), { recursive: true, force: true });
  mkdirSync(join(folder, 'connectors'), { recursive: true });
  writeFileSync(join(folder, 'environment.yaml'), stringify(environment));
  for (const one of connectors) writeFileSync(join(folder, 'connectors', `${one.id}.yaml`), stringify(one));
  for (const [id, one] of services)
    writeFileSync(join(box.folder, 'policies/services', `${id}.yaml`), stringify({ id, ...one }));
}
