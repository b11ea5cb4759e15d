import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { MOST_WAVES } from '../../contract/delivery-order.ts';
import { parse } from 'yaml';
import { PATIENCE } from '../../github/connection/connection.ts';
import { COMMANDS } from '../../commands/all.ts';
import { suite } from '../../testing/suite.ts';
import { actionsIn } from './actions.ts';
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
interface Group {
  group: string;
  'cancel-in-progress': boolean;
}

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

test('all workflows use one commit of an action, and no two actions the same', () => {
  const used = all.flatMap(({ text }) => actionsIn(text));
  const releases = new Set(used.map(({ action, commit, comment }) => `${action} ${commit} ${comment}`));
  for (const part of [0, 1]) {
    const parts = [...releases].map((one) => one.split(' ')[part]);
    assert.is(new Set(parts).size, parts.length);
  }
});

test('a job that asks GitHub has twice the time for which a connection may wait', () => {
  for (const { file, jobs } of all)
    for (const [name, { steps = [], 'timeout-minutes': minutes = 0 }] of jobs)
      if (steps.some(({ env }) => env?.['GITHUB_TOKEN'] ?? env?.['GITHUB_PROPOSALS_TOKEN']))
        assert.ok(minutes * 60_000 > 2 * PATIENCE, `${file}: ${name}`);
});

test('what a pull request makes of the tools and of AWS is looked at again where it is led to another branch', () => {
  const plan = parse(called('plan.yml').text) as { on: { pull_request_target: { types: string[] } } };
  assert.ok(plan.on.pull_request_target.types.includes('edited'));
  const { on } = parse(called('tools.yml').text) as { on: { pull_request: { types: string[] } } };
  assert.ok(on.pull_request.types.includes('edited'));
  // A job that is left out would pass under the name of a required status.
  assert.is(jobOf('tools.yml', 'test').if, undefined);
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
  const plan = jobOf('plan.yml', 'plan');
  assert.match(String(plan.environment), /-plan$/);
  assert.match(String(jobOf('plan.yml', 'touched').if), /head\.repo\.full_name == github\.repository/);
});

test('a plan asks only where infrastructure changes, is of the commit that was approved, and its end is told', () => {
  const { if: condition, name, needs, strategy, steps } = jobOf('plan.yml', 'plan');
  assert.equal([needs, condition], ['touched', "needs.touched.outputs.ids != '[]'"]);
  assert.is(strategy!.matrix!['environment'], '${{ fromJSON(needs.touched.outputs.ids) }}');
  // Who approves reads which commit, and no other one is fetched.
  assert.match(name!, '${{ github.event.pull_request.head.sha }}');
  const fetch = steps!.find(({ id }) => id === 'fetch')!;
  assert.match(fetch.run!, '--commit "$COMMIT"');
  assert.is(fetch.env!['COMMIT'], '${{ github.event.pull_request.head.sha }}');
  const last = steps!.at(-1)!;
  assert.match(last.run!, /github planned .*--execute$/);
  const { on } = parse(called('pull-request.yml').text) as { on: { workflow_run: { workflows: string[] } } };
  assert.equal(on.workflow_run.workflows, ['Review', 'Plan']);
});

test('looks at one pull request wait for each other, and no run’s name leads into a group of the queue', () => {
  const text = readFileSync(`${folder}/pull-request.yml`, 'utf8');
  const { group, 'cancel-in-progress': ends } = jobOf('pull-request.yml', 'policy').concurrency as Group;
  assert.is(ends, false);
  const faults: [from: string, to: string][] = [
    ['cancel-in-progress: false', 'cancel-in-progress: true'],
    [group, 'pull-request'],
    [group, group.replace("${{ github.event_name == 'merge_group' && 'queue' || 'pull' }}-", '')],
    [group, group.replace("'pull' }}-", "'pull' }}-${{ github.run_id }}-")],
  ];
  for (const [from, to] of faults) {
    const changed = workflowOf('pull-request.yml', text.replace(from, to), scripts);
    assert.is(RULES['who waits for whom']!(changed).length, 1, to);
  }
});

/** What a stage of the merge does, whichever it is. */
const stages = (): [string, Job][] =>
  called('merge.yml').jobs.filter(([, job]) => job.uses === './.github/workflows/deliver.yml');
const WAVES = 'fromJSON(needs.environments.outputs.waves)';

test('a job that changes something begins with the newest main, and a later stage with what the first has in force', () => {
  const others = called('merge.yml').jobs.filter(([, job]) => !job.uses);
  for (const [name, job] of others) {
    const checkout = job.steps!.find(({ uses }) => uses?.startsWith('actions/checkout@'))!;
    assert.is(checkout.with!['ref'], 'main', name);
  }
  const { steps, outputs } = jobOf('deliver.yml', 'deliver');
  const taken = steps!.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
  assert.equal(
    taken.map((step) => step.with!['ref']),
    ['${{ inputs.commit }}', '${{ steps.ready.outputs.commit }}'],
  );
  assert.is(outputs!['commit'], `\${{ steps.${taken[1]!.id}.outputs.commit }}`);
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

test('removals, and the record that all is done, wait for every stage that has an environment', () => {
  for (const last of ['removals', 'complete'].map((name) => jobOf('merge.yml', name)))
    for (const [place, [name]] of stages().entries()) {
      assert.ok([last.needs].flat().includes(name));
      const absent = place === 0 ? '' : ` || ${WAVES}[${place}] == null`;
      assert.match(String(last.if), `needs.${name}.result == 'success'${absent}`);
    }
});

test('what Terraform has to do is what no merge has done everywhere, whichever push it came with', () => {
  assert.not.match(called('merge.yml').text, 'github.event.before');
  const look = jobOf('merge.yml', 'infrastructure').steps!.at(-1)!;
  assert.match(look.run!, 'github outstanding');
  // All done is said where removals are, or where Terraform had nothing to do; added, where every environment has it.
  const done = String(jobOf('merge.yml', 'complete').if);
  assert.match(done, "needs.removals.result == 'success' || needs.infrastructure.outputs.changed == 'false'");
  assert.equal(jobOf('merge.yml', 'added').needs, ['infrastructure', 'additions']);
  assert.is(jobOf('merge.yml', 'added').if, undefined);
  const recorded = { added: 'infrastructure', complete: 'first' };
  for (const [name, from] of Object.entries(recorded)) {
    const { permissions, environment, steps } = jobOf('merge.yml', name);
    assert.equal([permissions, environment], [{ contents: 'read', deployments: 'write' }, undefined]);
    const step = steps!.at(-1)!;
    assert.match(step.run!, `github record --milestone ${name} --commit "$COMMIT"`);
    assert.is(step.env!['COMMIT'], `\${{ needs.${from}.outputs.commit }}`);
  }
});

test('a delivery takes what waits for no Terraform, whichever merge brought it', () => {
  const runs = jobOf('deliver.yml', 'deliver').steps!.map(({ id, uses, run }) => id ?? run ?? uses ?? '');
  const order = ['ready', 'main', 'node bin/ztna.js merge'].map((one) =>
    runs.findIndex((run) => run.startsWith(one)),
  );
  assert.equal(
    order,
    [...order].sort((a, b) => a - b),
  );
  assert.ok(order[0]! > 0);
});

test('a delivery goes on where the agent cannot be built, and takes one only where it was', () => {
  const agent = jobOf('deliver.yml', 'agent');
  const build = agent.steps!.find(({ run }) => run === 'npm run agent:linux')!;
  assert.is(build['continue-on-error'], true);
  assert.ok(build['timeout-minutes']! < agent['timeout-minutes']!);
  assert.equal(agent.outputs, { built: `\${{ steps.${build.id}.outcome }}` });
  assert.equal(agent.permissions, { contents: 'read' });
  assert.is(agent.environment, undefined);
  const { steps } = jobOf('deliver.yml', 'deliver');
  const taken = steps!.findIndex(({ uses }) => uses?.startsWith('actions/download-artifact@'));
  // Folders are closed to others before it runs.
  for (const step of [steps![taken]!, steps![taken + 1]!])
    assert.is(step.if, "needs.agent.outputs.built == 'success'");
  assert.is(steps![taken + 1]!.run, 'npm run agent:apart');
  assert.match(steps!.at(-1)!.run!, /ztna\.js merge .*--agent-user nobody/);
});

test('losses wait for nobody but the list of environments, and publishing for Terraform only where it has something to do', () => {
  const losses = jobOf('merge.yml', 'losses');
  assert.equal([losses.needs, losses.concurrency], ['environments', undefined]);
  const list = jobOf('merge.yml', 'environments');
  assert.equal([list.needs, list.concurrency, list.environment], [undefined, undefined, undefined]);
  assert.match(String(jobOf('merge.yml', 'additions').if), /infrastructure\.outputs\.changed == 'true'/);
  assert.match(
    String(jobOf('merge.yml', 'first').if),
    "needs.added.result == 'success' || needs.infrastructure.outputs.changed == 'false'",
  );
});

test('what deletes comes after what it deletes is used by nobody', () => {
  const runs = stepsOf(called('merge.yml'))
    .filter(({ job }) => job === 'removals')
    .map(({ step }) => step.run ?? '');
  const drift = runs.findIndex((run) => run.startsWith('node bin/ztna.js drift'));
  assert.ok(drift >= 0 && drift < runs.findIndex((run) => run.includes('--only removals')));
});

test.run();
