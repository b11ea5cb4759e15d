import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { Fault } from '../../../contract/fault.ts';
import { suite } from '../../../testing/suite.ts';
import { buildOptions, engineNamed, type ProgramsHere } from './build.ts';
import { imagesIn, imagesNamed } from './images.ts';
import { costLines, type ImageCost, overBudget } from './measure.ts';

const test = suite('building images');
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const images = imagesIn(root);

const having = (...names: string[]): ProgramsHere => ({
  docker: () => names.includes('docker'),
  buildah: () => names.includes('buildah'),
});
const ask = (words: string[], installed: ProgramsHere) => engineNamed(buildOptions(words), installed);

test('Docker where it answers, else Buildah, and Buildah alone from local bases', () => {
  assert.is(ask([], having('docker', 'buildah')), 'docker');
  assert.is(ask([], having('buildah')), 'buildah');
  assert.is(ask(['--engine', 'buildah'], having('docker', 'buildah')), 'buildah');
  assert.is(ask(['--offline', 'base.tar'], having('docker', 'buildah')), 'buildah');
});

/** What was typed, what is installed, and what is said. */
const REFUSED: readonly (readonly [string[], ProgramsHere, RegExp])[] = [
  [[], having(), /images are built by Docker or Buildah: neither answers here/],
  [['--engine', 'docker'], having('buildah'), /Docker does not answer here/],
  [['--offline', 'base.tar'], having('docker'), /Buildah is not installed here/],
  [['--engine', 'docker', '--offline', 'base.tar'], having('docker', 'buildah'), /does not build from local/],
  [['--engine', 'podman'], having(), /there is no engine podman/],
  [['--arch', 'x86'], having(), /"x86" is no architecture/],
  [['--ofline', 'base.tar'], having(), /Unknown option '--ofline'/],
];

for (const [words, installed, says] of REFUSED)
  test(`said in words, with what to do: ${words.join(' ') || 'nothing is installed'}`, () => {
    try {
      ask(words, installed);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, Fault);
      assert.match((error as Fault).message, says);
      assert.ok((error as Fault).remedy.length > 10);
    }
  });

test('an image that is misspelt is told the nearest one', () => {
  assert.equal(imagesNamed(images, ['agent']).length, 1);
  assert.throws(() => imagesNamed(images, ['agnet']), /there is no image agnet/);
});

test('images of Rust may have 15 MB, the policy agent 80, and what is larger is told', () => {
  const budget = (name: string) => images.find((one) => one.name === name)!.budget;
  for (const name of ['agent', 'app-connector', 'intermediate-server']) assert.is(budget(name), 15_000_000);
  assert.is(budget('policy-agent'), 80_000_000);
  const cost = (name: string, packed: number): ImageCost => ({
    image: images.find((one) => one.name === name)!,
    ...{ architecture: 'amd64', packed, unpacked: packed * 2, startUp: 12 },
  });
  const costs = [cost('agent', 15_000_001), cost('policy-agent', 80_000_000)];
  assert.equal(
    overBudget(costs).map(({ image }) => image.name),
    ['agent'],
  );
  const lines = costLines(costs, 'buildah');
  assert.match(lines[1]!, /^agent .* 15\.0 .* 15\.0 .* 30\.0 .* 12 {2}TOO LARGE$/);
  assert.not.match(lines[2]!, /TOO LARGE/);
});

test.run();
