import type { Resource } from '../stub/sandbox.ts';
import type { Document } from './document.ts';

/** A role or user, and everything that is attached to it. */
export interface Actor {
  /** Where Terraform has it. */
  address: string;
  arn: string;
  /** Who may take it; undefined of a user. */
  trust?: Document;
  /** The most it may do, as Terraform has that policy: its ARN. */
  boundary?: string;
  /** Documents by the address that attaches them. */
  policies: Readonly<Record<string, Document>>;
  /** ARNs of AWS's own policies. */
  managed: readonly string[];
}

/** Something with a document of its own: a key, a bucket, a topic. */
export interface ResourceWithDocument {
  address: string;
  arn: string;
  document: Document;
}

/** Every IAM document of some stacks. */
export interface Landscape {
  actors: readonly Actor[];
  guarded: readonly ResourceWithDocument[];
  /** Managed policies of our own, by ARN. */
  own: Readonly<Record<string, Document>>;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const document = (value: unknown): Document => JSON.parse(text(value)) as Document;

/** Kinds that give a document to something else, and the argument that names it. */
const GUARDS: Readonly<Record<string, { of: string; by: string }>> = {
  aws_s3_bucket_policy: { of: 'aws_s3_bucket', by: 'bucket' },
  aws_sns_topic_policy: { of: 'aws_sns_topic', by: 'arn' },
  aws_sqs_queue_policy: { of: 'aws_sqs_queue', by: 'queue_url' },
  aws_ecr_repository_policy: { of: 'aws_ecr_repository', by: 'repository' },
  aws_secretsmanager_secret_policy: { of: 'aws_secretsmanager_secret', by: 'secret_arn' },
};

/** Reads the IAM documents out of what Terraform made. */
export function landscapeOf(resources: readonly Resource[]): Landscape {
  const managed = resources
    .filter(({ mode }) => mode === 'managed')
    .sort((a, b) => (a.address < b.address ? -1 : 1));
  const of = (type: string): Resource[] => managed.filter((one) => one.type === type);
  const own = Object.fromEntries(
    of('aws_iam_policy').map(({ values }) => [text(values['arn']), document(values['policy'])]),
  );
  return {
    actors: [...of('aws_iam_role'), ...of('aws_iam_user')].map((one) => actorOf(one, managed, own)),
    guarded: [...of('aws_kms_key').map(keyOf), ...managed.flatMap((one) => guardedOf(one, managed))],
    own,
  };
}

function actorOf(
  { address, values, type }: Resource,
  all: readonly Resource[],
  own: Landscape['own'],
): Actor {
  const [name, kind] = [text(values['name']), type === 'aws_iam_role' ? 'role' : 'user'];
  const mine = all.filter((one) => text(one.values[kind]) === name);
  const inline = mine.filter((one) => one.type === `aws_iam_${kind}_policy`);
  const attached = mine.filter((one) => one.type === `aws_iam_${kind}_policy_attachment`);
  const arns = attached.map((one) => ({ address: one.address, arn: text(one.values['policy_arn']) }));
  const boundary = text(values['permissions_boundary']);
  return {
    address,
    arn: text(values['arn']),
    ...(kind === 'role' && { trust: document(values['assume_role_policy']) }),
    ...(boundary && { boundary }),
    policies: Object.fromEntries([
      ...inline.map((one) => [one.address, document(one.values['policy'])]),
      ...arns.flatMap((one) => (own[one.arn] ? [[one.address, own[one.arn]]] : [])),
    ]),
    managed: arns.map(({ arn }) => arn).filter((arn) => !own[arn]),
  };
}

const keyOf = ({ address, values }: Resource): ResourceWithDocument => ({
  address,
  arn: text(values['arn']),
  document: document(values['policy']),
});

function guardedOf({ type, values }: Resource, all: readonly Resource[]): ResourceWithDocument[] {
  const guard = GUARDS[type];
  if (!guard) return [];
  const named = text(values[guard.by]);
  const target = all.find(
    (one) =>
      one.type === guard.of &&
      ['id', 'name', 'bucket', 'arn', 'url'].some((key) => one.values[key] === named),
  );
  if (!target) throw new Error(`${type} is about ${named}, which is not there`);
  return [{ address: target.address, arn: text(target.values['arn']), document: document(values['policy']) }];
}
