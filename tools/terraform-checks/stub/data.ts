import type { BlockKind } from '../schema.ts';
import { policyDocument } from './document.ts';
import { attributeValue, type Where } from './attributes.ts';
import { architectureOf } from './replacement.ts';
import { blockOf } from './shape.ts';
import type { Json, Values } from './wire.ts';

/** What was made so far, by type. */
export type Resources = ReadonlyMap<string, readonly Values[]>;

/** A secret as the sign-in at a load balancer has it. */
const SIGN_IN = JSON.stringify({
  clientSecret: 'example',
  authorizationEndpoint: 'https://login.example.com/authorize',
  tokenEndpoint: 'https://login.example.com/token',
  userInfoEndpoint: 'https://login.example.com/userinfo',
});

/** What is asked of AWS, and answers that are believable. */
const ANSWERS: Readonly<Record<string, (config: Values, where: Where, memory: Resources) => Values>> = {
  aws_caller_identity: (_, { account }) => ({
    account_id: account,
    arn: `arn:aws:iam::${account}:role/somebody`,
    id: account,
    user_id: 'AROAEXAMPLE:somebody',
  }),
  aws_region: (_, { region }) => ({ id: region, name: region, region, description: region }),
  aws_partition: () => ({
    id: 'aws',
    partition: 'aws',
    dns_suffix: 'amazonaws.com',
    reverse_dns_prefix: 'com.amazonaws',
  }),
  aws_iam_policy_document: (config) => {
    const json = policyDocument(config);
    return { json, minified_json: json, id: String(json.length) };
  },
  aws_availability_zones: (_, { region }) => ({
    names: ['a', 'b', 'c'].map((letter) => `${region}${letter}`),
  }),
  aws_ssm_parameter: () => ({ value: 'ami-0123456789abcdef0', insecure_value: 'ami-0123456789abcdef0' }),
  aws_kms_alias: ({ name }, _, memory) => {
    const alias = memory.get('aws_kms_alias')?.find((one) => one['name'] === name);
    const key = memory.get('aws_kms_key')?.find((one) => one['key_id'] === alias?.['target_key_id']);
    return key ? { target_key_arn: key['arn']!, target_key_id: key['key_id']! } : {};
  },
  aws_ec2_instance_type: ({ instance_type }) => ({
    supported_architectures: [architectureOf(String(instance_type))],
  }),
  aws_secretsmanager_secret_version: () => ({ secret_string: SIGN_IN }),
  aws_ami: () => ({ id: 'ami-0123456789abcdef0', image_id: 'ami-0123456789abcdef0' }),
};

/** What a data source says: what was asked, and an answer to the rest. */
export function answer(
  type: string,
  kind: BlockKind,
  config: Values,
  where: Where,
  memory: Resources,
): Values {
  const known = ANSWERS[type]?.(config, where, memory) ?? {};
  const computed = blockOf(kind).attributes.filter((one) => one.computed);
  const rest: Record<string, Json> = {};
  for (const { name, type: wire } of computed) {
    const cty = wire.toString();
    rest[name] =
      config[name] ??
      (cty === '"string"' ? attributeValue(type, name, config, where) : cty.startsWith('["map') ? {} : []);
  }
  return { ...config, ...rest, ...known };
}
