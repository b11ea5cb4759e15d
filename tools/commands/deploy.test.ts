import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { company, sizeOfFiles } from '../testing/company.ts';
import { filesOf, writeFiles } from '../testing/repository-files.ts';
import { newSigner } from '../publish/testing/publisher.ts';
import { suite } from '../testing/suite.ts';
import { Fault, faultText } from '../contract/fault.ts';
import type { Ack } from '../contract/shapes.ts';
import { withStore } from '../store/open.ts';
import type { Command, Context } from './shared/command.ts';
import { deploy } from './deploy.ts';
import { follow } from './follow.ts';
import { keys } from './keys.ts';
import { publish } from './publish.ts';
import { status } from './status.ts';

// slow: it starts processes
const test = suite('commands: deploy');
const folders: string[] = [];
test.after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const ENV = 'live';

/** What a plan of each name would change: an address and its actions. */
type Plans = Readonly<Record<string, readonly (readonly [address: string, ...actions: string[]])[]>>;

/** A program that takes the place of terraform: it notes what it is told, and plans what the test says. */
const FAKE = `#!${process.execPath}
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const words = process.argv.slice(2);
const { plans, fails, state } = JSON.parse(readFileSync(join(__dirname, 'says.json'), 'utf8'));
if (words[0] !== 'version' && words[0] !== 'show') appendFileSync(join(__dirname, 'told'), words.join(' ') + '\\n');
const out = words.find((word) => word.startsWith('-out='));
if (out) writeFileSync(out.slice(5), '');
if (words[0] === 'show') {
  const changes = plans[basename(words[2], '.tfplan')] || [];
  const one = ([address, ...actions]) => ({ address, change: { actions } });
  const prior_state = { values: { root_module: { resources: state } } };
  console.log(JSON.stringify({ resource_changes: changes.map(one), prior_state }));
}
if (words[0] === fails) {
  console.error('Error: it does not work today');
  process.exit(1);
}
`;

interface World {
  root: string;
  bin: string;
}

function newWorld(plans: Plans, fails?: string): World {
  const root = mkdtempSync(join(tmpdir(), 'ztna-deploy-'));
  folders.push(root);
  const made = company(sizeOfFiles(20));
  const { id, algorithm, publicKey } = newSigner('release');
  Object.assign(made.environments![0]!, { rings: [] });
  made.environments![0]!.bundle.trustedKeys = [{ id, algorithm, publicKey }];
  writeFiles(root, filesOf(made));
  mkdirSync(join(root, 'terraform/stacks/environment'), { recursive: true });
  writeFileSync(join(root, '.gitignore'), '.ztna/\nbin/\nout/\n');
  const bin = join(root, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'terraform'), FAKE);
  chmodSync(join(bin, 'terraform'), 0o755);
  writeFileSync(join(bin, 'says.json'), JSON.stringify({ plans, fails }));
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  for (const words of [
    ['init', '-q', '-b', 'main'],
    ['add', '.'],
    ['commit', '-qm', 'A company'],
  ])
    execFileSync('git', [...who, ...words], { cwd: root });
  return { root, bin };
}

/** What the program was told, with the test's own paths left out. */
function told({ root, bin }: World): string[] {
  const text = readFileSync(join(bin, 'told'), 'utf8').replaceAll(root, '');
  return text.trim().split('\n');
}

async function run(
  { root, bin }: World,
  command: Command,
  options: Record<string, unknown> = {},
  path = bin,
) {
  const written = { out: '', err: '' };
  const context: Context = {
    root,
    state: join(root, '.ztna'),
    now: () => new Date(),
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    terminal: false,
    signal: new AbortController().signal,
    env: { PATH: path },
  };
  try {
    return {
      status: await command.run({ arguments: command === keys ? ['init'] : [], options }, context),
      ...written,
    };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...written, status: error.status, err: `${written.err}${faultText(error)}` };
  }
}

/** Publishes once and follows with every component, so that all enforce what is published. */
async function converge(world: World): Promise<void> {
  await run(world, keys);
  await run(world, publish, { env: ENV, execute: true });
  const found = JSON.parse((await run(world, status, { json: true })).out) as {
    environments: [{ components: { component: string }[] }];
  };
  for (const { component } of found.environments[0].components)
    await run(world, follow, { env: ENV, component, out: join(world.root, 'out', component), once: true });
}

const VARIABLES = '-no-color -var=environment=live -var=minimum_sequence=1';
const EXECUTE = { env: ENV, execute: true, store: 'embedded' };
const ADD = ['module.connector["new"].aws_ecs_service.this', 'create'] as const;
const CHANGE = ['aws_vpc.this', 'update'] as const;
const REMOVE = ['module.connector["old"].aws_ecs_service.this', 'delete'] as const;
const REPLACE = ['module.intermediate["one"].aws_instance.this', 'delete', 'create'] as const;
const SAME = ['aws_kms_key.this', 'no-op'] as const;

test('without --execute it plans, and says the order in which it would work', async () => {
  const world = newWorld({ everything: [ADD, CHANGE, REMOVE, REPLACE, SAME] });
  const { status, out } = await run(world, deploy, { env: ENV, store: 'embedded' });
  assert.is(status, 0);
  assert.is(
    out,
    [
      'live: 4 changes in AWS',
      '1. additions:',
      '  + module.connector["new"].aws_ecs_service.this',
      '  ~ aws_vpc.this',
      '2. publish, ring by ring',
      '3. convergence: every live component enforces what was published',
      '4. removals:',
      '  - module.connector["old"].aws_ecs_service.this',
      '  ± module.intermediate["one"].aws_instance.this',
      '',
    ].join('\n'),
  );
  assert.equal(
    told(world).map((line) => line.split(' ')[0]),
    ['init', 'plan'],
  );
  assert.match(told(world)[1]!, /-lock=false -var=environment=live -var=minimum_sequence=0/);
  assert.match(told(world)[0]!, /-backend-config=key=environment\/live\.tfstate/);
});

test('additions, then publish and convergence, then removals', async () => {
  const world = newWorld({ everything: [ADD, CHANGE, REMOVE], additions: [ADD, CHANGE], removals: [REMOVE] });
  await converge(world);
  const { status, out, err } = await run(world, deploy, EXECUTE);
  assert.is(status, 0, err);
  assert.match(out, /4\. removals:[^]*says this already, and is in force[^]*live is deployed/);
  const [, ...rest] = told(world);
  assert.equal(rest, [
    `plan ${VARIABLES} -out=/.ztna/terraform/live/everything.tfplan`,
    `plan ${VARIABLES} -out=/.ztna/terraform/live/additions.tfplan ` +
      `-target=${ADD[0]} -target=${CHANGE[0]}`,
    'apply -no-color /.ztna/terraform/live/additions.tfplan',
    `plan ${VARIABLES} -out=/.ztna/terraform/live/removals.tfplan`,
    'apply -no-color /.ztna/terraform/live/removals.tfplan',
  ]);
});

test('where nothing is removed, the plan that was shown is the one that is applied', async () => {
  const world = newWorld({ everything: [ADD, CHANGE] });
  await converge(world);
  assert.is((await run(world, deploy, EXECUTE)).status, 0);
  assert.equal(told(world).slice(2), ['apply -no-color /.ztna/terraform/live/everything.tfplan']);
});

test('where nothing changes, it is published all the same', async () => {
  const world = newWorld({ everything: [SAME] });
  await converge(world);
  const { status, out } = await run(world, deploy, EXECUTE);
  assert.is(status, 0);
  assert.match(out, /live: nothing to change in AWS/);
  assert.is(told(world).length, 2);
});

test('removals wait while a component does not enforce what was published', async () => {
  const world = newWorld({ everything: [ADD, REMOVE], additions: [ADD], removals: [REMOVE] });
  await run(world, keys);
  const { status, err } = await run(world, deploy, { ...EXECUTE, patience: '0.001' });
  assert.is(status, 1);
  assert.match(err, /entry 1 is not enforced yet by/);
  assert.match(err, /1 removals wait:\n {2}- module\.connector\["old"\]/);
  assert.ok(!told(world).some((line) => line.includes('removals.tfplan')));
});

test('only additions: nothing is published and nothing is removed', async () => {
  const world = newWorld({ everything: [ADD, REMOVE], additions: [ADD] });
  const { status, out } = await run(world, deploy, { ...EXECUTE, only: 'additions' });
  assert.is(status, 0);
  assert.match(out, /additions are there; 1 removals wait/);
  assert.equal(
    told(world)
      .filter((line) => line.startsWith('apply'))
      .map((line) => line.split('/').at(-1)),
    ['additions.tfplan'],
  );
});

/** An instance beside one that follows, which enforces an entry of before and has said nothing for so many seconds. */
async function another({ root }: World, silent: number): Promise<void> {
  const signal = new AbortController().signal;
  const target = { store: 'embedded', state: join(root, '.ztna'), region: 'eu-central-1', signal } as const;
  // The store says when: what the ack says of it counts for nothing.
  const { now } = Date;
  Date.now = () => now() - silent * 1000;
  try {
    await withStore(target, async ({ store }) => {
      for await (const { name, value } of store.list(`/ztna/${ENV}/1/ack`)) {
        const ack = JSON.parse(value) as Ack;
        const enforced = { ...ack.enforced!, entry: 'a'.repeat(64) };
        const dead: Ack = { ...ack, enforced, instance: 'dead' };
        return store.put(`${name.slice(0, name.lastIndexOf('/'))}/dead`, JSON.stringify(dead));
      }
    });
  } finally {
    Date.now = now;
  }
}

test('intermediates are made anew one after the other, each by an apply of its own', async () => {
  const anew = (id: string) =>
    ['aws_instance.this', 'aws_ssm_association.replace'].map(
      (one) => [`module.intermediate["${id}"].${one}`, 'create', 'delete'] as const,
    );
  const everything = [ADD, ...anew('one'), ...anew('two')];
  const world = newWorld({ everything, intermediate: anew('one') });
  const { status, err } = await run(world, deploy, { ...EXECUTE, only: 'additions' });
  assert.equal([status, err], [0, '']);
  const steps = told(world).filter((line) => /^(plan|apply)/.test(line));
  const name = (line: string): string => /(\w+)\.tfplan/.exec(line)![1]!;
  assert.equal(
    steps.map((line) => `${line.split(' ')[0]} ${name(line)}`),
    ['plan everything', 'plan intermediate', 'apply intermediate', 'plan everything', 'apply everything'],
  );
  assert.match(steps[1]!, /-target=module\.intermediate\["one"\]\.aws_instance\.this/);
  assert.not.match(steps[1]!, /"two"|module\.connector/);
  // Where something is in force, the next one waits for a new instance that enforces it: here none comes.
  const published = newWorld({ everything, intermediate: anew('one') });
  await converge(published);
  const waited = await run(published, deploy, { ...EXECUTE, only: 'additions', patience: '0.001' });
  assert.is(waited.status, 1);
  assert.match(waited.err, /intermediate\/one was made anew, and no new instance of it enforces/);
  assert.equal(
    told(published).filter((line) => line.startsWith('apply')),
    ['apply -no-color /.ztna/terraform/live/intermediate.tfplan'],
  );
  const both = newWorld({ everything, intermediate: [...anew('one'), ...anew('two')] });
  const refused = await run(both, deploy, { ...EXECUTE, only: 'additions' });
  assert.is(refused.status, 1);
  assert.match(refused.err, /module\.intermediate\["one"\] is made anew only together with .*"two"/);
  assert.ok(!told(both).some((line) => line.startsWith('apply')));
});

test('only removals: when nothing is to be created, and every component enforces what is wanted', async () => {
  const early = newWorld({ everything: [ADD, REMOVE] });
  await converge(early);
  const refused = await run(early, deploy, { ...EXECUTE, only: 'removals' });
  assert.match(refused.err, /not everything that is added is there: module\.connector\["new"\]/);
  const silent = newWorld({ everything: [REMOVE] });
  await run(silent, keys);
  await run(silent, publish, { env: ENV, execute: true });
  assert.match((await run(silent, deploy, { ...EXECUTE, only: 'removals' })).err, /1 removals wait/);
  for (const world of [early, silent]) assert.ok(!told(world).some((line) => line.startsWith('apply')));
  const ready = newWorld({ everything: [CHANGE, REMOVE] });
  await converge(ready);
  await another(ready, 600);
  assert.match((await run(ready, deploy, { ...EXECUTE, only: 'removals' })).err, /1 removals wait/);
  // One that was replaced before the newest entry, and has been silent for three renewals, is in nobody's way.
  await another(ready, 901);
  assert.match((await run(ready, deploy, { ...EXECUTE, only: 'removals' })).out, /1 removals are done/);
  assert.match(told(ready).at(-1)!, /^apply .*everything\.tfplan$/);
});

test('additions that would take something away are not made', async () => {
  const world = newWorld({ everything: [ADD, REPLACE], additions: [ADD, REPLACE] });
  const { status, err } = await run(world, deploy, EXECUTE);
  assert.is(status, 1);
  assert.match(
    err,
    /needs something removed first: module\.intermediate\["one"\]\.aws_instance\.this; .*--at-once/,
  );
  assert.ok(!told(world).some((line) => line.startsWith('apply')));
});

test('an upgrade is an addition: new revisions, and machines that are there before the old ones go', async () => {
  const upgrade = [
    ['module.connector["apps"].module.task.aws_ecs_task_definition.this', 'delete', 'create'],
    ['module.connector["apps"].module.task.aws_ecs_service.this', 'update'],
    ['module.intermediate["one"].terraform_data.floor', 'delete', 'create'],
    ['module.intermediate["one"].aws_instance.this', 'create', 'delete'],
  ] as const;
  const world = newWorld({ everything: upgrade });
  await converge(world);
  const { status, out } = await run(world, deploy, EXECUTE);
  assert.is(status, 0);
  assert.match(out, /~ module.intermediate\["one"\].aws_instance.this, by a new one/);
  assert.match(out, /4\. removals: none/);
  assert.equal(told(world).slice(2), ['apply -no-color /.ztna/terraform/live/everything.tfplan']);
  const both = newWorld({ everything: [...upgrade, REMOVE], additions: upgrade, removals: [REMOVE] });
  await converge(both);
  assert.is((await run(both, deploy, EXECUTE)).status, 0);
  assert.equal(
    told(both)
      .filter((line) => line.startsWith('apply'))
      .map((line) => line.split('/').at(-1)),
    ['additions.tfplan', 'removals.tfplan'],
  );
});

test('a machine that must wait for a removal is not renewed along with what is added', async () => {
  const renewed = ['module.intermediate["one"].aws_instance.this', 'create', 'delete'] as const;
  const gone = ['module.intermediate["two"].aws_instance.this', 'delete'] as const;
  const world = newWorld({ everything: [ADD, renewed, gone], additions: [ADD, renewed] });
  const depends = { address: renewed[0], depends_on: [] };
  const file = join(world.bin, 'says.json');
  const says = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...says, state: [depends] }));
  const { status, err } = await run(world, deploy, EXECUTE);
  assert.is(status, 1);
  assert.match(err, /needs something removed first: module\.intermediate\["one"\]/);
  assert.ok(!told(world).some((line) => line.startsWith('apply')));
});

test('--at-once applies everything first', async () => {
  const world = newWorld({ everything: [ADD, REPLACE] });
  await converge(world);
  assert.is((await run(world, deploy, { ...EXECUTE, atOnce: true })).status, 0);
  assert.equal(told(world).slice(2), ['apply -no-color /.ztna/terraform/live/everything.tfplan']);
});

test('what terraform cannot do ends it, before anything is published', async () => {
  const world = newWorld({ everything: [ADD] }, 'apply');
  await run(world, keys);
  const { status, err, out } = await run(world, deploy, EXECUTE);
  assert.is(status, 2);
  assert.match(err, /terraform apply failed: Error: it does not work today/);
  assert.not.match(out, /entry [0-9]/);
});

test('without terraform it says what to install', async () => {
  const world = newWorld({});
  const { status, err } = await run(world, deploy, { env: ENV, store: 'embedded' }, join(world.root, 'none'));
  assert.is(status, 2);
  assert.match(err, /neither terraform nor tofu can be run; install Terraform/);
});

test.run();
