import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../commands/all.ts';
import { suite } from '../../testing/suite.ts';
import { ACTIONS } from './actions.ts';
import { FAULTS, SOUND } from './examples.ts';
import { RULES } from './rules.ts';
import { stepsOf, workflowOf, type Workflow } from './workflow.ts';

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
  const plan = jobOf('pull-request.yml', 'plan') as { environment?: string; if?: string };
  assert.match(plan.environment!, /-plan$/);
  assert.match(plan.if!, /head\.repo\.full_name == github\.repository/);
});

test('a job that delivers begins with the newest main, or with what an earlier environment has in force', () => {
  for (const [name, job] of called('merge.yml').jobs.filter(([job]) => job !== 'infrastructure')) {
    const checkout = job.steps!.find(({ uses }) => uses?.startsWith('actions/checkout@'))!;
    assert.is(checkout.with!['ref'], name === 'prod' ? '${{ needs.dev.outputs.commit }}' : 'main', name);
  }
  // A commit of an earlier attempt may be older than what waits in the group.
  assert.match(String(jobOf('merge.yml', 'prod').if), /needs\.dev\.outputs\.attempt == github\.run_attempt/);
});

test('losses wait for nobody, and publishing for Terraform only where infrastructure changed', () => {
  const losses = jobOf('merge.yml', 'losses') as { needs?: unknown; concurrency?: unknown };
  assert.equal([losses.needs, losses.concurrency], [undefined, undefined]);
  assert.match(String(jobOf('merge.yml', 'additions').if), /infrastructure\.outputs\.changed == 'true'/);
  assert.match(String(jobOf('merge.yml', 'dev').if), /"skipped"/);
});

test('what deletes comes after what it deletes is used by nobody', () => {
  const runs = stepsOf(called('merge.yml'))
    .filter(({ job }) => job === 'removals')
    .map(({ step }) => step.run ?? '');
  const drift = runs.findIndex((run) => run.startsWith('node bin/ztna.js drift'));
  assert.ok(drift >= 0 && drift < runs.findIndex((run) => run.includes('--only removals')));
});

test.run();
