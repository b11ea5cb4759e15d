import {
  BatchGetImageCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  type ImageDetail,
  paginateDescribeImages,
} from '@aws-sdk/client-ecr';
import { DescribeKeyCommand, GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Fault } from '../contract/fault.ts';

/** What of AWS a deployment is prepared with. */
export interface AwsAccount {
  /** The account that the credentials are of. */
  account(): Promise<string>;
  /** Whether KMS has a key of this alias. */
  hasKey(alias: string): Promise<boolean>;
  /** The public half of a signing key, as base64 of DER. */
  publicKey(alias: string): Promise<string>;
  /** The values of those of these names that there are, decrypted. */
  secrets(names: readonly string[]): Promise<Map<string, string>>;
  /** Stores a secret under a key, over what is there. */
  store(name: string, value: string, alias: string): Promise<void>;
  /** Whether a repository of images has this digest. */
  hasImage(repository: string, digest: string): Promise<boolean>;
  /**
   * The digest that a commit's tag was written for last; undefined where there is none, or no repository. Signatures,
   * attestations and the parts of one architecture are pushed beside it, and are no image to run.
   */
  newestImage(repository: string): Promise<string | undefined>;
  /** Who we are for the registry: its host, and `user:password` in base64. */
  registryLogin(): Promise<{ host: string; authorization: string }>;
  close(): void;
}

/** Answers that say that something is not there. */
const ABSENT = [
  'ParameterNotFound',
  'NotFoundException',
  'RepositoryNotFoundException',
  'ImageNotFoundException',
];

/** AWS in a region, by the credentials of the SDK's chain of providers. */
export function awsAccount(region: string): AwsAccount {
  const place = { region };
  const [sts, kms] = [new STSClient(place), new KMSClient(place)];
  const [ssm, ecr] = [new SSMClient(place), new ECRClient(place)];
  return {
    async account() {
      const { Account } = await demand('who we are', sts.send(new GetCallerIdentityCommand({})));
      return Account!;
    },
    hasKey: async (KeyId) =>
      (await ask('the key', kms.send(new DescribeKeyCommand({ KeyId })))) !== undefined,
    async publicKey(KeyId) {
      const { PublicKey } = await demand('the public key', kms.send(new GetPublicKeyCommand({ KeyId })));
      return Buffer.from(PublicKey!).toString('base64');
    },
    async secrets(Names) {
      const input = { Names: [...Names], WithDecryption: true };
      // A reference to a secret that is not there fails as a whole, other than any other name.
      const found = await ask('the secrets', ssm.send(new GetParametersCommand(input)));
      return new Map((found?.Parameters ?? []).map(({ Name, Value }) => [Name!, Value!]));
    },
    async store(Name, Value, KeyId) {
      const input = { Name, Value, KeyId, Type: 'SecureString', Overwrite: true } as const;
      await demand(`a place for ${Name}`, ssm.send(new PutParameterCommand(input)));
    },
    async hasImage(repositoryName, imageDigest) {
      const input = { repositoryName, imageIds: [{ imageDigest }] };
      const found = await ask('the image', ecr.send(new BatchGetImageCommand(input)));
      return (found?.images ?? []).length > 0;
    },
    async newestImage(repositoryName) {
      const found = await ask('the images', everyImage(ecr, repositoryName));
      const at = ({ imagePushedAt }: ImageDetail): number => imagePushedAt?.getTime() ?? 0;
      const built = (found ?? []).filter(({ imageTags = [] }) => imageTags.some((tag) => COMMIT.test(tag)));
      return built.toSorted((a, b) => at(b) - at(a))[0]?.imageDigest;
    },
    async registryLogin() {
      const found = await demand('a way into the registry', ecr.send(new GetAuthorizationTokenCommand({})));
      const { authorizationToken, proxyEndpoint } = found.authorizationData![0]!;
      return { host: proxyEndpoint!.replace('https://', ''), authorization: authorizationToken! };
    },
    close: () => [sts, kms, ssm, ecr].forEach((client) => client.destroy()),
  };
}

/** The tag that images.yml gives to an image of all architectures: the commit that it was built from. */
const COMMIT = /^[0-9a-f]{40}$/;

async function everyImage(client: ECRClient, repositoryName: string): Promise<ImageDetail[]> {
  const all: ImageDetail[] = [];
  for await (const { imageDetails = [] } of paginateDescribeImages({ client }, { repositoryName }))
    all.push(...imageDetails);
  return all;
}

/** An answer; undefined where AWS says that there is no such thing. */
async function ask<T>(what: string, answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: Error) => {
    if (ABSENT.includes(error.name)) return undefined;
    throw refusal(what, error);
  });
}

function demand<T>(what: string, answer: Promise<T>): Promise<T> {
  return answer.catch((error: Error) => {
    throw refusal(what, error);
  });
}

function refusal(what: string, { name, message }: Error): Fault {
  return new Fault(
    `AWS does not give ${what}: ${name}: ${message}`,
    'look at the credentials, their rights and the region',
  );
}
