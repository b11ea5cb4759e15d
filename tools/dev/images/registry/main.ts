/**
 * What is done with images that were pushed. It has no packages beside it, so that none is beside the rights in AWS: Node 22
 * runs it as it is.
 *
 *   npm run images:join -- "$REGISTRY" "$GITHUB_SHA"                       both architectures become one image, signed
 *   npm run images:carry -- "$FROM" "$REGISTRY" "$GITHUB_SHA" "$IMAGES"    the same images to another registry
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Fault, faultText } from '../../../contract/fault.ts';
import { carry, digestsFrom, digestsText, imagesOf, join, tellJobs } from './registry.ts';

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

const ACTIONS: Readonly<Record<string, (words: readonly string[]) => void>> = {
  join(words) {
    const place = { registry: word(words, 0, 'the registry'), tag: word(words, 1, 'the tag') };
    const digests = join(run, imagesOf(root), place);
    tellJobs(process.env['GITHUB_OUTPUT'], digests);
    process.stdout.write(`${digestsText(digests)}\n`);
  },
  carry(words) {
    const tag = word(words, 2, 'the tag');
    const from = { registry: word(words, 0, 'the registry with the images'), tag };
    const to = { registry: word(words, 1, 'the registry'), tag };
    carry(run, digestsFrom(word(words, 3, 'the images')), { from, to });
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
