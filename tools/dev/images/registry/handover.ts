import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../../contract/fault.ts';

/* What one job of images.yml tells the next: which images there are, and under which digests they were pushed. */

/** The architectures that are built apart, each pushed under the tag with this after it. */
export const ARCHITECTURES = ['amd64', 'arm64'] as const;

/** A digest as registries and `environment.yaml` write it. */
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** The images that an environment names, as its schema lists them. @param schema the text of environment.schema.json */
export function deployedImages(schema: string): string[] {
  const { $defs } = JSON.parse(schema) as {
    $defs: { images: { properties: object } };
  };
  return Object.keys($defs.images.properties);
}

/** The digests that jobs of this run pushed, by image and architecture as `<image>-<architecture>`. */
export type PushedDigests = ReadonlyMap<string, string>;

/** Where jobs note what they pushed, for the job that joins it; a run keeps it from one to the other. */
const NOTES = 'out/digests';

/** Notes what was pushed. @param part `<image>-<architecture>` */
export function notePushed(root: string, part: string, digest: string): void {
  if (!/^[a-z0-9-]+$/.test(part) || !DIGEST.test(digest))
    throw new Fault(
      `${JSON.stringify(digest)} is no digest of ${JSON.stringify(part)}`,
      'give what the push printed',
    );
  mkdirSync(join(root, NOTES), { recursive: true });
  writeFileSync(join(root, NOTES, part), digest);
}

/** What was noted of these images. */
export function pushedIn(root: string, images: readonly string[]): PushedDigests {
  const parts = images.flatMap((image) => ARCHITECTURES.map((one) => `${image}-${one}`));
  const noted = parts.filter((part) => existsSync(join(root, NOTES, part)));
  return new Map(
    noted.map((part) => {
      const digest = readFileSync(join(root, NOTES, part), 'utf8').trim();
      if (!DIGEST.test(digest)) throw new Fault(`${NOTES}/${part} has no digest`, 'run all jobs again');
      return [part, digest];
    }),
  );
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
