/** The stack of an account, which is applied by a person: before there is a bucket for its state, and ever after. */
import { OF_REPOSITORY, ownFolder, replaceFile } from '../files/own-files.ts';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { jsonIn } from '../contract/text.ts';
import type { Environment } from '../contract/shapes.ts';
import { demand, findProgram, type ProgramOptions } from './program.ts';

/** Where the stack is, below the repository's root. */
const STACK = 'terraform/stacks/account';

/** Keeps the state in a file until there is a bucket; git ignores it. */
const OVERRIDE = 'bootstrap_override.tf';

/** Which account's stack, and how it is worked on. */
export interface AccountOptions extends Pick<ProgramOptions, 'env' | 'tell' | 'signal'> {
  /** The repository's root, and the state folder. */
  root: string;
  state: string;
  environment: Pick<Environment, 'account' | 'region'>;
  /** Whether the bucket for the state is there. */
  begun: boolean;
}

/** The file of an account's variables, beside its stack. */
export function variablesFile(root: string, { account }: Pick<Environment, 'account'>): string {
  return join(root, STACK, `${account}.tfvars`);
}

/** Writes that file. @param users the IAM users who may sign in an emergency */
export function writeVariables(
  root: string,
  environment: Pick<Environment, 'account'>,
  users: readonly string[],
): void {
  const lines = [
    `account           = ${JSON.stringify(environment.account)}`,
    `break_glass_users = ${JSON.stringify(users)}`,
  ];
  replaceFile(variablesFile(root, environment), `${lines.join('\n')}\n`, OF_REPOSITORY);
}

/** Which account's stack, in which clone. */
type AccountPlace = Pick<AccountOptions, 'root' | 'state' | 'environment'>;

/** What Terraform keeps here of an account: the state in a file until there is a bucket, and what says that it is in one. */
function filesOf({ root, state, environment: { account } }: AccountPlace) {
  const own = join(state, 'terraform', `account-${account}`);
  const data = join(own, 'data');
  return { own, data, local: join(own, 'account.tfstate'), override: join(root, STACK, OVERRIDE) };
}

/**
 * Whether a first time ended before the state was in its bucket: without it what it names would be made a second time. The file
 * stays when the state has been moved; Terraform notes where it looks for it from then on.
 */
export function isHalfApplied(place: AccountPlace): boolean {
  const { local, override, data } = filesOf(place);
  return existsSync(override) || (existsSync(local) && backendIn(data) !== 's3');
}

/** The kind of place where Terraform keeps a stack's state by now, as its folder of data has it. */
function backendIn(data: string): string | undefined {
  const file = join(data, 'terraform.tfstate');
  if (!existsSync(file)) return undefined;
  const found = jsonIn(readFileSync(file, 'utf8')) as { backend?: { type?: string } } | undefined;
  return found?.backend?.type;
}

/**
 * Applies the stack. Where it was never applied its state is kept in a file first, and moved into the bucket that it makes; an
 * interrupted first time goes on where it was. @throws Fault where there is no program, or it fails
 */
export async function applyAccount(options: AccountOptions): Promise<void> {
  const { root, environment, env, tell, signal, begun } = options;
  const { account, region } = environment;
  const [folder, { own, data, local, override }] = [join(root, STACK), filesOf(options)];
  ownFolder(own);
  const settings = { TF_DATA_DIR: data, TF_IN_AUTOMATION: '1', TF_INPUT: '0' };
  const running: ProgramOptions = { folder, env: { ...env, ...settings }, tell, signal };
  const program = await findProgram(running);
  const backend = [`bucket=tfstate-ztna-${account}-${region}`, 'key=account.tfstate', `region=${region}`];
  const remote = ['init', '-no-color', ...backend.map((one) => `-backend-config=${one}`)];
  const apply = ['apply', '-no-color', '-auto-approve', `-var-file=${account}.tfvars`];
  if (!begun || isHalfApplied(options)) {
    const file = JSON.stringify(local);
    replaceFile(override, `terraform {\n  backend "local" {\n    path = ${file}\n  }\n}\n`, OF_REPOSITORY);
    await demand(program, ['init', '-no-color'], running);
    await demand(program, apply, running);
    rmSync(override);
    return demand(program, [...remote, '-migrate-state', '-force-copy'], running);
  }
  await demand(program, [...remote, '-reconfigure'], running);
  return demand(program, apply, running);
}
