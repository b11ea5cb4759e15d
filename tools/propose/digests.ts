import { Fault } from '../contract/fault.ts';
import { inDeliveryOrder } from '../contract/delivery-order.ts';
import { didYouMean } from '../finding/nearest.ts';
import type { LoadResult } from '../load/load.ts';
import type { LoadedEnvironment } from '../load/repository.ts';
import type { Proposal } from './proposal.ts';

/** One image of one environment that is to be another. */
export interface DigestChange {
  environment: string;
  file: string;
  image: string;
  before: string;
  after: string;
}

/** The branch of the one pull request that updates images of an environment. */
export const digestsBranch = (environment: string): string => `ztna/images-${environment}`;

/** A digest as `environment.yaml` writes it. */
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Reads `<image>=sha256:...`, of which a word may have several with spaces between, as a job hands them on. @throws Fault for anything else, and for an image that is named twice */
export function digestsIn(words: readonly string[]): Map<string, string> {
  const digests = new Map<string, string>();
  for (const word of words.flatMap((one) => one.split(' '))) {
    const [, image, digest] = /^([a-z][a-z0-9-]*)=(.+)$/.exec(word) ?? [];
    if (!image || !digest || !DIGEST.test(digest))
      throw new Fault(
        `${JSON.stringify(word)} is no image and its digest`,
        'write <image>=sha256:<64 hex digits>',
      );
    if (digests.has(image)) throw new Fault(`${image} is named twice`, 'name each image once');
    digests.set(image, digest);
  }
  return digests;
}

/**
 * What an environment's images would become.
 * @throws Fault for an image that the environment does not name
 */
export function digestChanges(
  { value, file }: LoadedEnvironment,
  digests: ReadonlyMap<string, string>,
): DigestChange[] {
  const images = new Map(Object.entries(value.images));
  return [...digests].flatMap(([image, after]) => {
    const before = images.get(image)?.digest;
    if (before === undefined)
      throw new Fault(
        `${value.id} has no image ${image}`,
        didYouMean(image, images.keys(), `use one of: ${[...images.keys()].join(', ')}`),
      );
    return before === after ? [] : [{ environment: value.id, file, image, before, after }];
  });
}

/**
 * The environment that comes next: the first in order of delivery that lacks a digest which every environment before it
 * has. @param baked whether an environment has had its images for long enough
 * @returns the changes; none where every environment has the same, or the ones before have not baked
 */
export function nextPromotion(
  environments: readonly LoadedEnvironment[],
  baked: (environment: LoadedEnvironment) => boolean,
): DigestChange[] {
  const byId = new Map(environments.map((one) => [one.value.id, one]));
  const ordered = inDeliveryOrder(environments.map(({ value }) => value)).map(({ id }) => byId.get(id)!);
  for (const [index, one] of ordered.entries()) {
    const before = ordered[index - 1];
    if (!before) continue;
    const digests = new Map(
      Object.entries(before.value.images)
        .filter(([image]) => Object.hasOwn(one.value.images, image))
        .map(([image, { digest }]) => [image, digest] as const),
    );
    const changes = digestChanges(one, digests);
    if (changes.length > 0) return ordered.slice(0, index).every(baked) ? changes : [];
  }
  return [];
}

/** The pull request that makes them so; each digest is changed where it stands, and nothing else of the file. */
export function digestsProposal(
  { texts, repository }: LoadResult,
  changes: readonly DigestChange[],
  commit: string,
): Proposal | undefined {
  const [first] = changes;
  if (!first) return undefined;
  const text = changes.reduce(
    (before, change) => withDigest(before, change, repository.environments.get(change.environment)!),
    texts.get(first.file)!,
  );
  return {
    branch: digestsBranch(first.environment),
    on: commit,
    files: new Map([[first.file, { text }]]),
    purpose: { kind: 'digests', changes },
  };
}

/** A digest is as long as any other, so the places of the others stay right. */
function withDigest(
  text: string,
  { image, before, after }: DigestChange,
  { place }: LoadedEnvironment,
): string {
  const { line, column } = place(['images', image, 'digest']);
  const lines = text.split('\n');
  const written = lines[line - 1] ?? '';
  const from = written.indexOf(before, column - 1);
  if (from < 0)
    throw new Fault(
      `the digest of ${image} cannot be found on line ${line}`,
      'write it on the line of its key',
    );
  lines[line - 1] = written.slice(0, from) + after + written.slice(from + before.length);
  return lines.join('\n');
}
