import { appendFileSync, readFileSync } from 'node:fs';
import { Fault } from '../../../contract/fault.ts';

/** Runs a program to its end. @returns what it prints; undefined where it fails */
export type RunProgram = (words: readonly string[]) => string | undefined;

/** Where images are pushed, and under which tag: that of the commit they were built from. */
export interface RegistryTag {
  /** `<account>.dkr.ecr.<region>.amazonaws.com` */
  registry: string;
  tag: string;
}

/** The architectures that are built apart, each pushed under the tag with this after it. */
export const ARCHITECTURES = ['amd64', 'arm64'] as const;

/** The images that an environment names, as its schema lists them. @param schema the text of environment.schema.json */
export function deployedImages(schema: string): string[] {
  const { $defs } = JSON.parse(schema) as { $defs: { images: { required: string[] } } };
  return $defs.images.required;
}

const nameIn = ({ registry }: RegistryTag, image: string): string => `${registry}/ztna/${image}`;

/** A digest as registries and `environment.yaml` write it. */
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** The digest of what a name stands for. @returns undefined where there is nothing of that name */
function digestOf(run: RunProgram, name: string): string | undefined {
  const found = run(['docker', 'buildx', 'imagetools', 'inspect', '--format', '{{.Manifest.Digest}}', name]);
  const digest = found?.trim();
  return digest !== undefined && DIGEST.test(digest) ? digest : undefined;
}

/** Names what is somewhere already, as one image of all architectures. A tag is written once: a second run finds it. */
function named(run: RunProgram, name: string, sources: readonly string[]): string {
  const known = digestOf(run, name);
  if (known !== undefined) return known;
  run(['docker', 'buildx', 'imagetools', 'create', '--tag', name, ...sources]);
  const digest = digestOf(run, name);
  if (digest !== undefined) return digest;
  throw new Fault(`${name} is not there after it was made of ${sources.join(', ')}`, 'it says why above');
}

/** Signs what is at a digest as who runs this job: cosign asks GitHub, and no key is kept. */
function sign(run: RunProgram, name: string): void {
  if (run(['cosign', 'sign', '--yes', '--recursive', name]) === undefined)
    throw new Fault(`${name} could not be signed`, 'it says why above');
}

/** Makes one image of both architectures of each, and signs it. @returns the digests by image */
export function join(run: RunProgram, images: readonly string[], place: RegistryTag): Map<string, string> {
  return new Map(
    images.map((image) => {
      const name = nameIn(place, image);
      const parts = ARCHITECTURES.map((one) => `${name}:${place.tag}-${one}`);
      const digest = named(run, `${name}:${place.tag}`, parts);
      sign(run, `${name}@${digest}`);
      return [image, digest];
    }),
  );
}

/** Carries images to another registry under the same digests, and signs them there. @throws Fault where one is another */
export function carry(
  run: RunProgram,
  digests: ReadonlyMap<string, string>,
  { from, to }: { from: RegistryTag; to: RegistryTag },
): void {
  for (const [image, digest] of digests) {
    const name = nameIn(to, image);
    const there = named(run, `${name}:${to.tag}`, [`${nameIn(from, image)}@${digest}`]);
    if (there !== digest)
      throw new Fault(
        `${name}:${to.tag} is ${there}, where ${digest} was to be`,
        'a tag is written once: build the next commit',
      );
    sign(run, `${name}@${digest}`);
  }
}

/** As a job hands them on: `<image>=<digest>`, with spaces between. */
export function digestsText(digests: ReadonlyMap<string, string>): string {
  return [...digests].map((one) => one.join('=')).join(' ');
}

/** The same, read. @throws Fault for anything else */
export function digestsFrom(text: string): Map<string, string> {
  return new Map(
    text.split(' ').map((word) => {
      const [image = '', digest = ''] = word.split('=');
      if (!DIGEST.test(digest))
        throw new Fault(`${JSON.stringify(word)} is no image and its digest`, 'give what `join` printed');
      return [image, digest];
    }),
  );
}

/** The images of this repository. @param root its folder */
export function imagesOf(root: string): string[] {
  return deployedImages(readFileSync(`${root}schemas/environment.schema.json`, 'utf8'));
}

/** Tells the jobs that follow. */
export function tellJobs(file: string | undefined, digests: ReadonlyMap<string, string>): void {
  if (file) appendFileSync(file, `images=${digestsText(digests)}\n`);
}
