import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import { filesBelow } from '../hcl/module.ts';
import { type Provider, readProvider } from '../schema.ts';
import { breaches, POLICIES } from './all.ts';
import { OPEN } from './world.ts';

const root = fileURLToPath(new URL('../../../terraform', import.meta.url));
const none: Provider = { provider: 'none', version: '0', resources: {}, data: {} };
const breached = (text: string): string[] =>
  breaches(new Map([['modules/x/main.tf', text]]), none).map(({ line, says }) => `${line} ${says}`);

/** A text, and what is said of it: nothing, or where and what. */
const EXAMPLES: readonly [what: string, text: string, says: readonly RegExp[]][] = [
  [
    'a rule open to IPv4',
    'resource "aws_vpc_security_group_ingress_rule" "ssh" {\n  cidr_ipv4 = "0.0.0.0/0"\n  from_port = 22\n}',
    [/^2 .*ssh is open to 0\.0\.0\.0\/0/],
  ],
  [
    'a rule open to IPv6, by a condition',
    'resource "aws_vpc_security_group_ingress_rule" "ssh" {\n  cidr_ipv6 = var.open ? "::/0" : null\n}',
    [/^2 .*is open to ::\/0/],
  ],
  [
    'a group open by a block of its own',
    'resource "aws_security_group" "a" {\n  ingress {\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}',
    [/^3 .*is open/],
  ],
  [
    'a group open by a dynamic block',
    'resource "aws_security_group" "a" {\n  dynamic "ingress" {\n    for_each = [1]\n    content {\n      cidr_blocks = ["0.0.0.0/0"]\n    }\n  }\n}',
    [/^5 .*is open/],
  ],
  ['a way out', 'resource "aws_vpc_security_group_egress_rule" "a" {\n  cidr_ipv4 = "0.0.0.0/0"\n}', []],
  [
    'a listed opening',
    'resource "aws_vpc_security_group_ingress_rule" "agents" {\n  cidr_ipv4 = "0.0.0.0/0"\n}',
    [],
  ],
  [
    'a log group without a key',
    'resource "aws_cloudwatch_log_group" "a" {\n  retention_in_days = 1\n}',
    [/^1 .*does not say kms_key_id/],
  ],
  [
    'a disk that is not encrypted',
    'resource "aws_instance" "a" {\n  root_block_device {\n    encrypted = false\n    kms_key_id = "k"\n  }\n  metadata_options {\n    http_tokens = "required"\n  }\n}',
    [/root_block_device\.encrypted = true/],
  ],
  [
    'an instance without IMDSv2',
    'resource "aws_instance" "a" {\n  root_block_device {\n    encrypted = true\n    kms_key_id = "k"\n  }\n}',
    [/metadata_options\.http_tokens = "required"/],
  ],
  [
    'a parameter in clear text',
    'resource "aws_ssm_parameter" "a" {\n  type = "String"\n  key_id = "k"\n}',
    [/type = "SecureString"/],
  ],
  [
    'a listener without TLS',
    'resource "aws_lb_listener" "a" {\n  port = 8080\n  protocol = "HTTP"\n}',
    [/protocol = "HTTPS"/, /ssl_policy/],
  ],
  [
    'a listener that redirects',
    'resource "aws_lb_listener" "a" {\n  port = 80\n  protocol = "HTTP"\n  default_action {\n    type = "redirect"\n  }\n}',
    [],
  ],
  [
    'a bucket alone',
    'resource "aws_s3_bucket" "a" {\n}',
    [/server_side_encryption/, /public_access_block/, /bucket_policy/],
  ],
  [
    'an action without a reason',
    'data "aws_iam_policy_document" "a" {\n  statement {\n    actions = ["s3:*"]\n    resources = ["arn:a"]\n  }\n}',
    [/^3 "s3:\*" needs a comment/],
  ],
  [
    "a resource with another statement's reason",
    'data "aws_iam_policy_document" "a" {\n  statement {\n    # Wildcard: this action knows no resources.\n    resources = ["*"]\n  }\n  statement {\n    resources = ["*"]\n  }\n}',
    [/^7 "\*" needs a comment/],
  ],
  [
    'a document made by jsonencode',
    'resource "aws_iam_role_policy" "a" {\n  policy = jsonencode({ Statement = [{ Action = "s3:*", "Resource" = "*" }] })\n}',
    [/^2 "s3:\*"/, /^2 "\*"/],
  ],
  [
    'a wildcard with a reason',
    'data "aws_iam_policy_document" "a" {\n  statement {\n    actions = ["s3:GetObject"]\n    # Wildcard: keys are named for days.\n    resources = ["arn:a/*"]\n  }\n}',
    [],
  ],
  [
    'a statement that denies',
    'data "aws_iam_policy_document" "a" {\n  statement {\n    effect = "Deny"\n    actions = ["s3:*"]\n    resources = ["*"]\n  }\n}',
    [],
  ],
  ['a kind nobody has thought of', 'resource "aws_memorydb_cluster" "a" {\n}', [/how it is encrypted/]],
];

const test = suite('terraform policies');

for (const [what, text, says] of EXAMPLES) {
  test(`${what}: ${says.length === 0 ? 'fine' : 'seen'}`, () => {
    const found = breached(text);
    assert.is(found.length, says.length, found.join('\n'));
    for (const one of says)
      assert.ok(
        found.some((line) => one.test(line)),
        found.join('\n'),
      );
  });
}

test('there are no other policies than these', () => assert.is(Object.keys(POLICIES).length, 4));

if (existsSync(root)) {
  const files = filesBelow(root, 'terraform');
  test('terraform/ keeps every policy', () => {
    const found = breaches(files, readProvider()).map(({ file, line, says }) => `${file}:${line} ${says}`);
    assert.is(found.join('\n'), '');
  });

  test('every listed opening is there', () => {
    const text = [...files.values()].join('\n');
    for (const name of Object.keys(OPEN)) assert.ok(text.includes(`"${name.replace('.', '" "')}"`), name);
  });
} else test.skip('terraform/ keeps every policy', 'there is no terraform/');

test.run();
