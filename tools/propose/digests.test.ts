import * as assert from 'uvu/assert';
import { wordsOf } from '../github/propose/body.ts';
import { loadSources } from '../load/load.ts';
import { MINIATURE } from '../testing/miniature.ts';
import { workingTree } from '../load/sources.ts';
import { suite } from '../testing/suite.ts';
import { digestChanges, digestsIn, digestsProposal, nextPromotion } from './digests.ts';

const test = suite('propose: images by their digests');
const NEW = `sha256:${'1'.repeat(64)}`;
const sources = await workingTree(MINIATURE);
const loaded = loadSources(sources);
const first = loaded.repository.environments.get('lab')!;
const second = loaded.repository.environments.get('live')!;
const environments = [second, first];
const always = () => true;

/** The company once a proposal is merged. */
function merged(proposal: ReturnType<typeof digestsProposal>) {
  const texts = new Map(loaded.texts);
  for (const [path, file] of proposal!.files) texts.set(path, (file as { text: string }).text);
  return loadSources([...texts].map(([path, text]) => ({ path, bytes: Buffer.from(text) })));
}

test('a digest is changed where it stands, and nothing else of the file', () => {
  const changes = digestChanges(first, digestsIn([`policy-agent=${NEW}`]));
  const proposal = digestsProposal(loaded, changes, 'a'.repeat(40))!;
  const before = loaded.texts.get(first.file)!.split('\n');
  const [[path, file]] = [...proposal.files] as [[string, { text: string }]];
  const lines = file.text.split('\n');
  assert.is(path, first.file);
  assert.equal(
    lines.filter((line, index) => line !== before[index]).map((line) => line.trim()),
    [`digest: "${NEW}"`],
  );
  const { title, body } = wordsOf(proposal.purpose);
  assert.is(title, 'New images in lab');
  assert.match(body, /`policy-agent`: `sha256:[0-9a-f]{12}` becomes `sha256:111111111111`/);
});

test('the next environment gets what the one before has, once that has baked', () => {
  const changes = digestChanges(first, digestsIn([`policy-agent=${NEW}`]));
  const after = merged(digestsProposal(loaded, changes, 'a'.repeat(40)));
  const now = [...after.repository.environments.values()];
  const promotion = nextPromotion(now, always).filter(({ image }) => image === 'policy-agent');
  assert.equal(
    promotion.map(({ environment, after: digest }) => [environment, digest]),
    [['live', NEW]],
  );
  assert.equal(
    nextPromotion(now, ({ value }) => value.id !== 'lab'),
    [],
  );
});

test('an image that the environment may be without is left out where it is, and one that is misspelt is not', () => {
  const images = Object.fromEntries(
    Object.entries(first.value.images).filter(([name]) => name !== 'heartbeat'),
  );
  const without = Object.assign(Object.create(first), { value: { ...first.value, images } });
  assert.equal(digestChanges(without, digestsIn([`heartbeat=${NEW}`])), []);
  assert.throws(() => digestChanges(without, digestsIn([`heartbeet=${NEW}`])), /has no image heartbeet/);
});

test('nothing is proposed where all have the same', () => {
  const same = environments.map((one) => ({ ...one, value: { ...one.value, images: first.value.images } }));
  assert.equal(nextPromotion(same, always), []);
  assert.is(digestsProposal(loaded, [], 'a'.repeat(40)), undefined);
  const [image, { digest }] = Object.entries(first.value.images)[0]!;
  assert.equal(digestChanges(first, new Map([[image, digest]])), []);
});

test('what is no image and no digest is refused in words', () => {
  assert.throws(() => digestsIn(['policy-agent']), /is no image and its digest/);
  assert.throws(() => digestsIn(['policy-agent=sha256:12']), /is no image and its digest/);
  assert.throws(() => digestsIn([`a=${NEW}`, `a=${NEW}`]), /named twice/);
  assert.throws(
    () => digestChanges(first, new Map([['policy-agnet', NEW]])),
    /lab has no image policy-agnet/,
  );
});

test.run();
