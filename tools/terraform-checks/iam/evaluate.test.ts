import * as assert from 'uvu/assert';
import { suite } from '../../testing/suite.ts';
import type { Document, AwsPrincipal, AwsRequest, Statement } from './document.ts';
import { type IamDecision, evaluate } from './evaluate.ts';

const ACCOUNT = '111122223333';
const user: AwsPrincipal = { kind: 'AWS', id: `arn:aws:iam::${ACCOUNT}:user/nora`, account: ACCOUNT };
const documentOf = (...Statement: Statement[]): Document => ({ Version: '2012-10-17', Statement });
const allowAll: Statement = { Effect: 'Allow', Action: '*', Resource: '*' };

/** A document, a request and AWS's answer. Each shows one thing that the IAM user guide says of evaluation. */
interface Example {
  shows: string;
  identity?: Statement[];
  resource?: Statement[];
  boundary?: Statement[];
  principal?: AwsPrincipal;
  action: string;
  on: string;
  context?: AwsRequest['context'];
  answer: IamDecision;
}

const tags = (operator: string, values: string[]): Statement[] => [
  {
    Effect: 'Allow',
    Action: 'ec2:CreateTags',
    Resource: '*',
    Condition: { [operator]: { 'aws:TagKeys': values } },
  },
];
const tagging = { action: 'ec2:CreateTags', on: `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-1` };
const mfa = (operator: string): Statement[] => [
  allowAll,
  {
    Effect: 'Deny',
    NotAction: 'iam:*',
    Resource: '*',
    Condition: { [operator]: { 'aws:MultiFactorAuthPresent': 'false' } },
  },
];
const overwrite: Statement[] = [
  { Effect: 'Allow', Action: 'ssm:PutParameter', Resource: `arn:aws:ssm:us-east-2:${ACCOUNT}:parameter/*` },
  {
    Effect: 'Deny',
    Action: 'ssm:PutParameter',
    Resource: `arn:aws:ssm:us-east-2:${ACCOUNT}:parameter/*`,
    Condition: { StringEquals: { 'ssm:Overwrite': ['true'] } },
  },
];
const parameter = { action: 'ssm:PutParameter', on: `arn:aws:ssm:us-east-2:${ACCOUNT}:parameter/a` };
const home: Statement[] = [
  {
    Effect: 'Allow',
    Action: 's3:ListBucket',
    Resource: 'arn:aws:s3:::home',
    Condition: { StringLike: { 's3:prefix': ['', 'home/', 'home/${aws:username}/*'] } },
  },
  { Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::home/home/${aws:username}/*' },
];
const office: Statement[] = [
  allowAll,
  {
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '203.0.113.0/24'] } },
  },
];
const github: AwsPrincipal = {
  kind: 'Federated',
  id: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
  account: ACCOUNT,
};
const trust: Statement[] = [
  {
    Effect: 'Allow',
    Principal: { Federated: github.id },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
      StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:octo-org/octo-repo:ref:refs/heads/*' },
    },
  },
];
const token = (sub: string): Partial<Example> => ({
  principal: github,
  context: {
    'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
    'token.actions.githubusercontent.com:sub': sub,
  },
});
const key: Statement[] = [
  { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
];
const sign = { action: 'kms:Sign', on: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/k` };

const EXAMPLES: readonly Example[] = [
  {
    shows: 'nothing is allowed by itself',
    identity: [],
    action: 's3:GetObject',
    on: 'arn:aws:s3:::a/b',
    answer: 'not allowed',
  },
  {
    shows: 'a deny beats an allow',
    identity: [allowAll, { Effect: 'Deny', Action: 's3:*', Resource: '*' }],
    action: 's3:GetObject',
    on: 'arn:aws:s3:::a/b',
    answer: 'denied',
  },
  {
    shows: 'actions compare without case, with wildcards',
    identity: [{ Effect: 'Allow', Action: 'S3:get*', Resource: '*' }],
    action: 's3:GetObject',
    on: 'arn:aws:s3:::a/b',
    answer: 'allowed',
  },
  {
    shows: 'resources compare with case',
    identity: [{ Effect: 'Allow', Action: '*', Resource: 'arn:aws:s3:::A/*' }],
    action: 's3:GetObject',
    on: 'arn:aws:s3:::a/b',
    answer: 'not allowed',
  },
  {
    shows: '? is one character',
    identity: [{ Effect: 'Allow', Action: '*', Resource: 'arn:aws:s3:::a?/b' }],
    action: 's3:GetObject',
    on: 'arn:aws:s3:::a/b',
    answer: 'not allowed',
  },
  {
    shows: 'NotAction allows all else',
    identity: [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }],
    action: 's3:GetObject',
    on: 'arn:aws:s3:::a/b',
    answer: 'allowed',
  },
  {
    shows: 'NotAction does not allow what it names',
    identity: [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }],
    action: 'iam:GetUser',
    on: '*',
    answer: 'not allowed',
  },
  {
    shows: 'NotResource denies all else',
    identity: [allowAll, { Effect: 'Deny', Action: 's3:*', NotResource: 'arn:aws:s3:::own/*' }],
    action: 's3:GetObject',
    on: 'arn:aws:s3:::a/b',
    answer: 'denied',
  },
  {
    shows: 'Deny with BoolIfExists holds where the key is missing',
    identity: mfa('BoolIfExists'),
    action: 's3:GetObject',
    on: 'arn:aws:s3:::a/b',
    answer: 'denied',
  },
  {
    shows: 'Deny with Bool does not hold where the key is missing',
    identity: mfa('Bool'),
    action: 's3:GetObject',
    on: 'arn:aws:s3:::a/b',
    answer: 'allowed',
  },
  {
    shows: 'Bool compares',
    identity: mfa('Bool'),
    action: 's3:GetObject',
    on: 'arn:aws:s3:::a/b',
    context: { 'aws:MultiFactorAuthPresent': 'true' },
    answer: 'allowed',
  },
  {
    shows: 'what ssm:Overwrite denies may still create',
    identity: overwrite,
    ...parameter,
    context: { 'ssm:Overwrite': 'false' },
    answer: 'allowed',
  },
  {
    shows: 'ssm:Overwrite denies changing',
    identity: overwrite,
    ...parameter,
    context: { 'ssm:Overwrite': 'true' },
    answer: 'denied',
  },
  {
    shows: 'ForAllValues: each value is listed',
    identity: tags('ForAllValues:StringEquals', ['red', 'green']),
    ...tagging,
    context: { 'aws:TagKeys': ['red'] },
    answer: 'allowed',
  },
  {
    shows: 'ForAllValues: one value is not listed',
    identity: tags('ForAllValues:StringEquals', ['red', 'green']),
    ...tagging,
    context: { 'aws:TagKeys': ['red', 'blue'] },
    answer: 'not allowed',
  },
  {
    shows: 'ForAllValues holds where there is no key',
    identity: tags('ForAllValues:StringEquals', ['red']),
    ...tagging,
    answer: 'allowed',
  },
  {
    shows: 'ForAnyValue: one value is listed',
    identity: tags('ForAnyValue:StringEquals', ['red', 'green']),
    ...tagging,
    context: { 'aws:TagKeys': ['red', 'blue'] },
    answer: 'allowed',
  },
  {
    shows: 'ForAnyValue does not hold where there is no key',
    identity: tags('ForAnyValue:StringEquals', ['red']),
    ...tagging,
    answer: 'not allowed',
  },
  {
    shows: 'ForAllValues with a negation: one value is listed',
    identity: tags('ForAllValues:StringNotEquals', ['red']),
    ...tagging,
    context: { 'aws:TagKeys': ['red', 'blue'] },
    answer: 'not allowed',
  },
  {
    shows: 'Null true: the key must not be there',
    identity: [{ ...allowAll, Condition: { Null: { 'aws:TokenIssueTime': 'true' } } }],
    action: 's3:GetObject',
    on: '*',
    answer: 'allowed',
  },
  {
    shows: 'Null false: the key must be there',
    identity: [{ ...allowAll, Condition: { Null: { 'aws:TokenIssueTime': 'false' } } }],
    action: 's3:GetObject',
    on: '*',
    answer: 'not allowed',
  },
  {
    shows: 'several values of a key are alternatives',
    identity: [{ ...allowAll, Condition: { StringEquals: { 'aws:PrincipalTag/team': ['a', 'b'] } } }],
    action: 's3:GetObject',
    on: '*',
    context: { 'aws:principaltag/team': 'b' },
    answer: 'allowed',
  },
  {
    shows: 'several keys must all hold',
    identity: [
      {
        ...allowAll,
        Condition: { StringEquals: { 'aws:PrincipalTag/team': 'a', 'aws:PrincipalTag/site': 'x' } },
      },
    ],
    action: 's3:GetObject',
    on: '*',
    context: { 'aws:PrincipalTag/team': 'a' },
    answer: 'not allowed',
  },
  {
    shows: 'a negation holds where the key is missing',
    identity: [{ ...allowAll, Condition: { StringNotEquals: { 'aws:PrincipalTag/team': 'a' } } }],
    action: 's3:GetObject',
    on: '*',
    answer: 'allowed',
  },
  {
    shows: 'a negation of several values denies each',
    identity: [{ ...allowAll, Condition: { StringNotEquals: { 'aws:PrincipalTag/team': ['a', 'b'] } } }],
    action: 's3:GetObject',
    on: '*',
    context: { 'aws:PrincipalTag/team': 'b' },
    answer: 'not allowed',
  },
  {
    shows: 'a variable is what the request says',
    identity: home,
    action: 's3:GetObject',
    on: 'arn:aws:s3:::home/home/nora/x',
    context: { 'aws:username': 'nora' },
    answer: 'allowed',
  },
  {
    shows: "a variable is not another's",
    identity: home,
    action: 's3:GetObject',
    on: 'arn:aws:s3:::home/home/omar/x',
    context: { 'aws:username': 'nora' },
    answer: 'not allowed',
  },
  {
    shows: 'a variable that the request does not say matches nothing',
    identity: home,
    action: 's3:GetObject',
    on: 'arn:aws:s3:::home/home//x',
    answer: 'not allowed',
  },
  {
    shows: 'a variable in a condition',
    identity: home,
    action: 's3:ListBucket',
    on: 'arn:aws:s3:::home',
    context: { 'aws:username': 'nora', 's3:prefix': 'home/nora/a' },
    answer: 'allowed',
  },
  {
    shows: 'NotIpAddress denies from elsewhere',
    identity: office,
    action: 's3:GetObject',
    on: '*',
    context: { 'aws:SourceIp': '198.51.100.7' },
    answer: 'denied',
  },
  {
    shows: 'NotIpAddress lets the office pass',
    identity: office,
    action: 's3:GetObject',
    on: '*',
    context: { 'aws:SourceIp': '203.0.113.7' },
    answer: 'allowed',
  },
  {
    shows: 'ArnLike compares part by part',
    identity: [
      { ...allowAll, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:111122223333:alarm-*' } } },
    ],
    action: 'sqs:SendMessage',
    on: '*',
    context: { 'aws:SourceArn': 'arn:aws:sns:eu-west-1:111122223333:alarm-a' },
    answer: 'allowed',
  },
  {
    shows: "ArnLike's * stays in its part",
    identity: [{ ...allowAll, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:*:alarm' } } }],
    action: 'sqs:SendMessage',
    on: '*',
    context: { 'aws:SourceArn': 'arn:aws:sns:eu-west-1:111122223333:alarm' },
    answer: 'not allowed',
  },
  {
    shows: 'a number compares',
    identity: [{ ...allowAll, Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } } }],
    action: 's3:GetObject',
    on: '*',
    context: { 'aws:MultiFactorAuthAge': '4000' },
    answer: 'not allowed',
  },
  {
    shows: 'a date compares',
    identity: [{ ...allowAll, Condition: { DateLessThan: { 'aws:CurrentTime': '2026-06-30T00:00:00Z' } } }],
    action: 's3:GetObject',
    on: '*',
    context: { 'aws:CurrentTime': '2026-06-01T00:00:00Z' },
    answer: 'allowed',
  },
  {
    shows: "a resource's document allows by itself in one account",
    resource: [
      { Effect: 'Allow', Principal: { AWS: user.id }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*' },
    ],
    action: 's3:GetObject',
    on: 'arn:aws:s3:::a/b',
    answer: 'allowed',
  },
  {
    shows: "a resource's document denies whatever the identity's allows",
    identity: [allowAll],
    resource: [
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: '*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
    action: 's3:GetObject',
    on: 'arn:aws:s3:::a/b',
    context: { 'aws:SecureTransport': 'false' },
    answer: 'denied',
  },
  {
    shows: 'a boundary allows nothing by itself',
    identity: [],
    boundary: [allowAll],
    action: 's3:GetObject',
    on: '*',
    answer: 'not allowed',
  },
  {
    shows: 'a boundary is the most there is',
    identity: [allowAll],
    boundary: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
    action: 'iam:GetUser',
    on: '*',
    answer: 'not allowed',
  },
  {
    shows: 'a trust policy lets a branch in',
    resource: trust,
    action: 'sts:AssumeRoleWithWebIdentity',
    on: '*',
    ...token('repo:octo-org/octo-repo:ref:refs/heads/main'),
    answer: 'allowed',
  },
  {
    shows: 'a trust policy keeps another repository out',
    resource: trust,
    action: 'sts:AssumeRoleWithWebIdentity',
    on: '*',
    ...token('repo:octo-org/octo-repo2:ref:refs/heads/main'),
    answer: 'not allowed',
  },
  {
    shows: "an identity's document does not open a role",
    identity: [allowAll],
    resource: trust,
    action: 'sts:AssumeRole',
    on: '*',
    answer: 'not allowed',
  },
  {
    shows: "a key's document that names the account leaves it to IAM",
    identity: [{ Effect: 'Allow', Action: 'kms:Sign', Resource: '*' }],
    resource: key,
    ...sign,
    answer: 'allowed',
  },
  {
    shows: "a key's document that names the account allows nobody by itself",
    identity: [],
    resource: key,
    ...sign,
    answer: 'not allowed',
  },
  {
    shows: "an identity's document opens no key whose own does not",
    identity: [allowAll],
    resource: [],
    ...sign,
    answer: 'not allowed',
  },
];

const test = suite('IAM evaluator');

for (const {
  shows,
  identity,
  resource,
  boundary,
  principal = user,
  action,
  on,
  context,
  answer,
} of EXAMPLES) {
  test(shows, () => {
    const documents = {
      identity: identity ? [documentOf(...identity)] : [],
      ...(resource && { resource: [documentOf(...resource)] }),
      ...(boundary && { boundary: [documentOf(...boundary)] }),
    };
    assert.is(evaluate(documents, { principal, action, resource: on, ...(context && { context }) }), answer);
  });
}

test('an operator that is not known is no answer', () => {
  const odd: Statement = { ...allowAll, Condition: { BinaryEquals: { key: 'x' } } };
  const request = { principal: user, action: 's3:GetObject', resource: '*', context: { key: 'x' } };
  assert.throws(
    () => evaluate({ identity: [documentOf(odd)] }, request),
    /does not know the operator BinaryEquals/,
  );
});

test.run();
