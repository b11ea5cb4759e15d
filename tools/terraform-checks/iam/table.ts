import type { AwsRequest } from './document.ts';
import type { IamScene } from './scene.ts';

/** One question: an action on something, in circumstances. */
export interface Question {
  action: string;
  on: (scene: IamScene) => string;
  context?: (scene: IamScene) => AwsRequest['context'];
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
const ACK = 'ack/connector/apps/i';
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
const signingKey = (scene: IamScene): string => scene.guarded('signing_key');
const dataKey = (scene: IamScene): string => scene.guarded('aws_kms_key.environment');
const sign = ask('kms:Sign', signingKey, () => ({ 'kms:SigningAlgorithm': 'ECDSA_SHA_256' }));
const secret = (scene: IamScene, name: string): string =>
  scene.parameter(`/ztna-secret/${scene.env}/${name}`);
const decrypt = (name: string): Question =>
  ask('kms:Decrypt', dataKey, (scene) => ({ 'kms:EncryptionContext:PARAMETER_ARN': secret(scene, name) }));
const readSecret = (action: string, name: string): Question => ask(action, (scene) => secret(scene, name));

const OTHER_SECRETS = [
  readSecret('ssm:GetParameters', 'intermediate/keys'),
  readSecret('ssm:GetParameter', 'connector/apps/tls'),
];

/** Pulling an image, and writing to a log group. */
const pull = (image: string): Question => ask('ecr:BatchGetImage', (scene) => imageRepository(scene, image));
const write = (group: string): Question =>
  ask(
    'logs:PutLogEvents',
    (scene) =>
      `arn:aws:logs:${scene.region}:${scene.account}:log-group:/ztna/${scene.env}/${group}:log-stream:a`,
  );
const RUNS_NOTHING = [
  pull('another'),
  write('another'),
  ask('ecr:PutImage', (scene) => imageRepository(scene, 'ztna/policy-agent')),
];

const serviceLinkedRole = (service: string): Question =>
  ask(
    'iam:CreateServiceLinkedRole',
    ({ account }) => `arn:aws:iam::${account}:role/aws-service-role/${service}/AWSServiceRole`,
    () => ({ 'iam:AWSServiceName': service }),
  );

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
      // What it said itself before a restart, and how many instances share the component's part of the writes.
      get(`ack/${id}/instance-1`),
      list(`ack/${id}`),
      put(`ack/${id}/instance-1`, true),
      put(`ack/${id}/instance-1`, false),
    ],
    mustNot: [
      get(`part/${other}/${DIGEST}/0`),
      list('part'),
      list('ack'),
      list(''),
      get('ack/connector/another/instance-1'),
      list('ack/connector/another'),
      list('ack/connector'),
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
      pull('ztna/intermediate-server'),
      pull('ztna/policy-agent'),
      write(`intermediate/${id}`),
      ask('ecr:GetAuthorizationToken', () => '*'),
      ask('ssmmessages:OpenDataChannel', () => '*'),
      readSecret('ssm:GetParameter', 'intermediate/keys'),
      decrypt('intermediate/keys'),
      readSecret('ssm:GetParameter', 'intermediate/tls'),
      decrypt('intermediate/tls'),
    ],
    mustNot: [
      ...row.mustNot,
      ...RUNS_NOTHING,
      readSecret('ssm:PutParameter', 'intermediate/keys'),
      ask('kms:Decrypt', signingKey),
      ask('kms:Decrypt', dataKey),
      ask('kms:Encrypt', dataKey),
    ],
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
const starter = (id: string): Row =>
  startsTasks(`connector-${id}`, `connector/${id}`, 'tls', ['ztna/app-connector', 'ztna/policy-agent']);

/** Starts the panel's tasks: it alone reads the GitHub App's key. */
const PANEL_STARTER = startsTasks('admin-panel', 'admin-panel', 'github', ['ztna/admin-panel']);

/** Starts tasks of a component: it reads the one secret that it hands to them, and pulls their images. */
function startsTasks(name: string, component: string, file: string, images: readonly string[]): Row {
  return {
    who: `${name}-start`,
    may: [
      readSecret('ssm:GetParameters', `${component}/${file}`),
      decrypt(`${component}/${file}`),
      ...images.map(pull),
      write(component),
      ask('ecr:GetAuthorizationToken', () => '*'),
    ],
    mustNot: [
      readSecret('ssm:GetParameters', 'connector/other/tls'),
      decrypt('connector/other/tls'),
      ...RUNS_NOTHING,
      ask(
        'kms:Decrypt',
        (scene) => scene.guarded('aws_kms_key.account'),
        (scene) => ({ 'kms:EncryptionContext:PARAMETER_ARN': secret(scene, `${component}/${file}`) }),
      ),
      ask('kms:Encrypt', dataKey, (scene) => ({
        'kms:EncryptionContext:PARAMETER_ARN': secret(scene, `${component}/${file}`),
      })),
      readSecret('ssm:PutParameter', `${component}/${file}`),
      ask(
        'logs:DeleteLogGroup',
        (scene) =>
          `arn:aws:logs:${scene.region}:${scene.account}:log-group:/ztna/${scene.env}/${component}:*`,
      ),
      ask('ecr:DeleteRepository', () => '*'),
      readSecret('ssm:GetParameters', 'intermediate/keys'),
      get(ENTRY),
      ...WRITES_TO_LOG,
      sign,
      ...ESCALATIONS,
    ],
  };
}

/** Who publishes; the one on call may forget an instance too. */
const publishes = (who: string, forgets: boolean): Row => ({
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
    ...(forgets ? [remove(ACK)] : []),
  ],
  mustNot: [
    ...(forgets ? [] : [remove(ACK)]),
    remove('head'),
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
    OTHER_ENVIRONMENT,
    ...OTHER_SECRETS,
    ...ESCALATIONS,
  ],
});

const stateKey = (scene: IamScene): string => scene.guarded('aws_kms_key.account');
const viaS3 = (scene: IamScene): AwsRequest['context'] => ({
  'kms:ViaService': `s3.${scene.region}.amazonaws.com`,
});
const stateObject = (scene: IamScene, file: string): string =>
  `${scene.guarded('aws_s3_bucket.state')}/environment/${file}`;

/** It looks, and changes nothing. */
const PANEL: Row = {
  who: 'admin-panel',
  may: [
    get('head'),
    get(ENTRY),
    get(`part/connector/apps/${DIGEST}/0`),
    get('ack/connector/apps/i'),
    list('log'),
    list('ack'),
  ],
  mustNot: [
    ...WRITES_TO_LOG,
    put('ack/connector/apps/i', true),
    remove(ENTRY),
    ...OTHER_SECRETS,
    // It is handed to it when it starts; what it runs cannot ask for it.
    readSecret('ssm:GetParameters', 'admin-panel/github'),
    decrypt('admin-panel/github'),
    OTHER_ENVIRONMENT,
    list(''),
    sign,
    ...ESCALATIONS,
  ],
};

/** The second scheduler's function: it appends entries, and stores nothing else. */
const HEARTBEAT: Row = {
  who: 'heartbeat',
  may: [
    get('head'),
    get(ENTRY),
    get(`part/index/${DIGEST}/0`),
    list('log'),
    list('ack'),
    put(ENTRY, false),
    put('head', true),
    sign,
    ask('kms:GetPublicKey', signingKey),
  ],
  mustNot: [
    put(ENTRY, true),
    put(`part/index/${DIGEST}/0`, false),
    put(`part/index/${DIGEST}/0`, true),
    put('record/000000000001', false),
    put('ack/connector/apps/instance-1', true),
    remove(ENTRY),
    remove('head'),
    remove(ACK),
    ask('kms:Sign', signingKey, () => ({ 'kms:SigningAlgorithm': 'ECDSA_SHA_512' })),
    readSecret('ssm:GetParameter', 'intermediate/keys'),
    ...OTHER_SECRETS,
    OTHER_ENVIRONMENT,
    ...ESCALATIONS,
  ],
};

/** What calls it, and may do nothing else. */
const HEARTBEAT_SCHEDULE: Row = {
  who: 'heartbeat-schedule',
  may: [
    ask(
      'lambda:InvokeFunction',
      ({ region, account, env }) => `arn:aws:lambda:${region}:${account}:function:ztna-${env}-heartbeat`,
    ),
  ],
  mustNot: [
    ask(
      'lambda:InvokeFunction',
      ({ region, account }) => `arn:aws:lambda:${region}:${account}:function:other`,
    ),
    ask(
      'lambda:UpdateFunctionCode',
      ({ region, account, env }) => `arn:aws:lambda:${region}:${account}:function:ztna-${env}-heartbeat`,
    ),
    get('head'),
    ...WRITES_TO_LOG,
    sign,
    ...ESCALATIONS,
  ],
};

/** Who may do what, and must not; `connectors` and `intermediates` are those of the environment. */
export function tableOf(
  intermediates: readonly string[],
  connectors: readonly string[],
  fargate: readonly string[],
  panel = false,
  second = false,
): Row[] {
  return [
    ...intermediates.map(intermediate),
    ...connectors.map(connector),
    ...fargate.map(starter),
    publishes('publish', false),
    publishes('break-glass', true),
    ...(second ? [HEARTBEAT, HEARTBEAT_SCHEDULE] : []),
    {
      who: 'collect',
      may: [get('head'), list('log'), remove(ENTRY), remove(`part/index/${DIGEST}/0`), remove(ACK)],
      mustNot: [
        OTHER_ENVIRONMENT,
        ...OTHER_SECRETS,
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
        ask('kms:Decrypt', stateKey, viaS3),
        ask(
          's3:ListBucket',
          (scene) => scene.guarded('aws_s3_bucket.state'),
          (scene) => ({
            's3:prefix': `environment/${scene.env}.tfstate`,
          }),
        ),
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
        ...OTHER_SECRETS,
        OTHER_ENVIRONMENT,
        ask('kms:Decrypt', stateKey),
        ask('iam:GetRole', (scene) => `arn:aws:iam::${scene.account}:role/another`),
        ask(
          's3:ListBucket',
          (scene) => scene.guarded('aws_s3_bucket.state'),
          () => ({ 's3:prefix': 'account' }),
        ),
        ask('s3:GetObject', () => 'arn:aws:s3:::another/file'),
        ask('s3:GetBucketPolicy', () => 'arn:aws:s3:::another'),
        ask(
          'secretsmanager:GetSecretValue',
          (scene) => `arn:aws:secretsmanager:${scene.region}:${scene.account}:secret:another`,
        ),
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
        ask('route53:GetDNSSEC', () => 'arn:aws:route53:::hostedzone/Z0123456789'),
        ask(
          'ssm:AddTagsToResource',
          ({ region, account }) => `arn:aws:ssm:${region}:${account}:association/a-b`,
        ),
        ...['events.amazonaws.com', 'ecs.amazonaws.com'].map(serviceLinkedRole),
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
        serviceLinkedRole('organizations.amazonaws.com'),
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
      who: 'flow-logs',
      may: [write('flow-logs')],
      mustNot: [
        write('connector/apps'),
        get('head'),
        ...OTHER_SECRETS,
        ...WRITES_TO_LOG,
        sign,
        ...ESCALATIONS,
        ask(
          'logs:DeleteLogStream',
          (scene) =>
            `arn:aws:logs:${scene.region}:${scene.account}:log-group:/ztna/${scene.env}/flow-logs:log-stream:a`,
        ),
      ],
    },
    ...(panel ? [PANEL, PANEL_STARTER] : []),
    {
      who: 'rotate-shared-secret',
      may: [readSecret('ssm:PutParameter', 'intermediate/keys'), decrypt('intermediate/keys')],
      mustNot: [
        readSecret('ssm:PutParameter', 'connector/apps/tls'),
        readSecret('ssm:GetParameter', 'intermediate/tls'),
        decrypt('intermediate/tls'),
        readSecret('ssm:DeleteParameter', 'intermediate/keys'),
        ask('kms:Decrypt', stateKey, (scene) => ({
          'kms:EncryptionContext:PARAMETER_ARN': secret(scene, 'intermediate/keys'),
        })),
        ask('kms:CreateGrant', dataKey, (scene) => ({
          'kms:EncryptionContext:PARAMETER_ARN': secret(scene, 'intermediate/keys'),
        })),
        get(ENTRY),
        ...WRITES_TO_LOG,
        sign,
        ...ESCALATIONS,
      ],
    },
    ...intermediates.map(heals),
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
        ask(
          'ec2:AssociateAddress',
          (scene) => `arn:aws:ec2:${scene.region}:${scene.account}:elastic-ip/another`,
        ),
        ask('ec2:AssociateAddress', (scene) => networkInterface(scene)),
        ask('ec2:DeleteNetworkInterface', networkInterface),
        ask('ssm:SendCommand', (scene) => `arn:aws:ssm:${scene.region}:${scene.account}:document/another`),
        readSecret('ssm:GetParameter', 'intermediate/keys'),
        get(ENTRY),
        ...WRITES_TO_LOG,
        sign,
        ...ESCALATIONS,
      ],
    })),
  ];
}

/** It makes a machine of one template, and ends machines of its component. */
const heals = (id: string): Row => ({
  who: `intermediate-${id}-heal`,
  may: [
    ask('cloudwatch:DescribeAlarms', () => '*'),
    ask('ec2:TerminateInstances', instance, (scene) => tagged(scene, `intermediate/${id}`)),
    ask('ec2:RunInstances', instance, (scene) => ofTemplate(templateOf(scene, id), true)),
    ask('ssm:StartAutomationExecution', (scene) => definition(scene, `intermediate-${id}-replace`)),
    ask('ssm:StartAutomationExecution', (scene) => definition(scene, `intermediate-${id}-heal`)),
    ask('ec2:CreateTags', instance, () => ({ 'ec2:CreateAction': 'RunInstances' })),
    ask(
      'iam:PassRole',
      (scene) => `arn:aws:iam::${scene.account}:role/ztna/${scene.env}/ztna-${scene.env}-intermediate-${id}`,
      () => ({ 'iam:PassedToService': 'ec2.amazonaws.com' }),
    ),
  ],
  mustNot: [
    ask('cloudwatch:SetAlarmState', () => '*'),
    ask('ec2:RunInstances', instance),
    ask('ec2:RunInstances', instance, (scene) =>
      ofTemplate(`arn:aws:ec2:${scene.region}:${scene.account}:launch-template/lt-another`, true),
    ),
    // Another image, network or role than the template's.
    ask('ec2:RunInstances', image, (scene) => ofTemplate(templateOf(scene, id), false)),
    ask('ec2:TerminateInstances', instance),
    ask('ec2:TerminateInstances', instance, (scene) => tagged(scene, 'intermediate/another')),
    ask('ec2:CreateTags', instance),
    ask('ec2:AssociateAddress', () => '*'),
    ask('ssm:StartAutomationExecution', (scene) => definition(scene, 'rotate-shared-secret')),
    ask(
      'iam:PassRole',
      (scene) => componentRole(scene, 'apps'),
      () => ({ 'iam:PassedToService': 'ec2.amazonaws.com' }),
    ),
    readSecret('ssm:GetParameter', 'intermediate/keys'),
    get(ENTRY),
    ...WRITES_TO_LOG,
    sign,
    ...ESCALATIONS,
  ],
});

/** How AWS describes a start by a template. @param own whether what is asked about is the template's, and not given beside it */
const ofTemplate = (template: string, own: boolean): AwsRequest['context'] => ({
  'ec2:LaunchTemplate': template,
  'ec2:IsLaunchTemplateResource': String(own),
});
/** The template of a component, as Terraform has it. */
const templateOf = (scene: IamScene, id: string): string => {
  const text = JSON.stringify(scene.actor(`intermediate-${id}-heal`).policies);
  return /"ec2:LaunchTemplate":\["([^"]+)"\]/.exec(text)![1]!;
};
const image = (scene: IamScene): string => `arn:aws:ec2:${scene.region}::image/ami-another`;
const instance = (scene: IamScene): string => `arn:aws:ec2:${scene.region}:${scene.account}:instance/i-1`;
const definition = (scene: IamScene, name: string): string =>
  `arn:aws:ssm:${scene.region}:${scene.account}:automation-definition/ztna-${scene.env}-${name}:1`;
const componentRole = (scene: IamScene, name: string): string =>
  `arn:aws:iam::${scene.account}:role/ztna/${scene.env}/ztna-${scene.env}-connector-${name}`;
const networkInterface = (scene: IamScene): string =>
  `arn:aws:ec2:${scene.region}:${scene.account}:network-interface/eni-1`;
const boundary = (scene: IamScene): string =>
  `arn:aws:iam::${scene.account}:policy/ztna/ztna-${scene.env}-boundary`;
const imageRepository = (scene: IamScene, name: string): string =>
  `arn:aws:ecr:${scene.region}:${scene.account}:repository/${name}`;
const tagged = (scene: IamScene, component: string): AwsRequest['context'] => ({
  'aws:ResourceTag/component': component,
  'aws:ResourceTag/environment': scene.env,
});
