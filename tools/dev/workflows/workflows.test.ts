import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { MOST_WAVES } from '../../contract/delivery-order.ts';
import { COMMANDS } from '../../commands/all.ts';
import { suite } from '../../testing/suite.ts';
import { ACTIONS } from './actions.ts';
import { FAULTS, SOUND } from './examples.ts';
import { RULES } from './rules.ts';
import { type Job, stepsOf, workflowOf, type Workflow } from './workflow.ts';

const test = suite('workflows');
const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = `${root}.github/workflows`;
const scripts = Object.keys(JSON.parse(readFileSync(`${root}package.json`, 'utf8')).scripts);
const all = readdirSync(folder).map((file) =>
  workflowOf(file, readFileSync(`${folder}/${file}`, 'utf8'), scripts),
);

const called = (file: string): Workflow => all.find((one) => one.file === file)!;
const jobOf = (file: string, name: string) => called(file).jobs.find(([job]) => job === name)![1];

for (const [name, rule] of Object.entries(RULES)) {
  test(`every workflow: ${name}`, () => {
    for (const workflow of all) assert.equal(rule(workflow), [], workflow.file);
  });

  test(`a fault is seen: ${name}`, () => {
    assert.equal(rule(workflowOf('sound.yml', SOUND, scripts)), []);
    assert.ok((FAULTS[name]?.length ?? 0) > 0);
    for (const [from, to] of FAULTS[name]!) {
      const text = SOUND.replace(from, to);
      assert.not.equal(text, SOUND, from);
      assert.is.not(rule(workflowOf('faulty.yml', text, scripts)).length, 0, `${name}: ${to}`);
    }
  });
}

test('there are faults for rules that exist, and for no others', () => {
  assert.equal(Object.keys(FAULTS).sort(), Object.keys(RULES).sort());
});

test('a commit that workflows name belongs to one action', () => {
  const commits = Object.values(ACTIONS).map(({ commit }) => commit);
  assert.is(new Set(commits).size, commits.length);
  for (const { commit, version } of Object.values(ACTIONS)) {
    assert.match(commit, /^[0-9a-f]{40}$/);
    assert.match(version, /^v\d+\.\d+\.\d+$/);
  }
});

test('every option that a workflow gives is one of the command', async () => {
  const given = all.flatMap((workflow) => stepsOf(workflow).map(({ step }) => step.run ?? ''));
  const unknown: string[] = [];
  for (const run of given) {
    const name = /^(?:npm run|node bin\/ztna\.js) ([a-z:-]+)/.exec(run)?.[1] ?? '';
    if (!(name in COMMANDS)) continue;
    const { options = [] } = await COMMANDS[name]!();
    const known = options.map(({ flags }) => flags.split(' ')[0]);
    const wrong = [...run.matchAll(/ (--[a-z-]+)/g)].filter(([, flag]) => !known.includes(flag!));
    unknown.push(...wrong.map(([, flag]) => `${name} ${flag}`));
  }
  assert.equal(unknown, []);
});

test('a pull request is looked at without AWS, and its plan is made by a role that asks first', () => {
  const { permissions, steps } = jobOf('pull-request.yml', 'policy');
  assert.not('id-token' in (permissions as object));
  assert.not(steps!.some(({ uses }) => uses?.startsWith('aws-actions/')));
  const plan = jobOf('pull-request.yml', 'plan');
  assert.match(String(plan.environment), /-plan$/);
  assert.match(String(plan.if), /head\.repo\.full_name == github\.repository/);
});

/** What a stage of the merge does, whichever it is. */
const stages = (): [string, Job][] =>
  called('merge.yml').jobs.filter(([, job]) => job.uses === './.github/workflows/deliver.yml');
const WAVES = 'fromJSON(needs.environments.outputs.waves)';

test('a job that changes something begins with the newest main, and a later stage with what the first has in force', () => {
  const others = called('merge.yml').jobs.filter(([name, job]) => name !== 'infrastructure' && !job.uses);
  for (const [name, job] of others) {
    const checkout = job.steps!.find(({ uses }) => uses?.startsWith('actions/checkout@'))!;
    assert.is(checkout.with!['ref'], 'main', name);
  }
  const [checkout] = jobOf('deliver.yml', 'deliver').steps!;
  assert.is(checkout!.with!['ref'], '${{ inputs.commit }}');
  const [first, ...later] = stages();
  assert.is(first![1].with!['commit'], 'main');
  for (const [name, job] of later) {
    assert.is(job.with!['commit'], '${{ needs.first.outputs.commit }}', name);
    // A commit of an earlier attempt may be older than what waits in the group.
    assert.match(String(job.if), /needs\.first\.outputs\.attempt == github\.run_attempt/, name);
  }
});

test('there is a stage for each wave that rules allow, and each waits for the one before', () => {
  const all = stages();
  assert.is(all.length, MOST_WAVES);
  for (const [place, [name, job]] of all.entries()) {
    assert.is(job.strategy!.matrix!['environment'], `\${{ ${WAVES}[${place}] }}`, name);
    assert.is(job.strategy!['fail-fast'], false, name);
    if (place === 0) continue;
    const before = all[place - 1]![0];
    assert.ok([job.needs].flat().includes(before), name);
    assert.match(String(job.if), `needs.${before}.result == 'success'`);
    assert.match(String(job.if), `${WAVES}[${place}] != null`);
  }
});

test('removals wait for every stage that has an environment', () => {
  const removals = jobOf('merge.yml', 'removals');
  for (const [place, [name]] of stages().entries()) {
    assert.ok([removals.needs].flat().includes(name));
    const absent = place === 0 ? '' : ` || ${WAVES}[${place}] == null`;
    assert.match(String(removals.if), `needs.${name}.result == 'success'${absent}`);
  }
});

test('losses wait for nobody but the list of environments, and publishing for Terraform only where infrastructure changed', () => {
  const losses = jobOf('merge.yml', 'losses');
  assert.equal([losses.needs, losses.concurrency], ['environments', undefined]);
  const list = jobOf('merge.yml', 'environments');
  assert.equal([list.needs, list.concurrency, list.environment], [undefined, undefined, undefined]);
  assert.match(String(jobOf('merge.yml', 'additions').if), /infrastructure\.outputs\.changed == 'true'/);
  assert.match(String(jobOf('merge.yml', 'first').if), /"skipped"/);
});

test('what deletes comes after what it deletes is used by nobody', () => {
  const runs = stepsOf(called('merge.yml'))
    .filter(({ job }) => job === 'removals')
    .map(({ step }) => step.run ?? '');
  const drift = runs.findIndex((run) => run.startsWith('node bin/ztna.js drift'));
  assert.ok(drift >= 0 && drift < runs.findIndex((run) => run.includes('--only removals')));
});

test.run();
