import type { Request } from './document.ts';
import type { Scene } from './scene.ts';

/** One question: an action on something, in circumstances. */
export interface Question {
  action: string;
  on: (scene: Scene) => string;
  context?: (scene: Scene) => Request['context'];
}

/** What a role may do, and must not. */
export interface Row {
  /** The role, without `ztna-<env>-`. */
  who: string;
  may: readonly Question[];
  mustNot: readonly Question[];
}

const ask = (action: string, on: Question['on'], context?: Question['context']): Question => ({
  action,
  on,
  ...(context && { context }),
});

const DIGEST = 'a'.repeat(64);
const ENTRY = 'log/000000000001';
const put = (name: string, overwrite: boolean): Question =>
  ask(
    'ssm:PutParameter',
    (scene) => scene.log(name),
    () => ({ 'ssm:Overwrite': String(overwrite) }),
  );
const get = (name: string): Question => ask('ssm:GetParameters', (scene) => scene.log(name));
const list = (name: string): Question => ask('ssm:GetParametersByPath', (scene) => scene.log(name));
const remove = (name: string): Question => ask('ssm:DeleteParameters', (scene) => scene.log(name));
const signingKey = (scene: Scene): string => scene.guarded('signing_key');
const dataKey = (scene: Scene): string => scene.guarded('aws_kms_key.environment');
const sign = ask('kms:Sign', signingKey, () => ({ 'kms:SigningAlgorithm': 'ECDSA_SHA_256' }));
const secret = (scene: Scene, name: string): string => scene.parameter(`/ztna-secret/${scene.env}/${name}`);
const decrypt = (name: string): Question =>
  ask('kms:Decrypt', dataKey, (scene) => ({ 'kms:EncryptionContext:PARAMETER_ARN': secret(scene, name) }));
const readSecret = (action: string, name: string): Question => ask(action, (scene) => secret(scene, name));

/** What nobody but the few that a row names may do. */
const ESCALATIONS: readonly Question[] = [
  ask('iam:CreateUser', () => '*'),
  ask('iam:AttachRolePolicy', (scene) => scene.actor('publish').arn),
  ask('iam:PutRolePolicy', (scene) => scene.actor('publish').arn),
  ask('iam:UpdateAssumeRolePolicy', (scene) => scene.actor('publish').arn),
  ask(
    'iam:PassRole',
    (scene) => scene.actor('publish').arn,
    () => ({ 'iam:PassedToService': 'ec2.amazonaws.com' }),
  ),
  ask(
    'iam:CreatePolicyVersion',
    (scene) => `arn:aws:iam::${scene.account}:policy/ztna/ztna-${scene.env}-boundary`,
  ),
  ask('kms:PutKeyPolicy', signingKey),
  ask('kms:CreateGrant', signingKey),
  ask('kms:ScheduleKeyDeletion', signingKey),
];

const WRITES_TO_LOG = [
  put(ENTRY, false),
  put(ENTRY, true),
  put(`part/index/${DIGEST}/0`, false),
  put('head', true),
];
const OTHER_ENVIRONMENT = ask('ssm:GetParameters', (scene) => scene.parameter('/ztna/other/1/head'));

/** What a component's policy agent may do; `own` and `other` are scopes of parts. */
function component(id: string, own: string, other: string): Row {
  return {
    who: id.replace('/', '-'),
    may: [
      get('head'),
      get(ENTRY),
      get(`part/index/${DIGEST}/0`),
      get(`part/${own}/${DIGEST}/0`),
      list('log'),
      put(`ack/${id}/instance-1`, true),
      put(`ack/${id}/instance-1`, false),
    ],
    mustNot: [
      get(`part/${other}/${DIGEST}/0`),
      list('part'),
      list('ack'),
      list(''),
      get('ack/connector/another/instance-1'),
      put('ack/connector/another/instance-1', true),
      put('ack/intermediate/another/instance-1', true),
      ...WRITES_TO_LOG,
      remove(`ack/${id}/instance-1`),
      remove(ENTRY),
      ask('ssm:GetParameters', (scene) => scene.log('head', 2)),
      OTHER_ENVIRONMENT,
      readSecret('ssm:GetParameter', 'connector/another/tls'),
      readSecret('ssm:GetParameters', 'connector/another/tls'),
      decrypt('connector/another/tls'),
      sign,
      ...ESCALATIONS,
    ],
  };
}

const intermediate = (id: string): Row => {
  const row = component(`intermediate/${id}`, 'intermediate', 'connector/apps');
  return {
    ...row,
    may: [
      ...row.may,
      readSecret('ssm:GetParameter', 'intermediate/keys'),
      decrypt('intermediate/keys'),
      readSecret('ssm:GetParameter', 'intermediate/tls'),
      decrypt('intermediate/tls'),
    ],
    mustNot: [...row.mustNot, readSecret('ssm:PutParameter', 'intermediate/keys')],
  };
};

const connector = (id: string): Row => {
  const row = component(`connector/${id}`, `connector/${id}`, 'intermediate');
  return {
    ...row,
    mustNot: [
      ...row.mustNot,
      get(`part/connector/other/${DIGEST}/0`),
      readSecret('ssm:GetParameter', 'intermediate/keys'),
      decrypt('intermediate/keys'),
    ],
  };
};

/** Starts a connector's tasks: it alone reads the connector's certificate. */
const starter = (id: string): Row => ({
  who: `connector-${id}-start`,
  may: [
    readSecret('ssm:GetParameters', `connector/${id}/tls`),
    decrypt(`connector/${id}/tls`),
    ask('ecr:GetAuthorizationToken', () => '*'),
  ],
  mustNot: [
    readSecret('ssm:GetParameters', 'connector/other/tls'),
    decrypt('connector/other/tls'),
    readSecret('ssm:GetParameters', 'intermediate/keys'),
    get(ENTRY),
    ...WRITES_TO_LOG,
    sign,
    ...ESCALATIONS,
  ],
});

const publishes = (who: string): Row => ({
  who,
  may: [
    get('head'),
    get(ENTRY),
    list('log'),
    list('ack'),
    put(ENTRY, false),
    put(`part/index/${DIGEST}/0`, false),
    put(`part/connector/apps/${DIGEST}/0`, false),
    put('head', true),
    put('head', false),
    sign,
    ask('kms:GetPublicKey', signingKey),
  ],
  mustNot: [
    put(ENTRY, true),
    put(`part/index/${DIGEST}/0`, true),
    put('ack/connector/apps/instance-1', true),
    ask('ssm:PutParameter', (scene) => scene.log(ENTRY)),
    remove(ENTRY),
    remove(`part/index/${DIGEST}/0`),
    ask('ssm:DeleteParameter', (scene) => scene.log(ENTRY)),
    ask('kms:Sign', signingKey, () => ({ 'kms:SigningAlgorithm': 'ECDSA_SHA_512' })),
    ask(
      'ssm:PutParameter',
      (scene) => scene.parameter('/ztna/other/1/log/000000000001'),
      () => ({ 'ssm:Overwrite': 'false' }),
    ),
    readSecret('ssm:GetParameter', 'intermediate/keys'),
    decrypt('intermediate/keys'),
    ask('ec2:RunInstances', () => '*'),
    ...ESCALATIONS,
  ],
});

const stateObject = (scene: Scene, file: string): string =>
  `${scene.guarded('aws_s3_bucket.state')}/environment/${file}`;

/** Who may do what, and must not; `connectors` and `intermediates` are those of the environment. */
export function tableOf(
  intermediates: readonly string[],
  connectors: readonly string[],
  fargate: readonly string[],
): Row[] {
  return [
    ...intermediates.map(intermediate),
    ...connectors.map(connector),
    ...fargate.map(starter),
    publishes('publish'),
    publishes('break-glass'),
    {
      who: 'collect',
      may: [
        get('head'),
        list('log'),
        remove(ENTRY),
        remove(`part/index/${DIGEST}/0`),
        remove('ack/connector/apps/i'),
      ],
      mustNot: [
        remove('head'),
        ...WRITES_TO_LOG,
        sign,
        ...ESCALATIONS,
        ask('ssm:DeleteParameters', (scene) => secret(scene, 'intermediate/keys')),
      ],
    },
    {
      who: 'plan',
      may: [
        ask('ec2:DescribeVpcs', () => '*'),
        ask('s3:GetObject', (scene) => stateObject(scene, `${scene.env}.tfstate`)),
        get('head'),
        list('ack'),
      ],
      mustNot: [
        ask('s3:PutObject', (scene) => stateObject(scene, `${scene.env}.tfstate`)),
        ask('s3:GetObject', (scene) => stateObject(scene, 'other.tfstate')),
        ask('s3:GetObject', (scene) => `${scene.guarded('aws_s3_bucket.state')}/account.tfstate`),
        ask('ec2:RunInstances', () => '*'),
        ask('ec2:AuthorizeSecurityGroupIngress', () => '*'),
        ask('ecs:UpdateService', () => '*'),
        readSecret('ssm:GetParameter', 'intermediate/keys'),
        readSecret('ssm:GetParameters', 'connector/apps/tls'),
        decrypt('intermediate/keys'),
        ...WRITES_TO_LOG,
        remove(ENTRY),
        sign,
        ...ESCALATIONS,
      ],
    },
    {
      who: 'apply',
      may: [
        ask('ec2:RunInstances', () => '*'),
        ask(
          's3:PutObject',
          (scene) => stateObject(scene, `${scene.env}.tfstate`),
          (scene) => ({ 'kms:ViaService': `s3.${scene.region}.amazonaws.com` }),
        ),
        ask(
          'iam:CreateRole',
          (scene) => componentRole(scene, 'new'),
          (scene) => ({ 'iam:PermissionsBoundary': boundary(scene) }),
        ),
        ask(
          'iam:PassRole',
          (scene) => componentRole(scene, 'new'),
          () => ({ 'iam:PassedToService': 'ecs-tasks.amazonaws.com' }),
        ),
      ],
      mustNot: [
        ask('iam:CreateRole', (scene) => componentRole(scene, 'new')),
        ask(
          'iam:CreateRole',
          (scene) => componentRole(scene, 'new'),
          () => ({ 'iam:PermissionsBoundary': 'arn:aws:iam::aws:policy/AdministratorAccess' }),
        ),
        ask('iam:DeleteRolePermissionsBoundary', (scene) => componentRole(scene, 'new')),
        ask('iam:AttachRolePolicy', (scene) => scene.actor('apply').arn),
        ask('iam:PutRolePolicy', (scene) => scene.actor('apply').arn),
        ask(
          'iam:PassRole',
          (scene) => componentRole(scene, 'new'),
          () => ({ 'iam:PassedToService': 'lambda.amazonaws.com' }),
        ),
        ask('s3:PutObject', (scene) => stateObject(scene, 'other.tfstate')),
        ask(
          'ec2:RunInstances',
          () => '*',
          () => ({ 'aws:RequestedRegion': 'us-west-2' }),
        ),
        ask('cloudtrail:StopLogging', () => '*'),
        ask('events:DisableRule', () => '*'),
        readSecret('ssm:GetParameter', 'intermediate/keys'),
        decrypt('intermediate/keys'),
        ...WRITES_TO_LOG,
        remove(ENTRY),
        sign,
        ...ESCALATIONS,
      ],
    },
    {
      who: 'ztna-images',
      may: [
        ask('ecr:GetAuthorizationToken', () => '*'),
        ask('ecr:PutImage', (scene) => imageRepository(scene, 'ztna/policy-agent')),
      ],
      mustNot: [
        ask('ecr:PutImage', (scene) => imageRepository(scene, 'another')),
        ask('ecr:BatchDeleteImage', (scene) => imageRepository(scene, 'ztna/policy-agent')),
        ask('ecr:DeleteRepository', (scene) => imageRepository(scene, 'ztna/policy-agent')),
        ask('ecr:PutImageTagMutability', (scene) => imageRepository(scene, 'ztna/policy-agent')),
        get('head'),
        ...WRITES_TO_LOG,
        sign,
        ...ESCALATIONS,
      ],
    },
    {
      who: 'rotate-shared-secret',
      may: [readSecret('ssm:PutParameter', 'intermediate/keys'), decrypt('intermediate/keys')],
      mustNot: [
        readSecret('ssm:PutParameter', 'connector/apps/tls'),
        readSecret('ssm:GetParameter', 'intermediate/tls'),
        decrypt('intermediate/tls'),
        get(ENTRY),
        ...WRITES_TO_LOG,
        sign,
        ...ESCALATIONS,
      ],
    },
    ...intermediates.map((id): Row => ({
      who: `intermediate-${id}-replace`,
      may: [
        ask(
          'ssm:SendCommand',
          (scene) => `arn:aws:ec2:${scene.region}:${scene.account}:instance/i-1`,
          (scene) => tagged(scene, `intermediate/${id}`),
        ),
        ask('ssm:SendCommand', (scene) => `arn:aws:ssm:${scene.region}::document/AWS-RunShellScript`),
      ],
      mustNot: [
        ask('ssm:SendCommand', (scene) => `arn:aws:ec2:${scene.region}:${scene.account}:instance/i-1`),
        ask(
          'ssm:SendCommand',
          (scene) => `arn:aws:ec2:${scene.region}:${scene.account}:instance/i-1`,
          (scene) => tagged(scene, 'intermediate/another'),
        ),
        ask('ec2:TerminateInstances', () => '*'),
        ask('route53:ChangeResourceRecordSets', () => 'arn:aws:route53:::hostedzone/Z1'),
        readSecret('ssm:GetParameter', 'intermediate/keys'),
        get(ENTRY),
        ...WRITES_TO_LOG,
        sign,
        ...ESCALATIONS,
      ],
    })),
  ];
}

const componentRole = (scene: Scene, name: string): string =>
  `arn:aws:iam::${scene.account}:role/ztna/${scene.env}/ztna-${scene.env}-connector-${name}`;
const boundary = (scene: Scene): string =>
  `arn:aws:iam::${scene.account}:policy/ztna/ztna-${scene.env}-boundary`;
const imageRepository = (scene: Scene, name: string): string =>
  `arn:aws:ecr:${scene.region}:${scene.account}:repository/${name}`;
const tagged = (scene: Scene, component: string): Request['context'] => ({
  'aws:ResourceTag/component': component,
  'aws:ResourceTag/environment': scene.env,
});
