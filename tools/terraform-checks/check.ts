/**
 * Everything that can be known of `terraform/` here: `npm run terraform:check`. With `-- --real`, the provider is
 * downloaded and nothing may be skipped, as in the GitHub workflow. With `-- --provider DIR --moto`, a provider that is on
 * this machine, in a mirror's layout, plays both stacks from beginning to end on moto's server, which takes minutes. Ends
 * with `N passed, N failed, N skipped`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Fault, faultText } from '../contract/fault.ts';
import { MOTO } from '../store/testing/moto.ts';
import { MINIATURE } from '../testing/miniature.ts';
import { filesBelow } from './hcl/module.ts';
import type { HclFault } from './hcl/parse.ts';
import { mirrorAt } from './moto/mirror.ts';
import { firstTime } from './moto/first-time.ts';
import { play, type PlayResult, STEPS } from './moto/play.ts';
import { breaches } from './policies/all.ts';
import { wrongLocks } from '../terraform/locks.ts';
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
function locks(): string | undefined {
  const wrong = wrongLocks(root).map(({ path, reasons }) => `${path} ${reasons.join('; ')}`);
  return wrong.length > 0 ? [...wrong, 'npm run terraform:lock writes both'].join('\n') : undefined;
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

/** The program of moto's server: the one that the run names, else the one on the path. */
function motoServer(): string | undefined {
  if (MOTO !== undefined) return MOTO;
  const found = spawnSync('which', ['moto_server'], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

/** What is tried before. */
const FIRST_TIME = 'the doctor brings an empty account what a program can, and says the rest';

/** Both stacks by a real provider on moto's server, after the doctor on an empty account. @returns the exit status */
async function onMoto(folder: string | undefined): Promise<number> {
  const [program, moto, { version: pinned }] = [findProgram(), motoServer(), readProvider()];
  if (folder === undefined || !program || moto === undefined) {
    const missing = [
      ...(folder === undefined ? ['--provider DIR, a mirror of the provider'] : []),
      ...(program ? [] : ['terraform or tofu on the path']),
      ...(moto === undefined ? ["moto's server on the path, or its place in ZTNA_MOTO"] : []),
    ];
    console.error(`--moto needs ${missing.join('; ')}`);
    return 2;
  }
  const mirror = mirrorAt(folder, pinned);
  console.log(`     with ${program.name} ${program.version}, and hashicorp/aws ${mirror.version}`);
  if (mirror.version !== pinned)
    console.log(
      `     which is not the version that is pinned, ${pinned}: what differs between them is not proved`,
    );
  const tell = ({ name, wrong, seconds }: PlayResult['steps'][number]): void =>
    console.log(
      `${wrong === undefined ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)${wrong ? `\n${wrong}` : ''}`,
    );
  const began = Date.now();
  const wrong = await firstTime(moto, mirror, pinned);
  tell({ name: FIRST_TIME, wrong, seconds: Math.round((Date.now() - began) / 1000) });
  const { steps, shims } = await play(program.name, moto, mirror, pinned, tell);
  console.log("moto's server is not AWS. What stood in for what it lacks, and what that hides:");
  for (const { name, hides } of shims) console.log(`     ${name}: ${hides}`);
  const failed = steps.filter((step) => step.wrong !== undefined).length + (wrong === undefined ? 0 : 1);
  const passed = steps.length + 1 - failed;
  console.log(`${passed} passed, ${failed} failed, ${STEPS - steps.length} skipped`);
  return failed > 0 ? 1 : 0;
}

async function main(real: boolean): Promise<void> {
  const first = await run(always());
  const program = findProgram();
  const skipped: string[] = [];
  const unlocked = locks();
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

const { values } = parseArgs({
  options: { real: { type: 'boolean' }, moto: { type: 'boolean' }, provider: { type: 'string' } },
});
try {
  if (values.moto) process.exitCode = await onMoto(values.provider);
  else await main(values.real === true);
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  console.error(faultText(error));
  process.exitCode = 2;
}
