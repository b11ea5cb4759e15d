/**
 * Both stacks by the real provider, with moto's server in place of AWS: applied, planned empty, upgraded in one apply,
 * resized, and destroyed.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMoto } from '../../store/testing/moto.ts';
import type { EnvironmentFiles } from '../../terraform/listing/listing.ts';
import { full } from '../../terraform/testing/full.ts';
import { MINIATURE } from '../../testing/miniature.ts';
import type { Ran } from '../stub/program.ts';
import { type Resource, type Sandbox, sandbox } from '../stub/sandbox.ts';
import { ACCOUNT, ENVIRONMENT, writeYaml } from '../world.ts';
import { type Mirror, repin, writeConfiguration } from './mirror.ts';
import { startProxy } from './proxy.ts';
import { otherNetworks, type OtherNetworks, registerImage, storeSignIn } from './seed.ts';
import { amazonsImages, SHIMS } from './shims.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const { id, account, region } = full('endpoints').environment;
const VARIABLES = {
  [ACCOUNT]: [`-var=account=${account}`, '-var=break_glass_users=["nora"]'],
  [ENVIRONMENT]: [`-var=environment=${id}`],
} as const;
type Stack = keyof typeof VARIABLES;

/** What a run used to be possible at all. */
export interface PlayResult {
  /** Step by step, what went wrong; undefined where nothing did. */
  steps: { name: string; wrong: string | undefined; seconds: number }[];
  /** The shims that were needed. */
  shims: { name: string; hides: string }[];
}

/** The environment in an account whose other networks are these. */
function placed(files: EnvironmentFiles, { vpc, subnet, peering, gateway }: OtherNetworks): EnvironmentFiles {
  const text = JSON.stringify({ ...files, services: [] })
    .replaceAll('vpc-0a1b2c3d', vpc)
    .replaceAll('subnet-0a1b2c3d', subnet)
    .replaceAll('pcx-0a1b2c3d', peering)
    .replaceAll('tgw-0a1b2c3d', gateway);
  return { ...(JSON.parse(text) as EnvironmentFiles), services: files.services };
}

/** A machine's script and each image change: everything is made anew, in one apply. */
function upgraded(files: EnvironmentFiles): EnvironmentFiles {
  const next = structuredClone(files);
  for (const image of Object.values(next.environment.images)) image.digest = `sha256:${'1'.repeat(64)}`;
  next.environment.bundle.pollSeconds += 1;
  return next;
}

function resized(files: EnvironmentFiles): EnvironmentFiles {
  const next = upgraded(files);
  next.environment.intermediates[0]!.instanceType = 't4g.medium';
  return next;
}

/** Plays everything, until a step fails. @param tell told of each step as it ends */
export async function play(
  program: string,
  moto: string,
  mirror: Mirror,
  pinned: string,
  tell: (step: PlayResult['steps'][number]) => void,
): Promise<PlayResult> {
  const server = await startMoto({ MOTO_ACCOUNT_ID: account }, moto);
  const shims = [...SHIMS, amazonsImages(await registerImage(server.endpoint))];
  const proxy = await startProxy(server.endpoint, shims);
  const environment: Record<string, string> = {
    AWS_ENDPOINT_URL: proxy.endpoint,
    AWS_ACCESS_KEY_ID: 'moto',
    AWS_SECRET_ACCESS_KEY: 'moto',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const folders = { terraform: root, environments: MINIATURE, policies: MINIATURE };
  const box = await sandbox(program, folders, undefined, { account, region }, environment);
  const steps: PlayResult['steps'] = [];
  try {
    environment['TF_CLI_CONFIG_FILE'] = writeConfiguration(box.folder, mirror);
    repin(box.folder, pinned, mirror);
    const given = placed(full('endpoints'), await otherNetworks(server.endpoint));
    writeYaml(box, given);
    await storeSignIn(server.endpoint, id);
    for (const [name, step] of Object.entries(stepsOf(box, given))) {
      const began = Date.now();
      const wrong = await step();
      steps.push({ name, wrong, seconds: Math.round((Date.now() - began) / 1000) });
      tell(steps.at(-1)!);
      if (wrong !== undefined) break;
    }
  } finally {
    await box.close();
    await proxy.close();
    await server.close();
  }
  const needed = shims.filter(({ name }) => proxy.used.has(name));
  return { steps, shims: needed.map(({ name, hides }) => ({ name, hides })) };
}

type Step = () => Promise<string | undefined>;

/** How many steps there are, where none fails. */
export const STEPS = 11;

function stepsOf(box: Sandbox, given: EnvironmentFiles): Record<string, Step> {
  let machines: Resource[] = [];
  const machinesNow = async (): Promise<Resource[]> =>
    (await box.resources(ENVIRONMENT)).filter(({ type }) => type === 'aws_instance');
  const becomes =
    (files: EnvironmentFiles): Step =>
    async () => {
      machines = await machinesNow();
      writeYaml(box, files);
      return (await applied(box, ENVIRONMENT)) ?? (await settled(box, ENVIRONMENT));
    };
  const anew =
    (ids: readonly string[]): Step =>
    async () => {
      const idOf = (all: readonly Resource[], one: string): unknown =>
        all.find(({ address }) => address.includes(`"${one}"`))?.values['id'];
      const now = await machinesNow();
      const same = ids.filter((one) => idOf(now, one) === idOf(machines, one));
      return same.length > 0 ? `still the same machine: ${same.join(', ')}` : undefined;
    };
  return {
    "the account's stack is applied": () => begun(box, ACCOUNT),
    'and a plan of it is empty': () => settled(box, ACCOUNT),
    "the environment's stack is applied": () => begun(box, ENVIRONMENT),
    'and a plan of that is empty': () => settled(box, ENVIRONMENT),
    'every image is upgraded in one apply, and a plan is empty': becomes(upgraded(given)),
    'which makes every machine anew': anew(['one', 'two']),
    'a machine is resized, and a plan is empty': becomes(resized(given)),
    'which makes that machine anew': anew(['one']),
    "the environment's stack is destroyed": () => destroyed(box, ENVIRONMENT),
    "the account's stack refuses that, for its keys and its state": async () => {
      const ran = await box.run(ACCOUNT, ...WORDS('destroy'), ...VARIABLES[ACCOUNT]);
      return ran.code !== 0 && /prevent_destroy/.test(ran.out + ran.err) ? undefined : 'it was destroyed';
    },
    'and is destroyed where nothing is kept': async () => {
      unprotect(join(box.folder, 'terraform'));
      return destroyed(box, ACCOUNT);
    },
  };
}

const WORDS = (command: string): string[] => [command, '-auto-approve', '-input=false', '-no-color'];

const failed = ({ code, out, err }: Ran): string | undefined =>
  code === 0 ? undefined : (err.trim() || out.trim()).slice(-4000);

async function begun(box: Sandbox, stack: Stack): Promise<string | undefined> {
  // moto's server has buckets below its own name, not as names of their own.
  writeFileSync(
    join(box.folder, stack, 'moto_override.tf'),
    'provider "aws" {\n  s3_use_path_style = true\n}\n',
  );
  return failed(await box.init(stack)) ?? (await applied(box, stack));
}

const applied = async (box: Sandbox, stack: Stack): Promise<string | undefined> =>
  failed(await box.run(stack, ...WORDS('apply'), ...VARIABLES[stack]));

/** A plan is empty: what AWS gives back is what was asked for. */
async function settled(box: Sandbox, stack: Stack): Promise<string | undefined> {
  const words = ['plan', '-detailed-exitcode', '-input=false', '-no-color'];
  const ran = await box.run(stack, ...words, ...VARIABLES[stack]);
  const changes = ran.out.split('\n').filter((line) => /^ {2}# |^ {6}[-+~]/.test(line));
  return ran.code === 0 ? undefined : ran.err.trim() || changes.join('\n');
}

async function destroyed(box: Sandbox, stack: Stack): Promise<string | undefined> {
  const wrong = failed(await box.run(stack, ...WORDS('destroy'), ...VARIABLES[stack]));
  if (wrong !== undefined) return wrong;
  const left = (await box.resources(stack)).filter(({ mode }) => mode === 'managed');
  return left.length > 0 ? `still there: ${left.map(({ address }) => address).join(', ')}` : undefined;
}

/** Lets go, in the copy, of what is never to be destroyed. */
function unprotect(folder: string): void {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((one) => one.endsWith('.tf') && !one.includes('.terraform'))) {
    const file = join(folder, name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('prevent_destroy = true', ''));
  }
}
