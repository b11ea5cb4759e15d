/** Every kind of upgrade, planned and applied by Terraform itself in the two steps that `deploy --execute` takes. */
import * as assert from 'uvu/assert';
import { additions, type PlannedChange, changesOf, takesAway } from '../terraform/changes.ts';
import type { EnvironmentFiles } from '../terraform/listing/listing.ts';
import { full } from '../terraform/testing/full.ts';
import { suite } from '../testing/suite.ts';
import { findProgram } from './stub/program.ts';
import type { Sandbox } from './stub/sandbox.ts';
import { ACCOUNT, applied, ENVIRONMENT, worldOf, writeYaml } from './world.ts';

const program = findProgram();
// slow: it runs Terraform
const test = suite('terraform upgrades');

const NEW = `sha256:${'1'.repeat(64)}`;
const KEY = {
  id: 'next',
  algorithm: 'ed25519',
  publicKey: 'MCowBQYDK2VwAyEABWRW0sXerv2r4lljNghtZ0tmGWH0clGD6yr8N2ld/pQ=',
} as const;

const INTERMEDIATES = ['module.intermediate["one"]', 'module.intermediate["two"]'];
const CONNECTORS = ['apps', 'shops', 'tests'].map((one) => `module.connector["${one}"]`);
const PANEL = 'module.admin_panel[0]';

/** A new machine beside the old one, the document that moves the address to it, the alarm that watches it. */
const machines = (modules: readonly string[]): string[] =>
  modules.flatMap((one) => [
    `change ${one}.aws_cloudwatch_metric_alarm.stuck`,
    `change ${one}.aws_launch_template.heal`,
    // It names the template, which Terraform reads again when the template has changed: it stays the same.
    `change ${one}.aws_iam_role_policy.heal`,
    `renew ${one}.aws_instance.this`,
    `renew ${one}.aws_ssm_association.replace`,
    `renew ${one}.terraform_data.floor`,
  ]);
/** A new revision, and the service that goes over to it. */
const tasks = (modules: readonly string[]): string[] =>
  modules.flatMap((one) => [
    `change ${one}.module.task.aws_ecs_service.this`,
    `renew ${one}.module.task.aws_ecs_task_definition.this`,
  ]);
const connectors = (modules: readonly string[]): string[] => [
  ...tasks(modules),
  ...modules.map((one) => `renew ${one}.terraform_data.floor`),
];
/** The log that a component may read is another. */
const rights = (name: string, ids: readonly string[]): string[] =>
  ids.map((id) => `change module.${name}["${id}"].aws_iam_role_policy.follow`);

type Environment = EnvironmentFiles['environment'];

/** An edit of the YAML, and everything that it may touch. */
const UPGRADES: Readonly<Record<string, readonly [edit: (to: Environment) => unknown, planned: string[]]>> = {
  'the image of the intermediates': [
    ({ images }) => (images['intermediate-server'].digest = NEW),
    machines(INTERMEDIATES),
  ],
  'the image of the connectors': [
    ({ images }) => (images['app-connector'].digest = NEW),
    connectors(CONNECTORS),
  ],
  'the image of the policy agents': [
    ({ images }) => (images['policy-agent'].digest = NEW),
    [...machines(INTERMEDIATES), ...connectors(CONNECTORS)],
  ],
  'the image of one intermediate, by its name': [
    ({ images }) => (images['intermediate-server'].digests = { 'intermediate/two': NEW }),
    machines(INTERMEDIATES.slice(1)),
  ],
  "the policy agents of a ring's components": [
    (to) => {
      to.rings = [{ id: 'early', components: ['intermediate/one', 'connector/apps'], bakeSeconds: 60 }];
      to.images['policy-agent'].digests = { early: NEW };
    },
    [...machines(INTERMEDIATES.slice(0, 1)), ...connectors(CONNECTORS.slice(0, 1))],
  ],
  "the panel's image, which nothing else has": [
    ({ images }) => (images['admin-panel'].digest = NEW),
    tasks([PANEL]),
  ],
  'a trusted key': [
    ({ bundle }) => (bundle.trustedKeys = [...bundle.trustedKeys, KEY]),
    // The panel reads them in the repository.
    [...machines(INTERMEDIATES), ...connectors(CONNECTORS)],
  ],
  'the epoch': [
    (to) => (to.epoch += 1),
    [
      ...machines(INTERMEDIATES),
      ...connectors(CONNECTORS),
      `change ${PANEL}.aws_iam_role_policy.read`,
      ...rights('connector_identity', ['apps', 'office', 'shops', 'tests']),
      ...rights('intermediate_identity', ['one', 'two']),
    ],
  ],
  'types of intermediates, one of another architecture': [
    ({ intermediates: [one, two] }) => {
      one!.instanceType = 't4g.large';
      two!.instanceType = 't4g.small';
    },
    machines(INTERMEDIATES),
  ],
  'accepted CAs': [
    ({ clientCas }) => (clientCas[0]!.certificate = clientCas[0]!.certificate.replace('MII', 'MIJ')),
    [
      ...machines(INTERMEDIATES),
      'change aws_rolesanywhere_trust_anchor.clients[0]',
      // Who may take it names the anchor, which Terraform reads again when the anchor has changed: it stays the same.
      'change module.connector_identity["office"].aws_iam_role.this',
    ],
  ],
  'zones in another order': [({ network }) => network.zones.reverse(), []],
  'authorities of servers': [(to) => (to.serverCas = to.clientCas), tasks(CONNECTORS)],
  "an intermediate's port": [
    ({ intermediates }) => (intermediates[0]!.port = 4435),
    [
      ...machines(INTERMEDIATES.slice(0, 1)).filter((one) => !one.includes('floor')),
      'change module.connector["shops"].aws_vpc_security_group_egress_rule.intermediate["one"]',
      'change module.network.aws_vpc_security_group_egress_rule.intermediate["connector/apps to intermediate/one"]',
      'change module.network.aws_vpc_security_group_egress_rule.intermediate["connector/tests to intermediate/one"]',
      'change module.network.aws_vpc_security_group_ingress_rule.agents["intermediate/one"]',
      'change module.network.aws_vpc_security_group_ingress_rule.agents_ipv6["intermediate/one"]',
    ],
  ],
};

const SEQUENCE = 7;

/** Plans into a file, and says what that would do. */
async function planned(
  box: Sandbox,
  file: string,
  targets: readonly PlannedChange[] = [],
): Promise<PlannedChange[]> {
  const variables = [`-var=environment=${id}`, `-var=minimum_sequence=${SEQUENCE}`];
  const narrowed = targets.map(({ address }) => `-target=${address}`);
  // What is there is what was made: nobody else has an account.
  const words = ['-refresh=false', '-input=false', '-no-color', ...variables, `-out=${file}`, ...narrowed];
  const plan = await box.run(ENVIRONMENT, 'plan', ...words);
  assert.is(plan.code, 0, plan.out + plan.err);
  return changesOf((await box.run(ENVIRONMENT, 'show', '-json', file)).out);
}

async function apply(box: Sandbox, file: string): Promise<void> {
  const { code, err } = await box.run(ENVIRONMENT, 'apply', '-no-color', file);
  assert.is(code, 0, err);
}

/** Additions, which take nothing away; then the rest, after which nothing is left to do. */
async function deploy(box: Sandbox, everything: readonly PlannedChange[]): Promise<void> {
  assert.equal((await planned(box, 'additions', additions(everything))).filter(takesAway), []);
  await apply(box, 'additions');
  await planned(box, 'removals');
  await apply(box, 'removals');
  assert.equal(await planned(box, 'nothing'), []);
}

const words = (changes: readonly PlannedChange[]): string[] =>
  changes.map(({ deed, address }) => `${deed} ${address}`).sort();

let box: Sandbox;
const base = full('endpoints');
const { id, account, region } = base.environment;

/** A test that needs the program, or says that it was not run. */
function real(what: string, body: () => Promise<void>): void {
  if (program) test(what, body);
  else test.skip(what, 'neither terraform nor tofu is on the path');
}

if (program) {
  test.before(async () => {
    box = await worldOf(program.name, { id, account, region });
    writeYaml(box, base);
    await applied(box, ACCOUNT, { account, break_glass_users: '["nora"]' });
    await applied(box, ENVIRONMENT, { environment: id });
  });
  test.after(() => box.close());
}

/** The base with some edits. */
function edited(...edits: readonly ((to: Environment) => unknown)[]): EnvironmentFiles {
  const given = structuredClone(base);
  for (const edit of edits) edit(given.environment);
  return given;
}

for (const [what, [edit, wanted]] of Object.entries(UPGRADES))
  real(`${what}: what is made anew, and nothing beside it`, async () => {
    writeYaml(box, edited(edit));
    const everything = await planned(box, 'everything');
    assert.equal(words(everything), [...wanted].sort());
    assert.equal(everything.filter(takesAway), [], 'it is there before what it replaces goes');
  });

real('all of them at once are deployed, and each floor is the newest sequence', async () => {
  writeYaml(box, edited(...Object.values(UPGRADES).map(([edit]) => edit)));
  await deploy(box, await planned(box, 'everything'));
  const { out } = await box.run(ENVIRONMENT, 'output', '-json', 'minimum_sequences');
  const components = [
    'connector/apps',
    'connector/shops',
    'connector/tests',
    'intermediate/one',
    'intermediate/two',
  ];
  assert.equal(JSON.parse(out), Object.fromEntries(components.map((one) => [one, SEQUENCE])));
});

real('with a connector that goes, an upgrade is deployed too', async () => {
  const edits = Object.values(UPGRADES).map(([edit]) => edit);
  const given = edited(
    ...edits,
    ({ images }) => (images['app-connector'].digest = `sha256:${'2'.repeat(64)}`),
  );
  given.environment.adminPanel!.signIn.clientId = 'another';
  const connectors = given.connectors.filter((one) => one.id !== 'tests');
  writeYaml(box, { ...given, connectors });
  const everything = await planned(box, 'everything');
  assert.equal(words(additions(everything)), ['change module.admin_panel[0].aws_lb_listener.https']);
  await deploy(box, everything);
});

test.run();
