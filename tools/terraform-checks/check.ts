/**
 * Everything that can be known of `terraform/` here: `npm run terraform:check`. With `-- --real`, the provider is
 * downloaded and nothing may be skipped, as in the GitHub workflow. Ends with `N passed, N failed, N skipped`.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MINIATURE } from '../testing/miniature.ts';
import { filesBelow } from './hcl/module.ts';
import type { HclFault } from './hcl/parse.ts';
import { breaches } from './policies/all.ts';
import { LOCK_FILE, lockIn, wrongIn } from './lock.ts';
import { faultsIn } from './rules/all.ts';
import { readProvider } from './schema.ts';
import { findProgram, type Ran } from './stub/program.ts';
import { type Sandbox, sandbox } from './stub/sandbox.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What became of one check: `undefined` where it passed, else what is wrong. */
type Check = () => Promise<string | undefined>;

const said = (faults: readonly HclFault[]): string | undefined =>
  faults.map(({ file, line, says }) => `${file}:${line} ${says}`).join('\n') || undefined;

const failed = ({ code, out, err }: Ran): string | undefined =>
  code === 0 ? undefined : `${out}${err}`.trim();

/** Folders that are applied by themselves. */
function stacks(): string[] {
  const folder = join(root, 'terraform/stacks');
  return existsSync(folder) ? readdirSync(folder).map((name) => `terraform/stacks/${name}`) : [];
}

/** Folders with tests that terraform itself runs. */
function tested(): string[] {
  return readdirSync(join(root, 'terraform'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.tftest.hcl'))
    .map((path) => join('terraform', path.replace(/(\/tests)?\/[^/]*$/, '')))
    .filter((folder, at, all) => all.indexOf(folder) === at);
}

/** Checks that need no program. */
function always(): Record<string, Check> {
  const files = filesBelow(join(root, 'terraform'), 'terraform');
  const provider = readProvider();
  return {
    [`arguments, references, inputs and outputs, by the schema of ${provider.provider} ${provider.version}`]:
      async () => said(faultsIn(files, provider)),
    'what security asks': async () => said(breaches(files, provider)),
  };
}

/** What keeps a machine from getting another provider than the one that was looked at. */
function locks(version: string): string | undefined {
  const wrong = stacks().flatMap((stack) =>
    wrongIn(lockIn(join(root, stack)), version).map((reason) => `${stack}/${LOCK_FILE} ${reason}`),
  );
  return wrong.join('\n') || undefined;
}

/** Checks that a program does. */
function byProgram(box: Sandbox, against: string): Record<string, Check> {
  const checks: Record<string, Check> = {
    fmt: async () => failed(await box.run('terraform', 'fmt', '-check', '-diff', '-recursive')),
  };
  for (const stack of stacks())
    checks[`validate ${stack}, against ${against}`] = async () =>
      failed(await box.init(stack)) ?? failed(await box.run(stack, 'validate', '-no-color'));
  for (const folder of tested())
    checks[`test ${folder}, against ${against}`] = async () =>
      failed(await box.init(folder)) ?? failed(await box.run(folder, 'test', '-no-color'));
  return checks;
}

async function run(checks: Record<string, Check>): Promise<{ passed: number; failed: number }> {
  const counted = { passed: 0, failed: 0 };
  for (const [name, check] of Object.entries(checks)) {
    const wrong = await check();
    counted[wrong === undefined ? 'passed' : 'failed'] += 1;
    console.log(wrong === undefined ? `ok   ${name}` : `FAIL ${name}\n${wrong}`);
  }
  return counted;
}

async function main(real: boolean): Promise<void> {
  const first = await run(always());
  const program = findProgram();
  const skipped: string[] = [];
  const unlocked = locks(readProvider().version);
  if (unlocked) skipped.push(unlocked.replaceAll('\n', '; '));
  let second = { passed: 0, failed: 0 };
  if (program) {
    console.log(`     with ${program.name} ${program.version}`);
    const where = { account: '000000000000', region: 'eu-west-1' };
    const folders = { terraform: root, environments: MINIATURE, policies: MINIATURE };
    const box = await sandbox(program.name, folders, real ? undefined : readProvider(), where);
    const against = real ? 'the real provider' : "a stand-in with the provider's schema";
    second = await run(byProgram(box, against)).finally(() => box.close());
    if (!real) skipped.push('validate against the real provider: add `-- --real` where it can be downloaded');
  } else skipped.push('fmt, validate and test: neither terraform nor tofu is on the path');
  for (const reason of skipped) console.log(`skip ${reason}`);
  const wrong = first.failed + second.failed + (real ? skipped.length : 0);
  process.exitCode = wrong > 0 ? 1 : 0;
  console.log(
    `${first.passed + second.passed} passed, ${wrong} failed, ${real ? 0 : skipped.length} skipped`,
  );
}

await main(process.argv.includes('--real'));
