import { ecsServices, functions, ruleDescriptions } from './forgotten.ts';
import { attachments, machines, templates, zones } from './forgotten-xml.ts';
import { rolesAnywhere } from './roles-anywhere.ts';
import { associations } from './associations.ts';
import { type AwsAnswer, type AwsCall, asked, json } from './call.ts';

/** Something that moto's server does not do as AWS does, and what stands in for it. */
export interface Shim {
  name: string;
  /** What is therefore not proved by a run. */
  hides: string;
  when(call: AwsCall): boolean;
  /** What is asked of moto's server instead. */
  ask?(call: AwsCall): AwsCall;
  /** The answer, where moto's server is not asked at all. */
  answer?(call: AwsCall): AwsAnswer | undefined;
  /** What becomes of its answer. */
  change?(call: AwsCall, answer: AwsAnswer): AwsAnswer;
}

/** Lifecycles of buckets as they were written: moto's server forgets how many old versions are to be kept. */
function lifecycles(): Shim {
  const written = new Map<string, string>();
  const bucketOf = ({ path }: AwsCall): string => path.split('?')[0]!;
  return {
    name: 'lifecycles of buckets',
    hides: 'what S3 makes of the rules: they are given back as they were written',
    when: ({ service, path }) => service === 's3' && /[?&]lifecycle/.test(path),
    ask: (call) => {
      if (call.method === 'PUT') written.set(bucketOf(call), call.body);
      if (call.method === 'DELETE') written.delete(bucketOf(call));
      return call;
    },
    change: (call, answer) => {
      const body = written.get(bucketOf(call));
      return call.method === 'GET' && answer.status === 200 && body !== undefined
        ? { ...answer, body: Buffer.from(body, 'latin1') }
        : answer;
    },
  };
}

/** Policies of buckets as they were written: moto's server reads no conditions, and refuses what they only forbid without TLS. */
function bucketPolicies(): Shim {
  const written = new Map<string, string>();
  const done = { status: 204, headers: {}, body: Buffer.alloc(0) };
  return {
    name: 'policies of buckets',
    hides: 'what S3 refuses by a policy: they are given back as they were written',
    when: ({ service, path }) => service === 's3' && /[?&]policy(=|&|$)/.test(path),
    answer({ method, path, body }) {
      const bucket = path.split('?')[0]!;
      if (method === 'PUT') written.set(bucket, body);
      if (method === 'DELETE') written.delete(bucket);
      if (method !== 'GET') return done;
      const found = written.get(bucket);
      return found === undefined
        ? { status: 404, headers: {}, body: Buffer.from('<Error><Code>NoSuchBucketPolicy</Code></Error>') }
        : { status: 200, headers: {}, body: Buffer.from(found, 'latin1') };
    },
  };
}

/** Everything that had to be added, each with what it hides. */
export const SHIMS: readonly Shim[] = [
  {
    name: 'trails by name',
    hides: 'that CloudTrail takes the ARN of a trail where it takes its name',
    when: ({ service }) => service === 'cloudtrail',
    ask: (call) => {
      const given = asked(call);
      const name = typeof given['Name'] === 'string' ? given['Name'].split('/').at(-1) : undefined;
      return name === undefined ? call : { ...call, body: JSON.stringify({ ...given, Name: name }) };
    },
  },
  lifecycles(),
  bucketPolicies(),
  {
    name: 'states of IPv6 blocks',
    hides: 'when a subnet has its IPv6 addresses: it has them at once',
    when: ({ service, operation }) => service === 'ec2' && operation === 'DescribeSubnets',
    change: (_, answer) => ({
      ...answer,
      body: Buffer.from(
        answer.body.toString().replace(/<state>\{'State': '([a-z]+)'\}<\/state>/g, '<state>$1</state>'),
      ),
    }),
  },
  ruleDescriptions(),
  ecsServices(),
  functions(),
  machines(),
  templates(),
  attachments(),
  zones(),
  associations(),
  rolesAnywhere(),
];

/** Amazon's own parameters, which moto's server has of older systems only. @param image the image that they name */
export const amazonsImages = (image: string): Shim => ({
  name: "parameters of Amazon's images",
  hides: 'that the image of the operating system is where we look for it',
  when: (call) =>
    call.service === 'ssm' &&
    call.operation === 'GetParameter' &&
    String(asked(call)['Name']).startsWith('/aws/service/'),
  answer: (call) => {
    const name = asked(call)['Name'];
    const arn = `arn:aws:ssm:eu-west-1::parameter${String(name)}`;
    return json({ Parameter: { Name: name, Type: 'String', Value: image, Version: 1, ARN: arn } });
  },
});
