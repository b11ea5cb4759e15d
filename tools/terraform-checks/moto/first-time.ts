/** The doctor on an account in which there is nothing: by real Terraform and the real provider, with moto's server in place of AWS. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { initialize } from '../../certificates/folder.ts';
import { doctor } from '../../commands/doctor.ts';
import type { Context } from '../../commands/shared/command.ts';
import { Fault, faultText } from '../../contract/fault.ts';
import type { Doctor } from '../../contract/shapes.ts';
import { startMoto } from '../../store/testing/moto.ts';
import { company, sizeOfFiles } from '../../testing/company.ts';
import { filesOf, writeFiles } from '../../testing/repository-files.ts';
import { type Mirror, repin, writeConfiguration } from './mirror.ts';
import { startProxy } from './proxy.ts';
import { SHIMS } from './shims.ts';

const terraform = fileURLToPath(new URL('../../../terraform', import.meta.url));
const ACCOUNT = '123456789012';
const REGION = 'eu-central-1';
const ENV = 'live';

/** What no program can bring here: images are another workflow's, and a mirror has not what the provider's maker signed. */
const LEFT = [
  'checksums of the provider',
  'image app-connector',
  'image intermediate-server',
  'image policy-agent',
];

/** A company of one environment in that account, before anything of it was deployed. */
async function writeCompany(root: string): Promise<void> {
  const certificate = readFileSync(await initialize(join(root, '.local/certs'), new Date()), 'utf8');
  const world = company(sizeOfFiles(20));
  const environment = world.environments![0]!;
  const cas = [{ id: 'own', certificate }];
  Object.assign(environment, { account: ACCOUNT, region: REGION, rings: [], clientCas: cas, serverCas: cas });
  for (const one of environment.intermediates) one.address = '127.0.0.1';
  world.guardrails!.repository = { name: 'access', id: 1, ownerId: 2 };
  delete environment.adminPanel;
  writeFiles(root, filesOf(world));
  cpSync(terraform, join(root, 'terraform'), {
    recursive: true,
    filter: (path) => !/\.terraform/.test(path),
  });
}

/** @returns what went wrong; undefined where the account has all that a program can bring, and the rest is said */
export async function firstTime(moto: string, mirror: Mirror, pinned: string): Promise<string | undefined> {
  const root = mkdtempSync(join(tmpdir(), 'ztna-first-time-'));
  const server = await startMoto({ MOTO_ACCOUNT_ID: ACCOUNT }, moto);
  const proxy = await startProxy(server.endpoint, SHIMS);
  const aws = {
    AWS_ENDPOINT_URL: proxy.endpoint,
    AWS_ACCESS_KEY_ID: 'moto',
    AWS_SECRET_ACCESS_KEY: 'moto',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const before = Object.keys(aws).map((name) => [name, process.env[name]] as const);
  // Where the SDK of the doctor itself looks.
  Object.assign(process.env, aws);
  try {
    await writeCompany(root);
    const configuration = { TF_CLI_CONFIG_FILE: writeConfiguration(root, mirror), CHECKPOINT_DISABLE: '1' };
    repin(root, pinned, mirror);
    const { PATH, HOME } = process.env;
    return await examined(root, { PATH, HOME, ...configuration, ...aws });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return faultText(error).toString();
  } finally {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    await proxy.close();
    await server.close();
    rmSync(root, { recursive: true, force: true });
  }
}

/** Runs the doctor, and once more: what it did is not needed any more. */
async function examined(root: string, env: Context['env']): Promise<string | undefined> {
  let [out, err] = ['', ''];
  const run = async (execute: boolean): Promise<Doctor> => {
    out = '';
    const context: Context = {
      ...{ root, state: join(root, '.ztna'), now: () => new Date(), env, terminal: false },
      ...{ out: (text) => void (out += text), err: (text) => void (err += text) },
      signal: new AbortController().signal,
    };
    const options = { env: ENV, json: true, withoutGithub: true, breakGlass: ['ann'], execute };
    await doctor.run({ arguments: [], options }, context);
    return JSON.parse(out) as Doctor;
  };
  try {
    const { done } = await run(true);
    const { needs } = await run(false);
    const left = [...new Set(needs.map(({ what }) => what))].sort();
    return done.length === 3 && String(left) === String(LEFT)
      ? undefined
      : `${done.join('\n')}\n${out}\n${err}`;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return `${faultText(error)}\n${err.slice(-4000)}`;
  }
}
