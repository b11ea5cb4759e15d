import { createHash } from 'node:crypto';
import { Fault } from '../../../contract/fault.ts';
import { type ImageSigner, verifyWords } from '../../../contract/image-signature.ts';
import { ARCHITECTURES, type PushedDigests } from './handover.ts';

/** Runs a program to its end. @returns what it prints; undefined where it fails */
export type RunProgram = (words: readonly string[]) => string | undefined;

/** Where images are pushed, and under which tag: that of the commit they were built from. */
export interface RegistryTag {
  /** `<account>.dkr.ecr.<region>.amazonaws.com` */
  registry: string;
  tag: string;
}

const nameIn = ({ registry }: RegistryTag, image: string): string => `${registry}/ztna/${image}`;

const IMAGETOOLS = ['docker', 'buildx', 'imagetools'];

/** The digest of bytes, as a registry has it. */
const digestOfBytes = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** The digest of what a name stands for, by its very bytes. @returns undefined where nothing can be had by that name */
function digestOf(run: RunProgram, name: string): string | undefined {
  const manifest = run([...IMAGETOOLS, 'inspect', '--raw', name]);
  return manifest ? digestOfBytes(manifest) : undefined;
}

/** The digest of what these come to as one image, by the bytes that would be pushed: no name has a say in it. */
function digestOfAll(run: RunProgram, sources: readonly string[]): string {
  const manifest = run([...IMAGETOOLS, 'create', '--dry-run', ...sources])?.replace(/\n$/, '');
  if (manifest) return digestOfBytes(manifest);
  throw new Fault(`${sources.join(', ')} cannot be made one image`, 'it says why above');
}

/**
 * Names what is somewhere already, as one image of all architectures. A tag is written once: a second run finds it.
 * @param sources by their digests, so that who may push tags has no say in what it becomes
 * @throws Fault where the name stands for something else
 */
function named(run: RunProgram, name: string, sources: readonly string[]): string {
  const wanted = digestOfAll(run, sources);
  if (digestOf(run, name) === undefined) run([...IMAGETOOLS, 'create', '--tag', name, ...sources]);
  const there = digestOf(run, name);
  if (there === wanted) return wanted;
  throw new Fault(
    there === undefined
      ? `${name} is not there after it was made of ${sources.join(', ')}`
      : `${name} is ${there}, where ${wanted} was to be`,
    there === undefined
      ? 'it says why above'
      : 'a tag is written once: find out who pushed this one, then build the next commit',
  );
}

/** Signs what is at a digest as who runs this job: cosign asks GitHub, and no key is kept. Whoever asks finds the same. */
function sign(run: RunProgram, name: string, signer: ImageSigner): void {
  if (run(['cosign', 'sign', '--yes', '--recursive', name]) === undefined)
    throw new Fault(`${name} could not be signed`, 'it says why above');
  if (run(verifyWords(name, signer)) === undefined)
    throw new Fault(`${name} is not found to be signed by ${signer.identity}`, 'it says why above');
}

/** Makes one image of both architectures of each, and signs it. @returns the digests by image */
export function join(
  run: RunProgram,
  images: readonly string[],
  place: RegistryTag,
  { pushed, signer }: { pushed: PushedDigests; signer: ImageSigner },
): Map<string, string> {
  return new Map(
    images.map((image) => {
      const name = nameIn(place, image);
      const parts = ARCHITECTURES.map((one) => `${name}@${partOf(pushed, `${image}-${one}`)}`);
      const digest = named(run, `${name}:${place.tag}`, parts);
      sign(run, `${name}@${digest}`, signer);
      return [image, digest];
    }),
  );
}

function partOf(pushed: PushedDigests, part: string): string {
  const digest = pushed.get(part);
  if (digest !== undefined) return digest;
  throw new Fault(`no job says that it pushed ${part}`, 'run all jobs again');
}

/** Carries images to another registry under the same digests, and signs them there. @throws Fault where one is another */
export function carry(
  run: RunProgram,
  digests: ReadonlyMap<string, string>,
  { from, to, signer }: { from: RegistryTag; to: RegistryTag; signer: ImageSigner },
): void {
  for (const [image, digest] of digests) {
    const name = nameIn(to, image);
    const there = named(run, `${name}:${to.tag}`, [`${nameIn(from, image)}@${digest}`]);
    if (there !== digest)
      throw new Fault(`${name}:${to.tag} is ${there}, where ${digest} was to be`, 'run all jobs again');
    sign(run, `${name}@${digest}`, signer);
  }
}
