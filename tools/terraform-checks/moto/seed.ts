/** What must be in an account before the stacks are: an image of an operating system, and the panel's sign-in. */

const REGION = 'eu-west-1';

/** A call of moto's server, which looks at who signed and not at the signature. */
async function call(
  endpoint: string,
  service: string,
  headers: Record<string, string>,
  body: string,
): Promise<string> {
  const authorization = `AWS4-HMAC-SHA256 Credential=moto/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const answer = await fetch(endpoint, { method: 'POST', headers: { ...headers, authorization }, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${service}: ${text}`);
  return text;
}

const SIGN_IN = JSON.stringify({
  clientSecret: 'example',
  authorizationEndpoint: 'https://login.example.com/authorize',
  tokenEndpoint: 'https://login.example.com/token',
  userInfoEndpoint: 'https://login.example.com/userinfo',
});

/** Stores the sign-in of an environment's panel. */
export async function storeSignIn(endpoint: string, environment: string): Promise<void> {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'secretsmanager.CreateSecret',
  };
  const name = `ztna/${environment}/admin-panel/sign-in`;
  await call(
    endpoint,
    'secretsmanager',
    headers,
    JSON.stringify({ Name: name, SecretString: SIGN_IN, ClientRequestToken: crypto.randomUUID() }),
  );
}

/** Registers an image for machines. @returns its id */
export async function registerImage(endpoint: string): Promise<string> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const form = new URLSearchParams({
    Action: 'RegisterImage',
    Version: '2016-11-15',
    Name: 'al2023',
    RootDeviceName: '/dev/xvda',
    Architecture: 'arm64',
    VirtualizationType: 'hvm',
    'BlockDeviceMapping.1.DeviceName': '/dev/xvda',
    'BlockDeviceMapping.1.Ebs.VolumeSize': '8',
  });
  const text = await call(endpoint, 'ec2', headers, form.toString());
  const id = /<imageId>([^<]+)</.exec(text)?.[1];
  if (id === undefined) throw new Error(`no image was registered: ${text}`);
  return id;
}
