/** Terraform itself, on the stand-in: what no reading of the files can prove. */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { tokenIssuer } from '../contract/image-signature.ts';
import { loadWorkingTree } from '../load/load.ts';
import { type EnvironmentFiles, givenOf, listingOf } from '../terraform/listing/listing.ts';
import { NAME_FORMS, NAME_LIMITS, type NameForm, nameOf } from '../check/common/aws-names.ts';
import { full } from '../terraform/testing/full.ts';
import { MINIATURE } from '../testing/miniature.ts';
import { suite } from '../testing/suite.ts';
import { landscapeOf } from './iam/landscape.ts';
import { findProgram } from './stub/program.ts';
import type { Resource, Sandbox } from './stub/sandbox.ts';
import { ACCOUNT, applied, ENVIRONMENT, worldOf, writeYaml } from './world.ts';

const golden = fileURLToPath(new URL('golden/', import.meta.url));
const { repository } = await loadWorkingTree(MINIATURE);
const program = findProgram();

// slow: it runs Terraform
const test = suite('terraform on the stand-in');

/** A test that needs the program, or says that it was not run. */
function real(what: string, body: () => Promise<void>): void {
  if (program) test(what, body);
  else test.skip(what, 'neither terraform nor tofu is on the path');
}

async function inside(given: EnvironmentFiles, work: (box: Sandbox) => Promise<void>): Promise<void> {
  const { id, account, region } = given.environment;
  const box = await worldOf(program!.name, { id, account, region });
  try {
    await work(box);
  } finally {
    await box.close();
  }
}

/** Both stacks, the account's first. */
async function both(
  box: Sandbox,
  { environment }: EnvironmentFiles,
): Promise<{ account: Resource[]; own: Resource[] }> {
  const { id, account } = environment;
  const variables = { account, break_glass_users: '["nora"]' };
  const first = await applied(box, ACCOUNT, variables);
  return { account: first, own: await applied(box, ENVIRONMENT, { environment: id }) };
}

const made = (resources: readonly Resource[]): Resource[] =>
  resources.filter(({ mode }) => mode === 'managed');
const addresses = (resources: readonly Resource[]): string[] =>
  made(resources)
    .map(({ address }) => address)
    .sort();
const listed = (given: EnvironmentFiles): string[] =>
  listingOf(given)
    .map(({ address }) => address)
    .sort();

/** What is made is what is listed. */
function same(own: readonly Resource[], given: EnvironmentFiles): void {
  const [is, says] = [addresses(own), listed(given)];
  assert.equal(
    is.filter((one) => !says.includes(one)),
    [],
    'made and not listed',
  );
  assert.equal(
    says.filter((one) => !is.includes(one)),
    [],
    'listed and not made',
  );
}

/** Nothing is left to do: what was applied is what is wanted. */
async function settled(box: Sandbox, environment: string): Promise<void> {
  const words = ['-detailed-exitcode', '-input=false', '-no-color', `-var=environment=${environment}`];
  const plan = await box.run(ENVIRONMENT, 'plan', ...words);
  assert.is(plan.code, 0, plan.out + plan.err);
}

/** What may be reached from anywhere: protocol and port, of which component. */
function openings(resources: readonly Resource[]): string[] {
  const groups = new Map(
    resources
      .filter(({ type }) => type === 'aws_security_group')
      .map(({ values }) => [values['id'], String(values['name'])]),
  );
  return resources
    .filter(({ type }) => type === 'aws_vpc_security_group_ingress_rule')
    .filter(({ values }) =>
      [values['cidr_ipv4'], values['cidr_ipv6']].some((cidr) => /\/0$/.test(String(cidr))),
    )
    .map(
      ({ values }) =>
        `${groups.get(values['security_group_id'])} ${values['ip_protocol']}/${values['from_port']}-${values['to_port']}`,
    )
    .sort();
}

/** Who is let in by each group, by name. */
function letsIn(resources: readonly Resource[], name: string): string[] {
  const groups = resources.filter(({ type }) => type === 'aws_security_group').map(({ values }) => values);
  const id = groups.find((one) => one['name'] === name)?.['id'];
  assert.ok(id, `there is a group ${name}`);
  return resources
    .filter(({ type, values }) => type.endsWith('_ingress_rule') && values['security_group_id'] === id)
    .map(({ values }) => {
      const from = groups.find((one) => one['id'] === values['referenced_security_group_id'])?.['name'];
      return `${String(from ?? values['cidr_ipv4'] ?? values['cidr_ipv6'])} ${String(values['ip_protocol'])}/${String(values['from_port'])}`;
    })
    .sort();
}

/** The names that an environment's ids come to, of the kinds for which AWS takes few characters. */
function formed({ environment, connectors }: EnvironmentFiles): string[] {
  const names = (forms: readonly NameForm[], id?: string): string[] =>
    forms.map((form) => `${form.kind} ${nameOf(form, environment, id)}`);
  return [
    ...names(NAME_FORMS.environment),
    ...environment.intermediates.flatMap(({ id }) => names(NAME_FORMS.intermediate, id)),
    ...connectors.flatMap(({ id, runs }) => names(NAME_FORMS[runs], id)),
    ...names(NAME_FORMS.adminPanel),
    ...names(NAME_FORMS.testBackend),
  ].sort();
}

/** The names of these kinds that Terraform made, but for those of the account. */
function named(resources: readonly Resource[]): string[] {
  return made(resources)
    .filter(({ type }) => type in NAME_LIMITS)
    .map(({ type, values }) => `${type} ${String(values['name'] ?? values['bucket'])}`)
    .filter((one) => one.includes(' ztna-full-'))
    .sort();
}

for (const [env, loaded] of repository.environments) {
  real(
    `${env}: both stacks apply, make what is listed, and settle; its IAM documents are the golden ones`,
    () => {
      const given = givenOf(repository, loaded);
      return inside(given, async (box) => {
        const { account, own } = await both(box, given);
        same(own, given);
        await settled(box, env);
        const text = `${JSON.stringify(landscapeOf([...account, ...own]), undefined, 1)}\n`;
        const file = join(golden, `iam-${env}.json`);
        if (process.env['ZTNA_BLESS'] === '1') writeFileSync(file, text);
        assert.ok(existsSync(file));
        assert.is(readFileSync(file, 'utf8'), text, 'ZTNA_BLESS=1 npm test -- world writes it');
      });
    },
  );
}

real(
  'an environment with one of everything; then with NAT, without a connector and with a new one',
  async () => {
    const given = full('endpoints');
    await inside(given, async (box) => {
      writeYaml(box, given);
      const { account, own } = await both(box, given);
      same(own, given);
      assert.ok(
        account.every(({ type }) => type !== 'aws_ssm_service_setting'),
        'nobody pays by the call unasked',
      );
      assert.equal(named([...account, ...own]), formed(given), 'validate knows every name that has a limit');
      assert.equal(openings(own), [
        'ztna-full-intermediate-one udp/4433-4433',
        'ztna-full-intermediate-one udp/4433-4433',
        'ztna-full-intermediate-two udp/4434-4434',
        'ztna-full-intermediate-two udp/4434-4434',
        'ztna-full-load-balancer tcp/443-443',
      ]);
      for (const id of ['apps', 'tests']) assert.equal(letsIn(own, `ztna-full-connector-${id}`), []);
      assert.equal(letsIn(own, 'ztna-full-admin-panel'), ['ztna-full-load-balancer tcp/8080']);
      const tests = ['tcp/7007', 'tcp/8080', 'udp/7007'].map((port) => `ztna-full-connector-tests ${port}`);
      assert.equal(letsIn(own, 'ztna-full-test-backend'), tests);

      const [apps, ...others] = full('nat').connectors;
      const fresh = { ...apps!, id: 'fresh', subnets: [{ zone: 'eu-west-1b', cidr: '10.60.30.0/24' }] };
      const edited: EnvironmentFiles = {
        ...full('nat'),
        connectors: [...others.filter(({ id }) => id !== 'tests'), apps!, fresh],
      };
      writeYaml(box, edited);
      const after = await applied(box, ENVIRONMENT, { environment: 'full' });
      same(after, edited);
      await settled(box, 'full');
      assert.equal(letsIn(after, 'ztna-full-test-backend'), []);
    });
  },
);

real('an account of several environments is refused, until it is said that they share it', async () => {
  const given = full('endpoints');
  await inside(given, async (box) => {
    writeYaml(box, given);
    const second = join(box.folder, 'environments/second');
    cpSync(join(box.folder, 'environments/full'), second, { recursive: true });
    writeFileSync(
      join(second, 'environment.yaml'),
      readFileSync(join(second, 'environment.yaml'), 'utf8')
        .replace('id: full', 'id: second')
        .replace('bundle:\n', 'bundle:\n  storeRates: { reads: 40, lists: 50, writes: 3 }\n'),
    );
    const variables = { account: given.environment.account, break_glass_users: '["nora"]' };
    const refused = await applied(box, ACCOUNT, variables).catch(({ message }: Error) => message);
    assert.match(String(refused), /give each its\s+own account/);
    const made = await applied(box, ACCOUNT, { ...variables, several_environments: 'true' });
    assert.is(made.filter(({ address }) => address.endsWith('aws_iam_policy.boundary')).length, 2);
    const settings = made.filter(({ type }) => type === 'aws_ssm_service_setting');
    assert.equal(
      settings.map(({ values }) => [values['setting_id'], values['setting_value']]),
      [
        [
          `arn:aws:ssm:${given.environment.region}:${given.environment.account}:servicesetting/ssm/parameter-store/high-throughput-enabled`,
          'true',
        ],
      ],
      'one environment makes more lists than the default allows',
    );
  });
});

real('jobs of another GitHub take roles by its own tokens, whose issuer cosign is told too', async () => {
  const given = full('endpoints');
  await inside(given, async (box) => {
    writeYaml(box, given);
    const file = join(box.folder, 'policies/guardrails.yaml');
    const text = readFileSync(file, 'utf8');
    const variables = { account: given.environment.account, break_glass_users: '["nora"]' };
    for (const server of ['https://github.example.com', 'https://example.ghe.com']) {
      writeFileSync(file, text.replace(/(ownerId: \d+) }/, `$1, server: "${server}" }`));
      const account = await applied(box, ACCOUNT, variables);
      const url = account.find(({ type }) => type === 'aws_iam_openid_connect_provider')!.values['url'];
      assert.is(url, tokenIssuer(server));
      const issuer = String(url).replace('https://', '');
      for (const role of ['publish', 'apply', 'images']) {
        const { trust } = landscapeOf(account).actors.find(({ arn }) => arn.endsWith(`-${role}`))!;
        const [statement] = [trust!.Statement].flat();
        const asked = Object.keys(statement!.Condition!['StringEquals']!).sort();
        assert.equal(asked, [`${issuer}:aud`, `${issuer}:sub`], role);
      }
    }
  });
});

test.run();
