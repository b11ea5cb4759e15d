import { createPublicKey } from 'node:crypto';
import { algorithmOf } from '../contract/log/dsse.ts';
import type { Environment } from '../contract/shapes.ts';
import { keysOf } from './account.ts';
import type { AwsAccount } from './aws.ts';
import type { Checkup, Need } from './need.ts';
import { changeYaml } from './yaml.ts';

/** The file of an environment: its path from the root, for people, and where it is. */
export interface EnvironmentFile {
  path: string;
  file: string;
}

/** Whether followers will trust what the environment's key signs. */
export function trustedKey(
  aws: AwsAccount,
  read: () => Promise<Environment>,
  { path, file }: EnvironmentFile,
): Checkup {
  return {
    name: 'trusted key',
    async look() {
      const environment = await read();
      const { signing } = keysOf(environment);
      if (!(await aws.hasKey(signing))) return [];
      const publicKey = await aws.publicKey(signing);
      if (environment.bundle.trustedKeys.some((one) => one.publicKey === publicKey)) return [];
      const algorithm = algorithmOf(
        createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' }),
      );
      const id = signing.replace('alias/', '');
      return [
        {
          what: 'trusted key',
          where: `${path}, bundle.trustedKeys`,
          problem: `the public key of ${signing} is not among them: nobody would take what it signs`,
          remedy: 'add it; --execute does, then commit it',
          fix: async () => {
            changeYaml(file, (document) =>
              document.addIn(['bundle', 'trustedKeys'], document.createNode({ id, algorithm, publicKey })),
            );
            return `${path}: added the public key of ${signing}; commit it`;
          },
        },
      ];
    },
  };
}

/**
 * Whether checksums of Terraform's provider are committed, so that no other program comes under its version.
 * @param wrong the lock files that are not right, and why @param write writes them, and says whether it could
 */
export function providerLocks(
  wrong: () => { path: string; reasons: readonly string[] }[],
  write: () => Promise<boolean>,
): Checkup {
  return {
    name: 'checksums of the provider',
    async look() {
      const found = wrong();
      return found.map(({ path, reasons }, index) => ({
        what: 'checksums of the provider',
        where: path,
        problem: `it ${reasons.join('; ')}`,
        remedy: '--execute writes it where the registry of Terraform can be reached, then commit it',
        // One run writes all of them.
        ...(index === 0 && {
          fix: async () => {
            if (!(await write())) return undefined;
            return `${found.map((one) => one.path).join(', ')}: written; commit`;
          },
        }),
      }));
    },
  };
}

/** Who an image is from: `ok` where it may be written down, with how that is known; else what to do first. */
export type ImageOrigin = { ok: true; says: string } | { ok: false; says: string; remedy: string };

/** Asks where an image is from. @param image `<repository>@sha256:...` in the account's registry */
export type OriginOf = (image: string) => Promise<ImageOrigin>;

/** Whether the registry has each image that the environment names. */
export function images(
  aws: AwsAccount,
  read: () => Promise<Environment>,
  file: EnvironmentFile,
  originOf: OriginOf,
): Checkup {
  return {
    name: 'images',
    async look() {
      const environment = await read();
      const needs: Need[] = [];
      for (const [name, { repository, digest }] of Object.entries(environment.images)) {
        if (!isUsed(environment, name) || (await aws.hasImage(repository, digest))) continue;
        const newest = await aws.newestImage(repository);
        const where = `${repository} in the registry of account ${environment.account}`;
        const problem = `it does not have ${digest}, which ${file.path} names`;
        const answer = newest
          ? replacement(name, newest, await originOf(`${repository}@${newest}`), file)
          : { remedy: 'push it: run the workflow images.yml, once GitHub is set up' };
        needs.push({ what: `image ${name}`, where, problem, ...answer });
      }
      return needs;
    },
  };
}

/** What to do with the newest image: write it down, where it is known who it is from. */
function replacement(
  name: string,
  newest: string,
  origin: ImageOrigin,
  { path, file }: EnvironmentFile,
): Pick<Need, 'remedy' | 'fix'> {
  const found = `the newest is ${newest}, ${origin.says}`;
  if (!origin.ok) return { remedy: `${found}; ${origin.remedy}` };
  return {
    remedy: `${found}: --execute writes it, then commit it`,
    fix: async () => {
      changeYaml(file, (document) => document.setIn(['images', name, 'digest'], newest));
      return `${path}: ${name} is ${newest} now, ${origin.says}; commit it`;
    },
  };
}

/** Whether anything of the environment runs from an image. */
function isUsed({ adminPanel, testBackend }: Environment, name: string): boolean {
  if (name === 'admin-panel') return adminPanel !== undefined;
  return name !== 'test-backend' || testBackend === true;
}
