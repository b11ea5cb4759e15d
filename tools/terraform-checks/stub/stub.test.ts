import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { type Provider, readProvider } from '../schema.ts';
import { policyDocument } from './document.ts';
import { findProgram, type Ran } from './program.ts';
import { replacedBy } from './replacement.ts';
import { type Sandbox, sandbox } from './sandbox.ts';
import { read, UNKNOWN, type Values, write } from './wire.ts';

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
const small = JSON.parse(readFileSync(join(fixtures, 'provider.json'), 'utf8')) as Provider;
const program = findProgram();
const where = { account: '111122223333', region: 'eu-west-1' };
const STACK = 'sound/stacks/one';

// slow: it starts processes
const test = suite('terraform stand-in');

test('values keep what is not known yet', () => {
  assert.equal(read(write({ a: UNKNOWN, b: [1, null, { c: UNKNOWN }] })), {
    a: UNKNOWN,
    b: [1, null, { c: UNKNOWN }],
  });
  assert.is(read(write(null)), null);
});

test('a policy document is rendered', () => {
  const statement = {
    sid: 'Read',
    effect: null,
    actions: ['ssm:GetParameter'],
    resources: ['*'],
    principals: [{ type: 'AWS', identifiers: ['arn:aws:iam::111122223333:root'] }],
    condition: [{ test: 'Bool', variable: 'aws:SecureTransport', values: ['true'] }],
  };
  assert.equal(JSON.parse(policyDocument({ statement: [statement] })), {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Read',
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam::111122223333:root'] },
        Action: ['ssm:GetParameter'],
        Resource: ['*'],
        Condition: { Bool: { 'aws:SecureTransport': ['true'] } },
      },
    ],
  });
});

test('what makes a resource anew: known changes of some arguments, unknown ones too, but not of a script', () => {
  const was = { user_data_replace_on_change: true, user_data_base64: 'YQ==', instance_type: 't4g.small' };
  const because = (after: Values): string[] => replacedBy('aws_instance', was, { ...was, ...after });
  assert.equal(because({}), []);
  assert.equal(because({ user_data_base64: 'Yg==' }), ['user_data_base64']);
  assert.equal(because({ user_data_base64: UNKNOWN }), []);
  assert.equal(because({ user_data_base64: 'Yg==', user_data_replace_on_change: false }), []);
  assert.equal(because({ subnet_id: UNKNOWN }), ['subnet_id']);
  assert.equal(because({ instance_type: 't4g.large' }), [], 'it is stopped and started');
  assert.equal(because({ instance_type: 'c7i.large' }), ['instance_type']);
  assert.equal(replacedBy('aws_ecs_task_definition', { tags: null }, { tags: { a: 'b' } }), []);
});

async function inside(work: (box: Sandbox) => Promise<void>): Promise<void> {
  const box = await sandbox(program!.name, { sound: fixtures }, small, where);
  try {
    const begun = await box.init(STACK);
    assert.is(begun.code, 0, begun.err);
    await work(box);
  } finally {
    await box.close();
  }
}

const REAL: Readonly<Record<string, (box: Sandbox) => Promise<void>>> = {
  'the sound example is valid, and is applied': async (box) => {
    const valid = await box.run(STACK, 'validate');
    assert.is(valid.code, 0, valid.err);
    const applied = await box.run(STACK, 'apply', '-auto-approve', '-input=false', '-var=region=eu-west-1');
    assert.is(applied.code, 0, applied.err);
    const made = (await box.resources(STACK)).filter(({ mode }) => mode === 'managed');
    assert.equal(made.map(({ address }) => address).sort(), [
      'aws_vpc.this',
      'module.thing["a"].aws_lb.this[0]',
      'module.thing["a"].aws_security_group.this',
      'module.thing["a"].aws_vpc_security_group_ingress_rule.this["443"]',
      'module.thing["b"].aws_lb.this[0]',
      'module.thing["b"].aws_security_group.this',
      'module.thing["b"].aws_vpc_security_group_ingress_rule.this["443"]',
    ]);
    assert.match(JSON.stringify(made), /arn:aws:ec2|sg-[0-9a-f]{17}/);
    const again = await box.run(STACK, 'plan', '-detailed-exitcode', '-input=false', '-var=region=eu-west-1');
    assert.is(again.code, 0, `nothing is left to change: ${again.out}${again.err}`);
  },
  'terraform refuses an argument that the schema does not have': async (box) => {
    const file = join(box.folder, 'sound/modules/thing/main.tf');
    writeFileSync(file, readFileSync(file, 'utf8').replace('description = "Of', 'descripton = "Of'));
    const { code, err } = await box.run(STACK, 'validate');
    assert.is(code, 1);
    assert.match(
      err,
      /main\.tf line 10[\s\S]*Unsupported argument|An argument named "descripton" is not expected/,
    );
  },
};

for (const [what, work] of Object.entries(REAL)) {
  if (program) test(what, () => inside(work));
  else test.skip(what, 'neither terraform nor tofu is on the path');
}

/** An instance whose script has in it what is only known when its neighbour was made anew. */
const INSTANCE = (lifecycle: string): string => `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "image" { type = string }
resource "terraform_data" "floor" {
  triggers_replace = [var.image]
}
resource "aws_instance" "this" {
  instance_type               = "t4g.small"
  user_data_base64            = base64encode("\${terraform_data.floor.id} \${var.image}")
  user_data_replace_on_change = true
  lifecycle {
    create_before_destroy = true
    ${lifecycle}
  }
}
`;

/** Makes the instance with one image, and then with another. @returns how the second ended */
async function upgraded(lifecycle: string): Promise<Ran> {
  const box = await sandbox(program!.name, {}, readProvider(), where);
  try {
    mkdirSync(join(box.folder, 'one'));
    writeFileSync(join(box.folder, 'one/main.tf'), INSTANCE(lifecycle));
    await box.init('one');
    const apply = (image: string) =>
      box.run('one', 'apply', '-auto-approve', '-no-color', `-var=image=${image}`);
    const first = await apply('a');
    assert.is(first.code, 0, first.err);
    return await apply('b');
  } finally {
    await box.close();
  }
}

const RULE: Readonly<Record<string, () => Promise<void>>> = {
  'as with the real provider, an instance whose script is unknown while planning cannot be changed':
    async () => {
      const { code, out, err } = await upgraded('');
      assert.is(code, 1);
      assert.match(out, /aws_instance.this will be updated in-place/);
      const said = err.replace(/\s+/g, ' ');
      assert.match(said, /inconsistent final plan.*changed the planned action from Update/);
    },
  'an instance that is planned to be another one can': async () => {
    const { code, out, err } = await upgraded('replace_triggered_by = [terraform_data.floor]');
    assert.is(code, 0, err);
    assert.match(out, /aws_instance.this will be replaced due to changes in replace_triggered_by/);
  },
};

for (const [what, body] of Object.entries(RULE)) {
  if (program) test(what, body);
  else test.skip(what, 'neither terraform nor tofu is on the path');
}

test.run();
