/** One call of an AWS API, as it passes between the provider and moto's server. */

/** What the provider asks. */
export interface AwsCall {
  method: string;
  /** Path and query. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** As the signature names it: `ssm`, `s3`, `ec2`. */
  service: string;
  /** Of the APIs that name it in a header or in a form: `CreateAssociation`; else empty. */
  operation: string;
}

/** What it is answered. */
export interface AwsAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** Reads a call out of a request. */
export function callOf(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): AwsCall {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers['authorization'] ?? '')?.[1] ?? '';
  const target = headers['x-amz-target']?.split('.').at(-1);
  const form = /^application\/x-www-form-urlencoded/.test(headers['content-type'] ?? '');
  const operation = target ?? (form ? (new URLSearchParams(body).get('Action') ?? '') : '');
  return { method, path, headers, body, service, operation };
}

/** An answer in JSON. */
export function json(value: unknown, status = 200): AwsAnswer {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body };
}

/** An error as the APIs in JSON say it. */
export const awsError = (code: string, message: string, status = 400): AwsAnswer => ({
  ...json({ __type: code, message }, status),
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code },
});

/** What a call in JSON asks for. */
export const asked = ({ body }: AwsCall): Record<string, unknown> =>
  body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
