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

/** A call of EC2. @returns what is in the first of an element in its answer */
async function ec2(endpoint: string, element: string, form: Record<string, string>): Promise<string> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams({ Version: '2016-11-15', ...form }).toString();
  const text = await call(endpoint, 'ec2', headers, body);
  const found = new RegExp(`<${element}>([^<]+)<`).exec(text)?.[1];
  if (found === undefined) throw new Error(`no ${element} in: ${text}`);
  return found;
}

/** Registers an image for machines. @returns its id */
export const registerImage = (endpoint: string): Promise<string> =>
  ec2(endpoint, 'imageId', {
    Action: 'RegisterImage',
    Name: 'al2023',
    RootDeviceName: '/dev/xvda',
    Architecture: 'arm64',
    VirtualizationType: 'hvm',
    'BlockDeviceMapping.1.DeviceName': '/dev/xvda',
    'BlockDeviceMapping.1.Ebs.VolumeSize': '8',
  });

/** Networks of other teams, by id. */
export interface OtherNetworks {
  vpc: string;
  subnet: string;
  peering: string;
  gateway: string;
}

/** Makes a network of another team, and two ways to others. */
export async function otherNetworks(endpoint: string): Promise<OtherNetworks> {
  const make = (CidrBlock: string) => ec2(endpoint, 'vpcId', { Action: 'CreateVpc', CidrBlock });
  const [vpc, other] = [await make('10.63.0.0/16'), await make('10.61.0.0/16')];
  const zone = { AvailabilityZone: `${REGION}c`, CidrBlock: '10.63.0.0/24' };
  const subnet = await ec2(endpoint, 'subnetId', { Action: 'CreateSubnet', VpcId: vpc, ...zone });
  const peering = await ec2(endpoint, 'vpcPeeringConnectionId', {
    Action: 'CreateVpcPeeringConnection',
    VpcId: vpc,
    PeerVpcId: other,
  });
  const gateway = await ec2(endpoint, 'transitGatewayId', { Action: 'CreateTransitGateway' });
  return { vpc, subnet, peering, gateway };
}
