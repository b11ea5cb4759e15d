import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { parse, stringify } from 'yaml';
import { Fault, faultText } from '../contract/fault.ts';
import { signerOf, verifyWords } from '../contract/image-signature.ts';
import type { Environment } from '../contract/shapes.ts';
import { initialize } from '../certificates/folder.ts';
import { names } from '../doctor/names.ts';
import { Contract } from '../github/testing/openapi/openapi.ts';
import { MOTO, MOTO_CREDENTIALS, type Moto, startMoto, WITHOUT_MOTO } from '../store/testing/moto.ts';
import { company, sizeOfFiles } from '../testing/company.ts';
import { filesOf, writeFiles } from '../testing/repository-files.ts';
import { suite } from '../testing/suite.ts';
import { doctor } from './doctor.ts';
import type { Context } from './shared/command.ts';

// slow: it starts moto's server
const test = suite('commands: doctor');
const folders: string[] = [];
test.after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** The account in which moto's server believes to be. */
const ACCOUNT = '123456789012';
const REGION = 'eu-central-1';
const ENV = 'live';
const PLATFORMS = ['linux_amd64', 'linux_arm64', 'darwin_amd64', 'darwin_arm64', 'windows_amd64'];

/** The repository whose workflow signs, as the company's guardrails name it. */
const SIGNED_IN = 'example/ztna';

/** The commit that images were built from. */
const COMMIT = '7'.repeat(40);

/**
 * In place of cosign, whose own words these are: it notes what it is asked, and whether it can sign in to the registry.
 * It finds what is signed where `refuses` is not beside it.
 */
const COSIGN = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync } = require('node:fs');
const settings = JSON.parse(readFileSync(process.env.DOCKER_CONFIG + '/config.json', 'utf8'));
appendFileSync(__dirname + '/verified', JSON.stringify({ words: process.argv.slice(2), hosts: Object.keys(settings.auths) }) + '\\n');
if (existsSync(__dirname + '/refuses')) {
  console.error('Error: no matching signatures: none of the expected identities matched\\nmain.go:74: error during command execution');
  process.exit(10);
}
`;

/** In place of terraform: it notes what it is told, and `apply` makes what the account's stack does, in moto's server. */
const FAKE = `#!${process.execPath}
const { appendFileSync, existsSync, writeFileSync } = require('node:fs');
const words = process.argv.slice(2);
const note = (text) => appendFileSync(__dirname + '/told', text + '\\n');
if (words[0] !== 'version') note(words.join(' ') + (existsSync('bootstrap_override.tf') ? ' (state in a file)' : ''));
const scope = (service) => 'AWS4-HMAC-SHA256 Credential=moto/20260101/${REGION}/' + service + '/aws4_request, SignedHeaders=host, Signature=0';
const call = async (service, target, body) => {
  const headers = { authorization: scope(service), 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' };
  const answer = await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(target + ': ' + await answer.text());
  return answer.json();
};
const key = async (alias, more) => {
  const { KeyMetadata } = await call('kms', 'TrentService.CreateKey', more);
  await call('kms', 'TrentService.CreateAlias', { AliasName: alias, TargetKeyId: KeyMetadata.KeyId });
};
(async () => {
  if (words[1] === 'lock') {
    const hashes = ['h1:a=', 'h1:b=', 'h1:c=', 'h1:d=', 'h1:e=', 'zh:0a'].map((one) => JSON.stringify(one));
    const lock = 'provider "registry.terraform.io/hashicorp/aws" {\\n  version = "6.25.0"\\n  hashes = [' + hashes + ']\\n}\\n';
    writeFileSync('.terraform.lock.hcl', lock);
  }
  if (words[0] !== 'apply') return;
  await key('alias/ztna-account', {});
  await key('alias/ztna-${ENV}-data', {});
  await key('alias/ztna-${ENV}-signing', { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  for (const name of ['intermediate-server', 'app-connector', 'policy-agent']) {
    const target = 'AmazonEC2ContainerRegistry_V20150921.';
    await call('ecr', target + 'CreateRepository', { repositoryName: 'ztna/' + name });
    const manifest = { schemaVersion: 2, mediaType: 'application/vnd.docker.distribution.manifest.v2+json', config: { digest: 'sha256:' + name }, layers: [] };
    await call('ecr', target + 'PutImage', { repositoryName: 'ztna/' + name, imageManifest: JSON.stringify(manifest), imageTag: '${COMMIT}' });
    // What is pushed beside it, and later, is no image to run.
    for (const tag of ['${COMMIT}-arm64', 'sha256-0.sig']) {
      const other = { ...manifest, config: { digest: 'sha256:' + name + tag } };
      await call('ecr', target + 'PutImage', { repositoryName: 'ztna/' + name, imageManifest: JSON.stringify(other), imageTag: tag });
    }
  }
})().catch((error) => { console.error(error.message); process.exit(1); });
`;

/** GitHub by its own description: environments are there once they were made, with the variables that were set. */
async function startGithub(): Promise<{ url: string; server: Server; faults: string[] }> {
  const contract = new Contract();
  const environments = new Map<string, { name: string; value: string }[]>();
  const faults: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const url = new URL(request.url!, 'http://localhost');
    const body = text === '' ? undefined : (JSON.parse(text) as { name: string; value: string });
    const matched = contract.match(request.method!, url.pathname)!;
    faults.push(...contract.requestFaults(matched, url.searchParams, body));
    const { id } = matched.operation;
    const name = decodeURIComponent(/environments\/([^/]+)/.exec(url.pathname)?.[1] ?? '');
    if (id === 'repos/create-or-update-environment') environments.set(name, environments.get(name) ?? []);
    if (id === 'actions/create-environment-variable') environments.get(name)!.push(body!);
    const variables = environments.get(name);
    const isMissing = id === 'actions/list-environment-variables' && !variables;
    const status = isMissing ? 404 : Number(Object.keys(matched.operation.answers)[0]);
    const given =
      id === 'actions/list-environment-variables'
        ? { total_count: variables?.length ?? 0, variables: variables ?? [] }
        : id === 'apps/get-by-slug'
          ? { id: 15368 }
          : id === 'repos/get'
            ? { owner: { login: 'example' } }
            : undefined;
    const value = isMissing ? { message: 'Not Found' } : contract.answer(matched.operation, status, given);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(value === undefined ? undefined : JSON.stringify(value));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A test that fails before it closes this must end all the same.
  server.unref();
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, faults };
}

/** A company of one environment in moto's account, with an authority of its own. */
async function newRepository(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'ztna-doctor-'));
  folders.push(root);
  const ca = readFileSync(await initialize(join(root, '.local/certs'), new Date()), 'utf8');
  const world = company(sizeOfFiles(20));
  world.guardrails!.repository = { name: 'ztna', id: 1, ownerId: 2 };
  const [environment] = world.environments!;
  Object.assign(environment!, { account: ACCOUNT, region: REGION, rings: [] });
  Object.assign(environment!, {
    clientCas: [{ id: 'own', certificate: ca }],
    serverCas: [{ id: 'own', certificate: ca }],
  });
  for (const one of environment!.intermediates) one.address = '127.0.0.1';
  for (const [name, image] of Object.entries(environment!.images)) image.repository = `ztna/${name}`;
  delete environment!.adminPanel;
  writeFiles(root, filesOf(world));
  mkdirSync(join(root, 'terraform/stacks/account'), { recursive: true });
  writeFileSync(
    join(root, 'terraform/stacks/account/versions.tf'),
    'aws = {\n  source  = "hashicorp/aws"\n  version = "6.25.0"\n}\n',
  );
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'bin/terraform'), FAKE);
  chmodSync(join(root, 'bin/terraform'), 0o755);
  writeFileSync(join(root, 'bin/cosign'), COSIGN, { mode: 0o755 });
  return root;
}

async function run(root: string, options: object, env: Record<string, string>, now = new Date()) {
  const written = { out: '', err: '' };
  const context: Context = {
    root,
    state: join(root, '.ztna'),
    now: () => now,
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    terminal: false,
    signal: new AbortController().signal,
    env: { PATH: join(root, 'bin'), GITHUB_TOKEN: 'a-token', ...env },
  };
  const input = { arguments: [], options: { env: ENV, repository: 'example/access', ...options } };
  try {
    return { status: await doctor.run(input, context), ...written };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...written, status: error.status, err: `${written.err}${faultText(error)}` };
  }
}

const environmentIn = (root: string): Environment =>
  parse(readFileSync(join(root, `environments/${ENV}/environment.yaml`), 'utf8')) as Environment;

if (MOTO) {
  let moto: Moto;
  test.before(async () => {
    moto = await startMoto();
    process.env['AWS_ENDPOINT_URL'] = moto.endpoint;
    process.env['AWS_ACCESS_KEY_ID'] = MOTO_CREDENTIALS.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = MOTO_CREDENTIALS.secretAccessKey;
  });
  test.after(async () => {
    await moto.close();
    delete process.env['AWS_ENDPOINT_URL'];
  });

  test("whose workflows may take roles is asked for before the account's stack is applied", async () => {
    const root = await newRepository();
    const file = join(root, 'policies/guardrails.yaml');
    const { repository: _, ...rest } = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, stringify(rest));
    const options = { withoutGithub: true, breakGlass: ['ann'], execute: true };
    const { status, out, err } = await run(root, options, { AWS_ENDPOINT_URL: moto.endpoint });
    assert.is(status, 1, err);
    assert.match(
      out,
      /keys: KMS of account .*; add `repository: \{ name, id, ownerId \}` to policies\/guardrails/,
    );
    const told = readFileSync(join(root, 'bin/told'), 'utf8');
    assert.not.match(told, 'apply');
  });

  test('from an empty account: what is missing is said, --execute does it, and then nothing is needed', async () => {
    const root = await newRepository();
    const github = await startGithub();
    const env = { GITHUB_API_URL: github.url, AWS_ENDPOINT_URL: moto.endpoint };
    const said = await run(root, {}, env);
    assert.is(said.status, 1, said.err);
    assert.match(said.out, /keys: KMS of account 123456789012.*alias\/ztna-live-signing.*--break-glass/);
    assert.match(
      said.out,
      /image intermediate-server: ztna\/intermediate-server in the registry .* does not have sha256:/,
    );
    assert.match(said.out, /environment of GitHub: example\/access.*live-publish is not there/);
    assert.match(said.out, /checksums of the provider: .*account\/\.terraform\.lock\.hcl: it is missing/);
    assert.not.ok(existsSync(join(root, 'bin/told')), 'nothing is done without --execute');

    const done = await run(root, { execute: true, breakGlass: ['ann'] }, env);
    assert.is(done.status, 0, `${done.out}${done.err}`);
    assert.match(done.out, /live: nothing is needed any more/);
    const told = readFileSync(join(root, 'bin/told'), 'utf8').replaceAll(root, '').trim().split('\n');
    assert.equal(told, [
      'init -no-color (state in a file)',
      `apply -no-color -auto-approve -var-file=${ACCOUNT}.tfvars (state in a file)`,
      `init -no-color -backend-config=bucket=tfstate-ztna-${ACCOUNT}-${REGION} -backend-config=key=account.tfstate -backend-config=region=${REGION} -migrate-state -force-copy`,
      'get -no-color',
      `providers lock -no-color ${PLATFORMS.map((one) => `-platform=${one}`).join(' ')}`,
    ]);
    const tfvars = readFileSync(join(root, `terraform/stacks/account/${ACCOUNT}.tfvars`), 'utf8');
    assert.match(tfvars, /break_glass_users = \["ann"\]/);
    const { bundle, images } = environmentIn(root);
    assert.ok(
      bundle.trustedKeys.some(
        ({ id, algorithm }) => id === 'ztna-live-signing' && algorithm === 'ecdsa-p256',
      ),
    );
    assert.match(images['policy-agent'].digest, /^sha256:[0-9a-f]{64}$/);
    assert.match(done.err, /\/ztna-secret\/live\/intermediate\/tls: issued and stored, valid until/);
    assert.equal(github.faults, []);

    const again = await run(root, { json: true }, env);
    assert.equal(
      [again.status, JSON.parse(again.out)],
      [0, { environment: ENV, done: [], needs: [] }],
      again.out,
    );

    const later = new Date(Date.now() + 70 * 86_400_000);
    const ending = await run(root, { withoutGithub: true }, env, later);
    assert.match(ending.out, /certificate of the intermediates: .*it ends in 19 days; --execute issues one/);
    assert.is((await run(root, { withoutGithub: true, execute: true }, env, later)).status, 0);
    assert.is((await run(root, { withoutGithub: true }, env, later)).status, 0, 'renewed');
    github.server.closeAllConnections();
    github.server.close();
  });

  test('an image is written down where the workflow of this repository on main signed it, or somebody says that nobody verified it', async () => {
    const root = await newRepository();
    const file = join(root, `environments/${ENV}/environment.yaml`);
    const before = readFileSync(file, 'utf8');
    const look = (options: object) =>
      run(root, { withoutGithub: true, execute: true, ...options }, { AWS_ENDPOINT_URL: moto.endpoint });
    const missing = (out: string): string => /^image policy-agent: .*$/m.exec(out)?.[0] ?? '';
    const digest = () => environmentIn(root).images['policy-agent'].digest;
    const given = digest();

    writeFileSync(join(root, 'bin/refuses'), '');
    const refused = await look({});
    assert.match(
      missing(refused.out),
      /the newest is sha256:[0-9a-f]{64}, which is not found to be signed by https:\/\/github\.com\/example\/.*: no matching signatures: none of the expected identities matched; find out who pushed it, or .*--unverified/,
    );
    assert.is(digest(), given);

    rmSync(join(root, 'bin/cosign'));
    const absent = await look({});
    assert.match(
      missing(absent.out),
      /and who signed it is not known; install cosign, or .* say --unverified/,
    );
    assert.is(digest(), given);

    const unverified = await look({ unverified: true });
    assert.match(unverified.err, /policy-agent is sha256:[0-9a-f]{64} now, whose signature nobody verified/);
    assert.is.not(digest(), given);

    writeFileSync(file, before);
    rmSync(join(root, 'bin/refuses'));
    rmSync(join(root, 'bin/verified'));
    writeFileSync(join(root, 'bin/cosign'), COSIGN, { mode: 0o755 });
    await look({});
    const [asked] = readFileSync(join(root, 'bin/verified'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { words: string[]; hosts: string[] })
      .filter(({ words }) => words.at(-1)!.includes('policy-agent'));
    const host = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
    assert.equal(asked, {
      words: verifyWords(`${host}/ztna/policy-agent@${digest()}`, signerOf(SIGNED_IN)).slice(1),
      hosts: [host],
    });
    assert.is.not(digest(), given);
  });

  test('a certificate that an authority of nobody who is believed signed is said, and left where no authority is here', async () => {
    const root = await newRepository();
    const env = { AWS_ENDPOINT_URL: moto.endpoint };
    const context = { withoutGithub: true };
    const fresh = await run(root, context, env);
    // What an authority of another repository issued above is believed by nobody here.
    assert.match(
      fresh.out,
      /certificate of the intermediates: .*none of the authorities that are believed signed it/,
    );
    rmSync(join(root, '.local'), { recursive: true });
    const without = await run(root, { ...context, execute: true }, env);
    assert.is(without.status, 1);
    assert.match(
      without.out,
      /certificate of the intermediates: .*; store chain and key in PEM, signed by one of serverCas, for 127/,
    );
  });

  test('the sign-in of the panel is looked for in Secrets Manager, field by field', async () => {
    const root = await newRepository();
    const file = join(root, `environments/${ENV}/environment.yaml`);
    const panel =
      "adminPanel: { domain: localhost, signIn: { issuer: 'https://login.example.com', clientId: panel } }\n";
    writeFileSync(file, readFileSync(file, 'utf8') + panel);
    const asked = async (): Promise<string> =>
      (await run(root, { withoutGithub: true }, { AWS_ENDPOINT_URL: moto.endpoint })).out;
    assert.match(
      await asked(),
      /sign-in of the admin panel: ztna\/live\/admin-panel\/sign-in in Secrets Manager: it is not there; register a client with https:\/\/login\.example\.com/,
    );
    const secret = { clientSecret: 'a', authorizationEndpoint: 'b', tokenEndpoint: 'c' };
    const store = async (target: string, body: object): Promise<void> => {
      const scope = `AWS4-HMAC-SHA256 Credential=moto/20260101/${REGION}/secretsmanager/aws4_request`;
      const answer = await fetch(moto.endpoint, {
        method: 'POST',
        headers: {
          authorization: `${scope}, SignedHeaders=host, Signature=0`,
          'x-amz-target': `secretsmanager.${target}`,
          'content-type': 'application/x-amz-json-1.1',
        },
        body: JSON.stringify(body),
      });
      assert.ok(answer.ok, await answer.text());
    };
    const name = 'ztna/live/admin-panel/sign-in';
    await store('CreateSecret', { Name: name, SecretString: JSON.stringify(secret) });
    assert.match(await asked(), /sign-in of the admin panel: .*: it has no userInfoEndpoint;/);
    const whole = JSON.stringify({ ...secret, userInfoEndpoint: 'd' });
    await store('PutSecretValue', { SecretId: name, SecretString: whole });
    assert.not.match(await asked(), 'sign-in');
  });

  test('credentials of another account are said first', async () => {
    const root = await newRepository();
    const file = join(root, `environments/${ENV}/environment.yaml`);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(ACCOUNT, '999988887777'));
    const { status, out } = await run(root, { withoutGithub: true }, { AWS_ENDPOINT_URL: moto.endpoint });
    assert.is(status, 1);
    assert.match(
      out,
      /^credentials of AWS: account 999988887777, eu-central-1: they are of account 123456789012; sign in/,
    );
  });
} else {
  test.skip('from an empty account to nothing that is needed', WITHOUT_MOTO);
}

test('a name that leads nowhere is said with what it must lead to; an address needs no name', async () => {
  const environment = {
    id: 'live',
    intermediates: [
      { id: 'one', address: 'one.example.com' },
      { id: 'two', address: '192.0.2.7' },
    ],
  } as unknown as Environment;
  const nowhere = await names(environment, async () => []).look();
  assert.equal(
    nowhere.map(({ where, problem }) => [where, problem]),
    [['DNS, one.example.com', 'it leads nowhere']],
  );
  assert.equal(await names(environment, async () => ['192.0.2.6']).look(), []);
});

test.run();
