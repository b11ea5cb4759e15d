import * as assert from 'uvu/assert';
import { suite } from '../testing/suite.ts';
import { additions, changeLines, changesOf, removals, takesAway } from './changes.ts';

const test = suite('terraform changes');

const DASHBOARD = 'module.observability.aws_cloudwatch_dashboard.this';
const LOGS = 'module.observability.aws_cloudwatch_log_group.component';

/** A plan as `terraform show -json` prints it: what it does by address, and what depends on what in the state. */
const plan = (actions: Record<string, string[]>, dependsOn: Record<string, string[]> = {}): string =>
  JSON.stringify({
    resource_changes: Object.entries(actions).map(([address, one]) => ({
      address,
      change: { actions: one },
    })),
    prior_state: {
      values: {
        root_module: {
          child_modules: [
            {
              resources: Object.entries(dependsOn).map(([address, depends_on]) => ({ address, depends_on })),
            },
          ],
        },
      },
    },
  });

const deedOf = (address: string, ...actions: string[]) => changesOf(plan({ [address]: actions }))[0]?.deed;

test('what is planned, in one word', () => {
  assert.is(deedOf('aws_vpc.this', 'create'), 'add');
  assert.is(deedOf('aws_vpc.this', 'update'), 'change');
  assert.is(deedOf('aws_vpc.this', 'delete'), 'remove');
  assert.is(deedOf('aws_vpc.this', 'delete', 'create'), 'replace');
  assert.is(deedOf('aws_vpc.this', 'create', 'delete'), 'renew');
  assert.is(deedOf('aws_vpc.this', 'no-op'), undefined);
  assert.equal(changesOf('{}'), []);
});

test('a new revision of a task definition takes nothing away, in whatever order', () => {
  const address = 'module.connector["a.b"].module.task.aws_ecs_task_definition.this';
  for (const order of [
    ['delete', 'create'],
    ['create', 'delete'],
  ]) {
    const [one] = changesOf(plan({ [address]: order }));
    assert.equal(one, { address, deed: 'renew', late: false });
    assert.not(takesAway(one!));
  }
  assert.is(deedOf(address, 'delete'), 'remove');
  assert.is(
    deedOf('module.aws_ecs_task_definition["x"].aws_ecs_service.this', 'delete', 'create'),
    'replace',
  );
});

test('what depends on something that goes is made when that goes', () => {
  const changes = changesOf(
    plan(
      { [DASHBOARD]: ['update'], [`${LOGS}["connector/old"]`]: ['delete'], 'aws_vpc.this': ['update'] },
      { [DASHBOARD]: ['aws_kms_key.data', LOGS], 'aws_vpc.this': ['aws_kms_key.data'] },
    ),
  );
  assert.equal(
    additions(changes).map(({ address }) => address),
    ['aws_vpc.this'],
  );
  assert.equal(changeLines(removals(changes)), [`  ~ ${DASHBOARD}`, `  - ${LOGS}["connector/old"]`]);
});

test('of one resource, what goes takes along what is there already, and what is new does not wait', () => {
  const task = (id: string): string => `module.connector["${id}"].aws_ecs_task_definition.this`;
  const changes = changesOf(
    plan(
      { [task('old')]: ['delete'], [task('apps')]: ['create', 'delete'], [task('new')]: ['create'] },
      { [task('old')]: [], [task('apps')]: [] },
    ),
  );
  assert.equal(
    removals(changes).map(({ address }) => address),
    [task('old'), task('apps')],
  );
});

test('an old machine does not go before its address has moved', () => {
  const [machine, move, alarm] = ['m.aws_instance.this', 'm.aws_ssm_association.replace', 'm.aws_alarm.a'];
  const changes = changesOf(
    plan(
      {
        [machine!]: ['create', 'delete'],
        [move!]: ['delete', 'create'],
        [alarm!]: ['update'],
        'm.aws_route53_zone.address': ['delete', 'create'],
      },
      { [machine!]: [], [move!]: [machine!, 'm.aws_route53_zone.address'], [alarm!]: [machine!] },
    ),
  );
  assert.equal(additions(changes), [], 'the zone is made anew, so the move waits, so the machine does');
});

test('what depends on something renewed does not wait', () => {
  const changes = changesOf(
    plan(
      { 'm.aws_instance.this': ['create', 'delete'], 'm.aws_cloudwatch_metric_alarm.a': ['update'] },
      { 'm.aws_cloudwatch_metric_alarm.a': ['m.aws_instance.this'] },
    ),
  );
  assert.equal(removals(changes), []);
  assert.equal(changeLines(changes), [
    '  ~ m.aws_instance.this, by a new one',
    '  ~ m.aws_cloudwatch_metric_alarm.a',
  ]);
});

test.run();
