/**
 * What is done with images that were pushed. It has no packages beside it, so that none is beside the rights in AWS: Node 22
 * runs it as it is.
 *
 *   npm run images:note -- "$PART" "$DIGEST"                                what was pushed, for the job that joins
 *   npm run images:join -- "$REGISTRY" "$GITHUB_SHA"                       both architectures become one image, signed
 *   npm run images:carry -- "$FROM" "$REGISTRY" "$GITHUB_SHA" "$IMAGES"    the same images to another registry
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Fault, faultText } from '../../../contract/fault.ts';
import { type ImageSigner, signerOf } from '../../../contract/image-signature.ts';
import { digestsFrom, digestsText, imagesOf, notePushed, pushedIn, tellJobs } from './handover.ts';
import { carry, join } from './registry.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

function run([program, ...words]: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(program!, words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return status === 0 ? stdout : undefined;
}

/** A word of the command line. @throws Fault where it is missing */
function word(words: readonly string[], index: number, name: string): string {
  const found = words[index];
  if (found) return found;
  throw new Fault(
    `${name} is missing`,
    'the first lines of tools/dev/images/registry/main.ts say what is given',
  );
}

/** Who signs here: the workflow of this repository on main, as GitHub says where we are. */
function signer(): ImageSigner {
  const { GITHUB_REPOSITORY: repository, GITHUB_SERVER_URL: server } = process.env;
  if (repository) return signerOf(repository, server);
  throw new Fault('GITHUB_REPOSITORY is not set', 'this runs in a job of images.yml');
}

const ACTIONS: Readonly<Record<string, (words: readonly string[]) => void>> = {
  note(words) {
    notePushed(root, word(words, 0, 'the image and its architecture'), word(words, 1, 'the digest'));
  },
  join(words) {
    const place = { registry: word(words, 0, 'the registry'), tag: word(words, 1, 'the tag') };
    const images = imagesOf(root);
    const digests = join(run, images, place, { pushed: pushedIn(root, images), signer: signer() });
    tellJobs(process.env['GITHUB_OUTPUT'], digests);
    process.stdout.write(`${digestsText(digests)}\n`);
  },
  carry(words) {
    const tag = word(words, 2, 'the tag');
    const from = { registry: word(words, 0, 'the registry with the images'), tag };
    const to = { registry: word(words, 1, 'the registry'), tag };
    carry(run, digestsFrom(word(words, 3, 'the images')), { from, to, signer: signer() });
  },
};

const [action = '', ...words] = process.argv.slice(2);
try {
  const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (!act) throw new Fault(`there is no action ${action}`, `use one of: ${Object.keys(ACTIONS).join(', ')}`);
  act(words);
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  process.stderr.write(faultText(error));
  process.exitCode = error.status;
}
