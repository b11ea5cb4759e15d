import { createHash } from 'node:crypto';
import type { Values } from './wire.ts';

/** Where the stand-in pretends to be. */
export interface Where {
  account: string;
  region: string;
}

/** What AWS would call it: the first of these that is given. */
const NAMES = ['name', 'bucket', 'family', 'function_name', 'alias', 'domain_name', 'identifier'];

/** Services whose name in an ARN is not the first word of the resource's type. */
const SERVICES: readonly [prefix: string, service: string, of: (name: string, id: string) => string][] = [
  ['aws_iam_openid_connect_provider', 'iam', (name) => `oidc-provider/${name}`],
  ['aws_iam_', 'iam', (name) => name],
  ['aws_kms_alias', 'kms', (name) => name],
  ['aws_kms_key', 'kms', (name) => `key/${name}`],
  ['aws_ssm_parameter', 'ssm', (name) => `parameter/${name.replace(/^\//, '')}`],
  ['aws_ssm_document', 'ssm', (name) => `document/${name}`],
  ['aws_cloudwatch_log_group', 'logs', (name) => `log-group:${name}`],
  ['aws_cloudwatch_event_rule', 'events', (name) => `rule/${name}`],
  ['aws_cloudwatch_metric_alarm', 'cloudwatch', (name) => `alarm:${name}`],
  ['aws_ecr_repository', 'ecr', (name) => `repository/${name}`],
  ['aws_ecs_cluster', 'ecs', (name) => `cluster/${name}`],
  ['aws_ecs_task_definition', 'ecs', (name, id) => `task-definition/${name}:${parseInt(id.slice(0, 4), 16)}`],
  ['aws_secretsmanager_secret', 'secretsmanager', (name) => `secret:${name}-AbCdEf`],
  ['aws_sns_topic', 'sns', (name) => name],
  ['aws_lambda_function', 'lambda', (name) => `function:${name}`],
  ['aws_s3_bucket', 's3', (name) => name],
];

/** Kinds whose identity is their name. */
const BY_NAME =
  /^aws_(iam_(role|user|instance_profile|group)|s3_bucket|ssm_parameter|ssm_document|cloudwatch_log_group)$/;

/** A short text that is the same for the same resource, and another for another. */
export const mark = (type: string, values: Values): string =>
  createHash('sha256').update(type).update(JSON.stringify(values)).digest('hex').slice(0, 17);

/** What AWS would set an attribute to, believably and always alike. */
export function attributeValue(type: string, attribute: string, values: Values, where: Where): string {
  const id = mark(type, values);
  const name = nameOf(type, values) ?? id;
  if (attribute === 'arn' || attribute.endsWith('_arn')) return arnOf(type, name, values, where);
  if (attribute === 'id' || attribute === 'name' || attribute === 'key_id')
    return BY_NAME.test(type) || attribute === 'name' ? name : idOf(type, id, name, values, where);
  if (attribute === 'region') return where.region;
  if (attribute === 'public_ip') return '203.0.113.7';
  if (attribute === 'private_ip') return '10.0.0.7';
  if (attribute === 'ipv6_cidr_block') return '2001:db8:1234::/56';
  if (attribute === 'owner_id' || attribute === 'registry_id') return where.account;
  if (attribute === 'repository_url') return `${where.account}.dkr.ecr.${where.region}.amazonaws.com/${name}`;
  return `${attribute}-of-${name}`;
}

function nameOf(type: string, values: Values): string | undefined {
  const url = values['url'];
  if (type === 'aws_iam_openid_connect_provider') return String(url).replace('https://', '');
  const key = NAMES.find((one) => typeof values[one] === 'string');
  return key && String(values[key]);
}

function idOf(type: string, id: string, name: string, values: Values, where: Where): string {
  if (type === 'aws_kms_key') return `${id.slice(0, 8)}-0000-4000-8000-${id.slice(5)}`;
  if (type === 'aws_security_group') return `sg-${id}`;
  if (type === 'aws_instance') return `i-${id}`;
  if (/^aws_(iam_openid|sns_topic|ecs_cluster|lb)/.test(type)) return arnOf(type, name, values, where);
  return `${type.replace(/^aws_/, '').replaceAll('_', '-')}-${id}`;
}

function arnOf(type: string, name: string, values: Values, { account, region }: Where): string {
  if (type === 'aws_s3_bucket') return `arn:aws:s3:::${name}`;
  if (type === 'aws_kms_key')
    return `arn:aws:kms:${region}:${account}:key/${idOf(type, mark(type, values), name, values, { account, region })}`;
  const found = SERVICES.find(([prefix]) => type.startsWith(prefix));
  if (found?.[1] === 'iam') {
    const kind = type.replace('aws_iam_', '').replaceAll('_', '-');
    const path = typeof values['path'] === 'string' ? values['path'] : '/';
    return `arn:aws:iam::${account}:${kind.startsWith('openid') ? found[2](name, '') : `${kind}${path}${name}`}`;
  }
  const service = found?.[1] ?? type.split('_')[1]!;
  const own =
    found?.[2](name, mark(type, values)) ??
    `${type.replace(/^aws_[a-z0-9]+_?/, '').replaceAll('_', '-')}/${name}`;
  return `arn:aws:${service}:${region}:${account}:${own}`;
}
