import { attribute, type Module } from '../hcl/module.ts';
import type { Block, HclBody, HclFault } from '../hcl/parse.ts';
import { referencesOf } from '../hcl/references.ts';
import type { TerraformRule } from '../rules/rule.ts';

/** What a kind of resource must say: a path of blocks to an argument, and the only text it may have, if one. */
interface Demand {
  path: readonly string[];
  is?: string;
  /** Only where this holds. */
  when?: (body: HclBody) => boolean;
}

const says = (body: HclBody, name: string, text: string): boolean => attribute(body, name)?.text === text;

/** What keeps each kind of resource private, where it holds or carries anything. */
export const DEMANDS: Readonly<Record<string, readonly Demand[]>> = {
  aws_cloudtrail: [{ path: ['kms_key_id'] }],
  aws_cloudwatch_log_group: [{ path: ['kms_key_id'] }, { path: ['retention_in_days'] }],
  aws_ebs_volume: [{ path: ['encrypted'], is: 'true' }],
  aws_ecr_repository: [
    { path: ['encryption_configuration', 'kms_key'] },
    { path: ['image_tag_mutability'], is: '"IMMUTABLE"' },
    { path: ['image_scanning_configuration', 'scan_on_push'], is: 'true' },
  ],
  aws_ecs_cluster: [],
  aws_instance: [
    { path: ['root_block_device', 'encrypted'], is: 'true' },
    { path: ['root_block_device', 'kms_key_id'] },
    { path: ['metadata_options', 'http_tokens'], is: '"required"' },
  ],
  aws_kms_key: [
    { path: ['policy'] },
    { path: ['enable_key_rotation'], is: 'true', when: (body) => !attribute(body, 'key_usage') },
  ],
  aws_lambda_function: [
    { path: ['kms_key_arn'], when: (body) => body.blocks.some(({ type }) => type === 'environment') },
  ],
  aws_launch_template: [
    { path: ['metadata_options', 'http_tokens'], is: '"required"' },
    { path: ['block_device_mappings', 'ebs', 'encrypted'], is: 'true' },
    { path: ['block_device_mappings', 'ebs', 'kms_key_id'] },
  ],
  aws_lb: [
    { path: ['drop_invalid_header_fields'], is: 'true' },
    { path: ['access_logs', 'enabled'], is: 'true' },
  ],
  aws_lb_listener: [
    { path: ['protocol'], is: '"HTTPS"', when: (body) => !says(body, 'port', '80') },
    { path: ['ssl_policy'], when: (body) => !says(body, 'port', '80') },
    { path: ['default_action', 'type'], is: '"redirect"', when: (body) => says(body, 'port', '80') },
  ],
  aws_secretsmanager_secret: [{ path: ['kms_key_id'] }],
  aws_sns_topic: [{ path: ['kms_master_key_id'] }],
  aws_sqs_queue: [{ path: ['kms_master_key_id'] }],
  aws_ssm_parameter: [{ path: ['type'], is: '"SecureString"' }, { path: ['key_id'] }],
};

/** Kinds that a bucket needs beside it. */
const BESIDE_BUCKET = [
  'aws_s3_bucket_server_side_encryption_configuration',
  'aws_s3_bucket_public_access_block',
  'aws_s3_bucket_policy',
];

/** Ensure that everything that can be encrypted is, and what can be kept private too. */
export const everythingIsEncrypted: TerraformRule = (module) => [
  ...module.resources.flatMap((block) =>
    (DEMANDS[block.labels[0]!] ?? []).flatMap((one) => unmet(block, one)),
  ),
  ...module.resources
    .filter(({ labels }) => labels[0] === 'aws_s3_bucket')
    .flatMap((one) => bucket(one, module)),
];

function unmet(block: Block, { path, is, when }: Demand): HclFault[] {
  if (when && !when(block.body)) return [];
  const [name, ...outer] = [...path].reverse();
  const bodies = outer
    .reverse()
    .reduce<readonly HclBody[]>(
      (found, type) =>
        found.flatMap(({ blocks }) => blocks.filter((one) => one.type === type).map(({ body }) => body)),
      [block.body],
    );
  const values = bodies.map((body) => attribute(body, name!)?.text);
  if (values.length > 0 && values.every((text) => text !== undefined && (is === undefined || text === is)))
    return [];
  const wanted = `${path.join('.')}${is === undefined ? '' : ` = ${is}`}`;
  return [{ file: block.file, line: block.line, says: `${block.labels.join('.')} does not say ${wanted}` }];
}

function bucket(block: Block, { resources }: Module): HclFault[] {
  const [, name] = block.labels;
  return BESIDE_BUCKET.filter(
    (type) =>
      !resources.some(
        ({ labels, body }) =>
          labels[0] === type &&
          referencesOf(attribute(body, 'bucket')!).some(
            ({ root, steps }) => root === 'aws_s3_bucket' && steps[0] === name,
          ),
      ),
  ).map((type) => ({ file: block.file, line: block.line, says: `aws_s3_bucket.${name} has no ${type}` }));
}
